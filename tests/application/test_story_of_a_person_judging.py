"""Where no agent may judge a person does, by a file: the option is the verdict, the lines below it are findings."""

import pytest

from dispatchd.application.agents.flows.judging import findings_in
from dispatchd.domain.flow import FlowState
from tests.application.flow_world import FlowWorld
from tests.application.world import World


@pytest.fixture
def way(world: World) -> FlowWorld:
    way = FlowWorld(world, "plain")
    world.save("agents/oak/agent.md", world.read("agents/oak/agent.md").replace("reviewer", "docs"))
    world.settle()
    way.through(("ash", {"code": "new"}))
    return way


def thread(way: FlowWorld) -> str:
    way.ask()
    (path,) = way.world.paths("inbox")
    return path


def test_a_person_is_asked_once_and_a_yes_lets_the_work_go_on(way: FlowWorld) -> None:
    path = thread(way)
    assert thread(way) == path
    assert "Login: what do you say to “implementation”?" in way.world.read(path)
    way.world.edit(path, "- [ ] approve", "- [x] approve")
    way.world.settle()
    way.ask()
    assert way.look()
    assert way.flow.state is FlowState.OVER
    assert "review: alice says approve" in way.file


def test_what_a_person_finds_goes_to_whoever_made_it(way: FlowWorld) -> None:
    path = thread(way)
    way.world.edit(path, "- [ ] changes", "code:3: blocker: Fails on nothing.\n\n- Too long\n\n- [x] changes")
    way.world.edit(path, "- [ ] Send", "- [x] Send")
    way.world.settle()
    way.ask()
    assert way.look()
    assert way.flow.phase == "implementation"
    found = [(each.place, each.severity, each.text, each.by) for each in way.flow.findings]
    assert found == [
        ("code:3", "blocker", "Fails on nothing.", "alice"),
        ("", "major", "Too long", "alice"),
    ]


def test_findings_without_a_verdict_stay_where_they_are_until_one_is_ticked(way: FlowWorld) -> None:
    path = thread(way)
    way.world.edit(path, "- [ ] approve", "code:3: blocker: Fails on nothing.\n\n- [ ] approve")
    way.world.edit(path, "- [ ] Send", "- [x] Send")
    way.world.settle()
    assert thread(way) == path
    text = way.world.read(path)
    assert "\ncode:3: blocker: Fails on nothing.\n" in text
    assert 'tick "approve" or "changes" too' in text
    assert "- [ ] Send" in text
    way.world.edit(path, "- [ ] changes", "- [x] changes")
    way.world.edit(path, "- [ ] Send", "- [x] Send")
    way.world.settle()
    way.ask()
    assert [each.text for each in way.flow.findings] == ["Fails on nothing."]


def test_a_verdict_that_sends_back_waits_for_words(way: FlowWorld) -> None:
    path = thread(way)
    way.world.edit(path, "- [ ] changes", "- [x] changes")
    way.world.settle()
    way.ask()
    assert not way.flow.findings
    assert way.flow.phase == "review"
    assert "- [x] changes" in way.world.read(path)
    assert '"changes" needs words' in way.world.read(path)
    way.world.edit(path, "- [ ] approve", "Fails on nothing.\n\n- [ ] approve")
    way.world.edit(path, "- [ ] Send", "- [x] Send")
    way.world.settle()
    way.ask()
    assert [each.text for each in way.flow.findings] == ["Fails on nothing."]


def test_nobody_is_asked_where_an_agent_can_judge(world: World) -> None:
    way = FlowWorld(world, "plain")
    way.through(("ash", {"code": "new"}))
    way.ask()
    assert world.paths("inbox") == []


@pytest.mark.parametrize(
    ("line", "place", "severity", "text"),
    [
        ("src/a.py:12: minor: Say it once.", "src/a.py:12", "minor", "Say it once."),
        ("- `src/a.py`: Say it once.", "src/a.py", "major", "Say it once."),
        ("blocker: It burns.", "", "blocker", "It burns."),
        ("Note: this is all wrong", "", "major", "Note: this is all wrong"),
        ("2. a.py:3 it: burns", "a.py:3", "major", "it: burns"),
        ("minor:", "", "major", "minor:"),
    ],
)
def test_a_line_is_a_finding(line: str, place: str, severity: str, text: str) -> None:
    (found,) = findings_in(f"\n{line}\n")
    assert (found.place, found.severity, found.text) == (place, severity, text)
