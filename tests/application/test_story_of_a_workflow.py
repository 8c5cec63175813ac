"""Test-driven work from the first line to the merge queue: the daemon looks, reviewers judge, people are asked."""

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.context import context_for
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.due_turns import Due, Waits
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from tests.application.flow_world import BASE, PATH, FlowWorld
from tests.application.world import World

TESTS = {"tests/new": "new", "tests/more": "more"}
CODE = {"code": "old new more"}


@pytest.fixture
def way(world: World) -> FlowWorld:
    return FlowWorld(world)


def to_the_tests(way: FlowWorld) -> None:
    way.hand_in("yew", summary="Login answers within thirty seconds.")
    assert way.look()
    way.judge("oak", "approve")


def to_red(way: FlowWorld, tests: dict[str, str] | None = None) -> None:
    to_the_tests(way)
    way.hand_in("elm", tests or TESTS)
    assert way.look()
    way.judge("oak", "approve")
    assert way.flow.phase == "verify red"


def to_green(way: FlowWorld, files: dict[str, str] | None = None) -> None:
    to_red(way)
    assert way.look()
    way.hand_in("ash", files or CODE)
    assert way.look()
    way.judge("oak", "approve")
    assert way.flow.phase == "verify green"


def test_the_happy_path_leads_to_the_merge_queue_and_its_evidence_stands_in_the_issue(way: FlowWorld) -> None:
    to_green(way)
    assert way.look()
    way.hand_in("ash")
    assert way.look()
    way.judge("oak", "approve")
    assert (way.flow.state, way.work().phase, way.work().commit) == (
        FlowState.OVER,
        WorkPhase.SUBMITTED,
        way.head,
    )
    text = way.file
    assert "status: awaiting_review\n" in text
    assert "workflow: tdd\nphase: done\n" in text
    assert f"every phase is done, at `{way.head[:8]}`" in text
    red, green = way.flow.last("verify red"), way.flow.last("verify green")
    assert red is not None
    assert green is not None
    assert red.evidence is not None
    assert green.evidence is not None
    assert (red.evidence.fresh, red.evidence.fresh_failed, red.evidence.passed) == (2, 2, 1)
    assert red.evidence.why == "2 new tests fail, 1 old one passes"
    assert green.evidence.why == "every test passes (3)"
    assert f": [evidence](../{red.evidence.page})" in text
    page = way.world.read(red.evidence.page)
    assert f"`{red.evidence.handed_in}` without its code\n- command: `make test`\n- exit code: 1\n" in page
    assert "tests/new FAILED" in page


def test_what_a_phase_makes_as_text_is_kept_in_the_issue(way: FlowWorld) -> None:
    turn = way.start("yew")
    with pytest.raises(Rejected, match="write it into the summary"):
        way.submit(turn, summary=" ")
    way.submit(turn, summary="Login answers within thirty seconds.")
    assert "**yew**: Login answers within thirty seconds." in way.file


def test_a_phase_without_its_artefact_is_not_handed_in(way: FlowWorld) -> None:
    to_the_tests(way)
    turn = way.start("elm")
    with pytest.raises(Rejected, match="change a file that fits tests/"):
        way.submit(turn, {"code": "something else"})
    assert way.flow.state is FlowState.WORKING


def test_tests_that_do_not_fail_at_red_go_back_to_whoever_writes_them(way: FlowWorld) -> None:
    to_red(way, {"tests/new": "old"})
    assert way.look()
    assert (way.flow.phase, way.flow.round) == ("write tests", 2)
    way.start("elm")
    assert "It came back from “verify red”: 1 of 1 new test passes without the code: `tests/new`." in way.told


def test_an_old_test_that_fails_is_no_red(way: FlowWorld) -> None:
    to_red(way, {**TESTS, "tests/old": "broken"})
    assert way.look()
    assert way.flow.phase == "write tests"
    assert "1 test that passed before fails now: `tests/old`" in way.file


def test_red_is_looked_for_without_the_code(way: FlowWorld) -> None:
    to_red(way, {**TESTS, **CODE})
    assert way.look()
    assert way.flow.phase == "implementation"
    red = way.flow.last("verify red")
    assert red is not None
    assert way.repository.tried[0] == BASE
    assert way.repository.commits[way.repository.tried[1]]["code"] == "old"


def test_tests_that_were_weakened_after_red_go_back_to_test_review(way: FlowWorld) -> None:
    to_green(way, {"code": "old new", "tests/more": "old"})
    tried = list(way.repository.tried)
    assert way.look()
    assert (way.flow.phase, way.flow.round) == ("test review", 2)
    assert way.repository.tried == tried, "nothing is run for tests that are not the ones"
    assert "verify green: the tests have changed, back to test review" in way.file


def test_code_that_does_not_pass_goes_back_with_what_was_printed(way: FlowWorld) -> None:
    to_green(way, {"code": "old new"})
    assert way.look()
    assert way.flow.phase == "implementation"
    turn = way.turn()
    assert isinstance(turn.due, Due)
    assert turn.issue.assignee == "ash", "it goes back to whoever worked on it"
    way.start("ash")
    assert "1 of 3 tests fails: `tests/more`" in way.told
    assert "> tests/more FAILED" in way.told


def test_without_results_the_exit_code_has_to_do(way: FlowWorld) -> None:
    way.repository.reports = False
    to_green(way)
    assert way.look()
    assert way.flow.phase == "refactor"
    assert "verify red: it fails (1)" in way.file


def test_a_look_for_what_has_moved_on_changes_nothing(way: FlowWorld) -> None:
    to_the_tests(way)
    assert not way.look()
    way.hand_in("elm", TESTS)
    assert way.look()
    assert not way.look()


def test_a_reviewer_is_found_who_did_not_make_it_and_is_told_what_to_judge(world: World) -> None:
    way = FlowWorld(world, "plain")
    world.save("agents/ash/agent.md", world.read("agents/ash/agent.md").replace("coder", "reviewer"))
    world.settle()
    way.hand_in("ash", CODE)
    waits = way.turn().due
    assert isinstance(waits, Waits)
    assert waits.why == 'what there is for "implementation" is looked at'
    assert way.look()
    turn = way.turn()
    assert (turn.issue.role, turn.barred >= {"ash"}) == ("reviewer", True)
    way.judge(
        "oak", "changes", {"text": "Empty input fails.", "path": "code", "line": 3, "severity": "blocker"}
    )
    assert f"You judge “implementation”, at the commit `{way.head}`. ash made it." in way.told
    assert "finding 1, blocker `code:3`: Empty input fails." in way.file
    way.hand_in("ash", {"code": "old new more!"})
    assert "> Empty input fails." in way.told
    assert way.look()
    way.start("oak")
    assert "1. `code:3` Empty input fails.\n\n> Mended." in way.told


def test_a_reviewer_who_always_objects_comes_to_people_who_say_how_to_go_on(world: World) -> None:
    way = FlowWorld(world, "plain")
    for number in range(3):
        way.hand_in("ash", {"code": f"{number}"})
        assert way.look()
        way.judge("oak", "changes", "I do not like it.")
    way.hand_in("ash", {"code": "last"})
    assert way.look()
    assert str(way.flow.state) == "escalated"
    way.ask()
    (path,) = [path for path in world.paths("inbox") if "round" in world.read(path)]
    assert "finding 3, major: I do not like it." in world.read(path)
    world.edit(path, "- [ ] One more round", "- [x] One more round")
    world.settle()
    way.ask()
    assert (way.flow.state, way.flow.phase, way.flow.round) == (FlowState.WORKING, "review", 4)
    way.judge("oak", "approve")
    assert way.flow.state is FlowState.OVER


@pytest.mark.parametrize(
    ("choice", "status"), [("Cancel", "cancelled"), ("Take over", "in_progress"), ("Reassign", "in_progress")]
)
def test_past_a_limit_people_may_end_it_too(world: World, choice: str, status: str) -> None:
    way = FlowWorld(world, "plain")
    for _ in range(3):
        way.through(("ash", CODE))
        way.judge("oak", "changes", "No.")
    way.through(("ash", CODE))
    way.ask()
    (path,) = [path for path in world.paths("inbox") if "round" in world.read(path)]
    world.edit(path, f"- [ ] {choice}", f"- [x] {choice}")
    world.settle()
    way.ask()
    assert f"status: {status}\n" in way.file
    assert way.work().held is (choice == "Take over")
    assert way.flow.avoid == ("oak" if choice == "Reassign" else "")


def test_a_gate_asks_a_person_and_a_no_goes_back_with_its_reason(world: World) -> None:
    way = FlowWorld(world, "design-review")
    way.through(("yew", {"docs/design/login.md": "A design."}))
    way.judge("oak", "approve")
    assert way.look()
    assert way.flow.state is FlowState.GATE
    way.ask()
    way.ask()
    (path,) = world.paths("inbox")
    world.edit(path, "- [ ] Reject", "- [x] Reject")
    world.settle()
    way.ask()
    assert way.flow.state is FlowState.GATE
    assert '"Reject" needs words' in world.read(path)
    world.edit(path, "- [x] Reject", "Too many moving parts.\n\n- [x] Reject")
    world.edit(path, "- [ ] Send", "- [x] Send")
    world.settle()
    way.ask()
    assert way.flow.phase == "design"
    way.start("yew")
    assert "A person said no at “approval”." in way.told
    assert "> Too many moving parts." in way.told


def test_a_workflow_that_nobody_has_is_said_and_nothing_begins(world: World) -> None:
    way = FlowWorld(world, "tddd")
    due = way.turn().due
    assert isinstance(due, Waits)
    assert 'there is no workflow "tddd"' in due.why


def test_the_first_turn_is_for_the_first_phases_role(way: FlowWorld) -> None:
    turn = way.turn()
    assert isinstance(turn.due, Due)
    assert turn.issue.role == "architect"


def test_what_would_be_told_is_that_of_the_phase(way: FlowWorld) -> None:
    def told() -> str:
        return way.world.store.look(lambda work: context_for(work, PackagedAssets(), "i-7k2m", 60_000))

    assert "# Architect" in told()
    assert "# Your phase: specification" in told()
    to_the_tests(way)
    assert "# About you, elm" in told()
    assert "# Your phase: write tests" in told()


MALLORY = ("Mallory", "mallory@evil.example")


def test_a_workflow_that_a_stranger_wrote_is_not_followed(way: FlowWorld) -> None:
    loose = '[[phase]]\nname = "anything"\nrole = "coder"\n'
    way.world.commit({"workflows/tdd.toml": loose}, MALLORY)
    way.world.settle()
    due = way.turn().due
    assert isinstance(due, Waits)
    assert "somebody who is not in [people] changed workflows/tdd.toml" in due.why


def test_a_stranger_lets_no_issue_go_another_way(way: FlowWorld) -> None:
    way.world.commit({PATH: way.world.read(PATH).replace("workflow: tdd\n", "")}, MALLORY)
    way.world.settle()
    assert "workflow: tdd" in way.world.read(PATH)


def test_a_teams_own_file_takes_the_place_of_ours_and_a_broken_one_lets_nothing_begin(way: FlowWorld) -> None:
    own = '[[phase]]\nname = "anything"\nrole = "coder"\n'
    way.world.save("workflows/tdd.toml", own)
    way.world.settle()
    assert way.turn().issue.role == "coder"
    way.world.save("workflows/tdd.toml", own.replace("coder", "cook"))
    way.world.settle()
    due = way.turn().due
    assert isinstance(due, Waits)
    assert 'workflows/tdd.toml:3: "cook" is no role' in due.why


def test_a_check_that_is_no_command_lets_nothing_begin(way: FlowWorld) -> None:
    way.world.edit("config.toml", "test = ", "tests = ")
    way.world.settle()
    due = way.turn().due
    assert isinstance(due, Waits)
    assert 'checks by "test", which is no command' in due.why
