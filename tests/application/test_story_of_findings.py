"""Findings that whoever works cannot answer one by one: a program's work stands for its answer, or a person waives them."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.verbs import answer_finding, give_verdict
from dispatchd.application.agents.handing_in import hand_in
from dispatchd.application.agents.speaking import speak
from dispatchd.application.agents.stuck import ask_how_to_go_on, do_as_told
from dispatchd.application.intake import Plan
from dispatchd.application.ports.run_room import Life, RunExit, RunSight
from dispatchd.application.ports.work_clones import CloneFailed, CloneState, WorkClone
from dispatchd.application.requests.request import Verb
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.due_turns import Due, Waits
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_command import AnswerFinding
from dispatchd.domain.run_command import EndRun, StartRun
from tests.application.flow_world import CONFIG, ISSUE, FlowWorld
from tests.application.test_story_of_signatures import SigningWorld
from tests.application.world import World
from tests.fakes.instant_store import run

CODE = {"code": "new"}
ENGINE = cast(
    "Any",
    SimpleNamespace(
        abilities=SimpleNamespace(commanded=True),
        conclude=lambda code, _heard: SimpleNamespace(
            outcome=RunOutcome.OK if code == 0 else RunOutcome.CRASHED
        ),
    ),
)


class Programs(FlowWorld):
    """Agents that are programs: what they committed is handed in when they end well."""

    torn = ""
    """Why their worktree cannot be read."""

    @property
    def desk(self) -> Desk:
        def look(_clone: WorkClone) -> CloneState:
            if self.torn:
                raise CloneFailed(self.torn)
            return CloneState(exists=True)

        clones = SimpleNamespace(
            place_of=Path,
            look=look,
            fetch_back=lambda _clone: self.head,
        )
        desk = super().desk
        room = SimpleNamespace(read=lambda *_: b"")  # it printed nothing
        ports = SimpleNamespace(**vars(desk.ports), clones=clones, room=room)
        return replace(desk, ports=cast("Any", ports))

    def daemon(self, *commands: Command) -> None:
        """Turns go on, as they do after one that came to nothing."""
        super().daemon(
            *(
                replace(each, occasion=Occasion.GO_ON) if isinstance(each, StartRun) else each
                for each in commands
            )
        )

    def program(self, agent: str, files: dict[str, str] | None = None) -> str:
        """A whole turn of a program that commits *files* and ends well; why that was not taken."""
        turn = replace(self.start(agent), engine="command:fix")
        if files:
            self.head = self.repository.put(files, self.head)
        ended = RunSight(life=Life.EXITED, exit=RunExit(code=0))
        untaken = run(hand_in(self.desk, turn, ENGINE, ended))
        self.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK, trouble=untaken))
        return untaken


@pytest.fixture
def way(world: World) -> Programs:
    return with_findings(world)


def with_findings(world: World) -> Programs:
    """Two findings wait for whoever works."""
    way = Programs(world, "plain")
    way.through(("ash", CODE))
    way.judge("oak", "changes", "code:3: blocker: Fails on nothing.", "Too long")
    return way


def test_what_a_program_committed_stands_for_its_answer_and_the_reviewer_looks_again(way: Programs) -> None:
    assert way.program("ash", {"code": "newer"}) == ""
    assert way.flow.state is FlowState.HANDED_IN
    answers = [(each.answer, each.waived) for each in way.flow.findings]
    said = f"`fix` committed `{way.head[:8]}` and ended well; it says no more of this."
    assert answers == [(said, ""), (said, "")]
    assert way.look()
    way.start("oak")
    assert f"1. `code:3` Fails on nothing.\n\n> {said}" in way.told


def test_a_program_that_committed_nothing_has_answered_nothing_and_people_are_told_why(way: Programs) -> None:
    why = "what it made was not handed in: answer each finding first (answer_finding); nothing is said yet to 1 and 2"
    for _ in range(2):
        assert way.program("ash") == why
    due = way.turn().due
    assert due == Waits(why=why, stuck=True)
    assert f"after ash's turn 3, {why}" in way.file


def test_a_program_that_told_somebody_something_hands_in_what_it_made(way: Programs) -> None:
    turn = replace(way.start("ash"), engine="command:fix")
    run(speak(way.desk, turn.id, "send_message", {"text": "It is nearly there.", "to": "oak"}))
    way.head = way.repository.put({"code": "newer"}, way.head)
    ended = RunSight(life=Life.EXITED, exit=RunExit(code=0))
    assert run(hand_in(way.desk, turn, ENGINE, ended)) == ""
    assert way.flow.state is FlowState.HANDED_IN


def test_a_program_that_judged_is_not_said_to_have_handed_in_nothing(way: Programs) -> None:
    way.program("ash", {"code": "newer"})
    assert way.look()
    assert way.program("oak").endswith('in "review" you judge, and hand in nothing')
    turn = replace(way.start("oak"), engine="command:judge")
    judges(way, turn, "Slow")
    ended = RunSight(life=Life.EXITED, exit=RunExit(code=0))
    assert run(hand_in(way.desk, turn, ENGINE, ended)) == ""


def test_a_worktree_that_cannot_be_read_hands_in_nothing_and_is_told(way: Programs) -> None:
    """Whatever stands there is its agent's doing: the turn has ended, and nobody else's stops for it."""
    turn = replace(way.start("ash"), engine="command:fix")
    way.torn = "git read-tree failed: unable to read tree 1234"
    ended = RunSight(life=Life.EXITED, exit=RunExit(code=0))
    untaken = run(hand_in(way.desk, turn, ENGINE, ended))
    assert untaken == f"what it made was not handed in: {way.torn}"
    way.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK, trouble=untaken))
    assert f"after ash's turn 3, {untaken}" in way.file


def stuck(way: Programs) -> str:
    run(ask_how_to_go_on(way.desk, ISSUE, "it stands still"))
    way.world.settle()
    (path,) = way.world.paths("inbox")
    return path


def test_a_person_waives_what_stands_open_by_a_tick_and_the_work_goes_on(way: Programs) -> None:
    for _ in range(2):
        way.program("ash")
    path = stuck(way)
    assert "1. blocker: Fails on nothing." in way.world.read(path)
    way.world.edit(path, "- [ ] Waive the findings", "- [x] Waive the findings")
    way.world.settle()
    for _ in range(2):
        run(do_as_told(way.desk))
    assert [each.waived for each in way.flow.findings] == ["alice", "alice"]
    assert "finding 1 is waived by alice: Waived in t-" in way.file
    assert isinstance(way.turn().due, Due)
    assert way.program("ash") == ""
    assert way.look()
    way.start("oak")
    assert "Too long (alice, a person, waives it: it needs no mending)" in way.told


def test_nobody_is_asked_how_to_go_on_any_more_once_it_goes_on(way: Programs) -> None:
    path = stuck(way)
    way.start("elm")
    way.world.settle()
    assert way.world.paths("inbox") == [] or "answered" in way.world.read(path)
    assert way.world.store.look(lambda work: work.open_thread_about(f"stuck:{ISSUE}")) is None


def test_without_findings_there_is_nothing_to_waive(world: World) -> None:
    way = Programs(world, "plain")
    way.hand_in("ash", CODE)
    assert "Waive" not in way.world.read(stuck(way))


def test_a_person_waives_one_finding_by_a_command(way: Programs) -> None:
    way.world.ask(Verb.AGENT_WAIVE, id=ISSUE, finding="1", why="It never is.")
    assert [(each.answer, each.waived) for each in way.flow.findings] == [("It never is.", "alice"), ("", "")]
    with pytest.raises(Rejected, match="there is no finding 7"):
        way.world.ask(Verb.AGENT_WAIVE, id=ISSUE, finding="7", why="It never is.")
    with pytest.raises(Rejected, match='"one" is none'):
        way.world.ask(Verb.AGENT_WAIVE, id=ISSUE, finding="one", why="It never is.")
    turn = way.start("ash")
    run(answer_finding(way.desk, turn, {"number": 1, "answer": "It is mended."}))
    assert way.flow.findings[0].waived == "alice", "what a person said stays"


def test_101_with_require_signed_a_finding_is_waived_by_nothing_less_than_a_signature() -> None:
    world = SigningWorld()
    way = with_findings(world)
    world.save("config.toml", CONFIG + "\n[workspace]\nrequire_signed = true\n")
    world.settle()
    with pytest.raises(Rejected, match="tick the box that waives it where a thread asks"):
        world.ask(Verb.AGENT_WAIVE, id=ISSUE, finding="1", why="It never is.")
    path = stuck(way)
    world.edit(path, "- [ ] Waive the findings", "- [x] Waive the findings")
    world.settle()
    run(do_as_told(way.desk))
    assert [each.waived for each in way.flow.findings] == ["", ""]
    world.commit_all(path)
    world.settle()
    run(do_as_told(way.desk))
    assert [each.waived for each in way.flow.findings] == ["alice", "alice"]


def test_a_stranger_waives_nothing(way: Programs) -> None:
    mallory = Actor(kind=ActorKind.HUMAN, handle="mallory", name="Mallory", email="mallory@evil.example")
    by = Circumstance(actor=mallory, at=way.world.clock.now(), provenance=Provenance(channel=Channel.SAVE))
    waive = Plan(commands=[AnswerFinding(issue=ISSUE, number=1, answer="It never is.")], subject=ISSUE)
    with pytest.raises(Rejected, match="people"):
        run(way.desk.session.act(lambda _door, _by: waive, lambda _work: by))
    assert not way.flow.findings[0].answer


def judges(way: Programs, turn: AgentRun, *findings: str) -> None:
    run(give_verdict(way.desk, turn, {"verdict": "changes", "findings": list(findings)}))


def test_a_finding_in_one_line_names_its_place_as_a_persons_does(way: Programs) -> None:
    way.program("ash", {"code": "newer"})
    assert way.look()
    judges(way, way.start("oak"), "a.py:12: minor: Say it once.", "Slow:\nit takes a day.")
    found = [(each.place, each.severity, each.text) for each in way.flow.findings[2:]]
    assert found == [("a.py:12", "minor", "Say it once."), ("", "major", "Slow:\nit takes a day.")]
