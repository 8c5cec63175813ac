"""A coordinator asks, plans and collects; what it may not do it is told, and people are told that it wanted to."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.speaking import speak
from dispatchd.application.ports.sandbox import Containment
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, run_id
from dispatchd.domain.due_turns import Due, Waits
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import EndRun, NoteMerged, StartRun
from tests.application.world import World
from tests.fakes.instant_store import run

ISSUE = EntityId("i-7k2m")
BASE = "b" * 40
CONFIG = '[people]\nalice = ["alice@example.com"]\n\n[coordinator]\nissues = 3\nanswers = 2\nvotes = 1\n'
PLAN = """\
Sign in without a password.

## Stages

### Design

1. Sketch the flow @architect
2. Write it down @docs !low
   In one page.

### Build

- Send the link @coder

Gate: decision: Which way out?

- [ ] Blue
- [ ] Green
"""


class Clones:
    """A clone whose head is the base, and nothing changed."""

    def place_of(self, issue: str) -> Path:
        return Path("/") / issue

    def look(self, _clone: object) -> Any:
        return SimpleNamespace(other_branch=None, changed=())

    def fetch_back(self, _clone: object) -> str:
        return BASE


class Lead:
    """An issue that kit coordinates, and whom it may ask."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.save("config.toml", CONFIG)
        for name, role in (("kit", "coordinator"), ("rue", "security"), ("ash", "coder")):
            world.save(f"agents/{name}/agent.md", f"---\nname: {name}\nrole: {role}\n---\n\nWorks.\n")
        facts = "title: Passwordless\nstatus: queued\nrole: coordinator\n"
        world.save("issues/lead.md", f"---\nid: {ISSUE}\n{facts}---\n\nLead it.\n")
        world.settle()
        self.run = self.start("kit", ISSUE)

    @property
    def desk(self) -> Desk:
        ports = SimpleNamespace(settings=self.settings, clones=Clones(), assets=PackagedAssets())
        places = SimpleNamespace(repository=Path("/"))
        return Desk(
            session=self.world.session,
            ports=cast("Any", ports),
            places=cast("Any", places),
            containment=Containment(holds=True),
        )

    def settings(self) -> Config:
        return read_config(self.world.read("config.toml")).config or Config()

    def start(self, agent: str, issue: EntityId) -> AgentRun:
        known = self.world.store.look(lambda work: work.work(issue))
        number = run_id(issue, (known.turns if known else 0) + 1)
        begin = StartRun(
            issue=issue,
            run=number,
            agent=agent,
            occasion=Occasion.BEGIN,
            contained=True,
            branch=f"dispatchd/{issue}",
            base=BASE,
        )
        run(self.desk.act(begin))
        found = self.world.store.look(lambda work: work.run(number))
        assert found is not None
        return found

    def end(self, turn: AgentRun) -> None:
        run(self.desk.act(EndRun(run=turn.id, outcome=RunOutcome.OK, session="s")))

    def say(self, verb: str, turn: AgentRun | None = None, **said: object) -> Mapping[str, Any]:
        done = run(speak(self.desk, (turn or self.run).id, verb, said))
        self.world.settle()
        return done

    def due(self, issue: EntityId = ISSUE) -> Due | Waits:
        def look(work: Any) -> Due | Waits:
            return due_of(work, work.issue(issue))

        return self.world.store.look(look)

    def notices(self) -> list[str]:
        texts = [self.world.read(path) for path in self.world.paths("inbox")]
        return [text for text in texts if "set more in motion" in text]


@pytest.fixture
def lead(world: World) -> Lead:
    return Lead(world)


def plan_file(lead: Lead) -> str:
    (path,) = lead.world.paths("epics")
    return path


def test_a_plan_is_a_draft_with_gates_that_a_person_changes_and_starts(lead: Lead) -> None:
    done = lead.say("lay_plan", title="Passwordless", text=PLAN)
    text = lead.world.read(plan_file(lead))
    assert f"**kit**: I have laid a plan, {done['plan']}: Passwordless" in lead.world.read("issues/lead.md")
    assert "status: draft\n" in text
    assert "A plan of kit's for i-7k2m." in text
    assert "Gate: approval: Is “Design” as it was meant?" in text
    assert text.count("Gate: ") == 2, "a stage with a gate of its own keeps it"
    assert "- [ ] Make these 2 issues" in text
    assert lead.world.paths("issues") == ["issues/lead.md"]
    lead.world.edit(plan_file(lead), "Sketch the flow", "Sketch it")
    lead.world.edit(plan_file(lead), "- [ ] Make these 2 issues", "- [x] Make these 2 issues")
    lead.world.settle()
    titles = [lead.world.read(path) for path in lead.world.paths("issues")]
    assert any("title: Sketch it" in each and "role: architect" in each for each in titles)
    assert any("depends_on: [i-" in each and "title: Write it down" in each for each in titles)
    shown = lead.say("collect_answers")
    (plan,) = shown["plans"]
    assert (plan["id"], plan["status"]) == (done["plan"], "draft")
    assert [each["title"] for each in plan["stages"][0]["issues"]] == ["Sketch it", "Write it down"]
    assert plan["stages"][1]["not_made_yet"] == ["Send the link"]


def test_the_same_plan_twice_is_one(lead: Lead) -> None:
    first = lead.say("lay_plan", title="Passwordless", text=PLAN)
    assert lead.say("lay_plan", title="Passwordless", text=PLAN)["plan"] == first["plan"]
    assert len(lead.world.paths("epics")) == 1


def test_a_plan_without_gates_of_ours_where_the_settings_want_none(lead: Lead) -> None:
    lead.world.edit("config.toml", "issues = 3", "issues = 3\ngate = false")
    lead.world.settle()
    lead.say("lay_plan", title="Passwordless", text=PLAN)
    assert lead.world.read(plan_file(lead)).count("Gate: ") == 1


def test_a_plan_that_ticks_its_own_boxes_has_decided_nothing(lead: Lead) -> None:
    sly = "## Stages\n\n### One\n\n1. It @coder\n\nGate: approval: Well?\n\n- [x] Approve\n- [x] Make this issue\n"
    lead.say("lay_plan", title="Sly", text=f"---\nstatus: ready\n---\n\n{sly}")
    text = lead.world.read(plan_file(lead))
    assert "status: draft\n" in text
    assert "[x]" not in text
    assert len(lead.world.paths("issues")) == 1


def test_too_large_a_plan_is_refused_in_words_and_a_person_sees_it_once(lead: Lead) -> None:
    large = "## Stages\n\n### One\n\n" + "".join(f"- Part {number}\n" for number in range(4))
    for _ in range(2):
        with pytest.raises(Rejected, match="lay a smaller plan, of what comes first; this plan has 4 issues"):
            lead.say("lay_plan", title="Large", text=large)
    lead.world.settle()
    assert lead.world.paths("epics") == []
    (notice,) = lead.notices()
    assert "kit, who coordinates i-7k2m, was refused: this plan has 4 issues, and 3 in one plan" in notice
    assert "- Part 3" in notice
    assert "dispatchd config set coordinator.issues NUMBER" in notice
    lead.say("lay_plan", title="Passwordless", text=PLAN)
    with pytest.raises(Rejected, match="go on with the plan that stands"):
        lead.say("lay_plan", title="Another", text=PLAN)


def test_an_answer_is_asked_of_a_role_and_the_coordinator_goes_on_when_it_is_given(lead: Lead) -> None:
    asked = lead.say("ask_role", role="security", text="Is a link enough?\n\nFor sign-in.")
    again = lead.say("ask_role", role="security", text="Is a link enough?\n\nFor sign-in.")
    assert again["issue"] == asked["issue"], "the same question again is the one that stands"
    told = lead.world.read("issues/lead.md")
    assert told.count(f"**kit**: I have asked rue (security), {asked['issue']}: Is a link enough?") == 1
    lead.end(lead.run)
    waits = lead.due()
    assert isinstance(waits, Waits)
    assert waits.why == f"it waits for the answer of {asked['issue']}"
    turn = lead.start("rue", asked["issue"])
    with pytest.raises(Rejected, match="write the answer into the summary"):
        lead.say("submit_work", turn, summary=" ")
    lead.say("submit_work", turn, summary="Yes, if it is good once.")
    lead.end(turn)
    run(
        lead.desk.act(NoteMerged(issue=asked["issue"], commit=BASE, merge=BASE, into="dispatchd/integration"))
    )
    lead.world.settle()
    assert isinstance(lead.due(), Due)
    lead.run = lead.start("kit", ISSUE)
    (answer,) = lead.say("collect_answers")["answers"]
    assert (answer["answer"], answer["status"]) == ("Yes, if it is good once.", IssueStatus.DONE)
    text = next(text for path in lead.world.paths("issues") if "Is a link" in (text := lead.world.read(path)))
    assert "**rue**: Yes, if it is good once." in text
    assert "parent: i-7k2m\n" in text
    assert "nothing had to be merged" in text


def test_nobody_is_asked_about_what_they_made(lead: Lead) -> None:
    lead.world.save("issues/code.md", "---\nid: i-cccc\ntitle: Code\nstatus: queued\n---\n\nDo it.\n")
    lead.world.settle()
    lead.start("ash", EntityId("i-cccc"))
    with pytest.raises(Rejected, match="there is no coder who has not worked on i-cccc"):
        lead.say("ask_role", role="coder", text="Is it good?", issue="i-cccc")


def test_coordinators_ask_no_coordinators(lead: Lead) -> None:
    with pytest.raises(Rejected, match="name a role: "):
        lead.say("ask_role", role="coordinator", text="Will you lead it?")


def test_one_question_and_one_vote_too_many_are_refused(lead: Lead) -> None:
    for number in range(2):
        lead.say("ask_role", role="security", text=f"Question {number}?")
    with pytest.raises(Rejected, match="you have asked for 2 answers already"):
        lead.say("ask_role", role="security", text="Question 3?")
    lead.say("propose", title="Use argon2id", voters=["coder", "security"])
    with pytest.raises(Rejected, match="1 vote that you called is open, and 1 at once are the most"):
        lead.say("propose", title="Use bcrypt")
    lead.world.settle()
    assert len(lead.notices()) == 2
    (vote,) = lead.say("collect_answers")["votes"]
    assert (vote["title"], vote["status"]) == ("Use argon2id", "open")


@pytest.mark.parametrize("verb", ["lay_plan", "ask_role", "collect_answers"])
def test_who_is_no_coordinator_coordinates_nothing(lead: Lead, verb: str) -> None:
    lead.world.save("issues/code.md", "---\nid: i-cccc\ntitle: Code\nstatus: queued\n---\n\nDo it.\n")
    lead.world.settle()
    turn = lead.start("ash", EntityId("i-cccc"))
    with pytest.raises(Rejected, match="leave it to a coordinator"):
        lead.say(verb, turn, title="Mine", text=PLAN, role="security")
