"""While an agent that nothing contains is at work, a save decides nothing that is a person's until one confirms it."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from dispatchd.application.doubts import begin_doubt, end_doubt
from dispatchd.application.notices import by_daemon
from dispatchd.application.requests.request import Verb
from dispatchd.application.signing import rows_to_commit
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_event import RunEnded, RunEvent, RunStarted
from dispatchd.domain.thread import ThreadStatus
from tests.application.invariants import check_all
from tests.application.test_story_of_ticks import EPIC, EPIC_TEXT, PROPOSAL, PROPOSAL_TEXT, stage
from tests.application.who_and_what import ALICE
from tests.application.world import CONFIG, World
from tests.fakes.instant_store import run

WAITS = "> dispatchd: unconfirmed: an agent that nothing contains could have written this. It counts with: "


class DoubtingWorld(World):
    """A world at whose files an agent may have been."""

    def pending(self) -> list[str]:
        due = {f"row {row.sequence}" for row in self.store.look(rows_to_commit)}
        return [what for what in super().pending() if not what.startswith("row ") or what in due]

    def begin_run(self, *, contained: bool = False) -> None:
        """An agent's turn begins."""
        self.run = AgentRun(
            id=RunId("i-aaaa.1"),
            issue=EntityId("i-aaaa"),
            agent="ash",
            engine="scripted",
            occasion=Occasion.BEGIN,
            started=self.clock.now(),
            contained=contained,
        )
        self._record(RunStarted(run=self.run))
        if not contained:
            run(self.store.transact(lambda work: begin_doubt(work, self.clock.now())))

    def end_run(self) -> None:
        """It ends."""
        issue, turn, agent = self.run.issue, self.run.id, self.run.agent
        self._record(RunEnded(issue=issue, run=turn, agent=agent, outcome=RunOutcome.OK))

    def _record(self, event: RunEvent) -> None:
        door, by = self.session.intake.door, by_daemon(self.clock.now())
        run(self.store.transact(lambda work: door(work).record([event], by)))


@pytest.fixture
def world() -> Iterator[DoubtingWorld]:
    made = DoubtingWorld(config=CONFIG)
    made.save(EPIC, EPIC_TEXT)
    made.save(PROPOSAL, PROPOSAL_TEXT)
    made.settle()
    yield made
    with contextlib.suppress(Rejected):  # what waits is kept out of our commits, and so out of balance
        made.ask(Verb.CONFIRM, all=True)
    made.settle()
    check_all(made)
    made.store.remove()


def approve(world: World) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()


def test_a_gate_ticked_while_one_runs_is_unconfirmed_until_a_person_confirms_it(world: DoubtingWorld) -> None:
    world.begin_run()
    before = world.on_branch(EPIC)
    approve(world)
    assert f"- [x] Approve\n  {WAITS}dispatchd confirm e-3fq9\n" in stage(world, "Design")
    assert not world.happened("GateApproved")
    assert not world.happened("EditRefused")
    assert world.on_branch(EPIC) == before
    done = world.ask(Verb.CONFIRM, id="e-3fq9")
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "approves" in done["told"][0]
    assert "- [x] Approved (Alice Doe, " in stage(world, "Design")
    assert "unconfirmed" not in world.read(EPIC)
    assert world.on_branch(EPIC) == world.read(EPIC)


def test_a_vote_is_unconfirmed_and_counts_once_with_all(world: DoubtingWorld) -> None:
    world.begin_run()
    world.edit(PROPOSAL, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert not world.happened("VoteCast")
    assert f"{WAITS}dispatchd confirm p-9xw4" in world.read(PROPOSAL)
    world.ask(Verb.CONFIRM, all=True)
    world.settle()
    assert len(world.happened("VoteCast")) == 1
    with pytest.raises(Rejected, match="nothing waits to be confirmed"):
        world.ask(Verb.CONFIRM, all=True)


def test_with_a_contained_agent_or_none_editing_just_works(world: DoubtingWorld) -> None:
    world.begin_run(contained=True)
    approve(world)
    assert len(world.happened("GateApproved")) == 1


def test_a_tick_saved_right_after_the_run_may_have_been_written_before_its_end(world: DoubtingWorld) -> None:
    world.begin_run()
    world.pass_time(5)
    world.end_run()
    approve(world)
    assert not world.happened("GateApproved")


def test_a_file_agreed_on_since_the_run_is_its_persons_again(world: DoubtingWorld) -> None:
    world.begin_run()
    world.end_run()
    world.pass_time(5)
    world.edit(EPIC, "# Passwordless login", "# Passwordless login\n\nNo more passwords.")
    world.settle()
    approve(world)
    assert len(world.happened("GateApproved")) == 1


def test_once_all_is_taken_in_that_was_written_meanwhile_every_file_is_its_persons_again(
    world: DoubtingWorld,
) -> None:
    world.begin_run()
    world.end_run()
    run(world.store.transact(end_doubt))
    approve(world)
    assert len(world.happened("GateApproved")) == 1


def test_doubt_does_not_end_while_one_runs(world: DoubtingWorld) -> None:
    world.begin_run()
    run(world.store.transact(end_doubt))
    approve(world)
    assert not world.happened("GateApproved")


def test_what_waits_goes_on_waiting_after_the_run_and_through_a_restart(world: DoubtingWorld) -> None:
    world.begin_run()
    approve(world)
    world.end_run()
    run(world.store.transact(end_doubt))
    world.edit(EPIC, "# Passwordless login", "# Passwordless login\n\nNo more passwords.")
    world.settle()
    world.restart()
    world.settle()
    assert not world.happened("GateApproved")
    assert WAITS in world.read(EPIC)
    world.ask(Verb.CONFIRM, id="e-3fq9")
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "No more passwords." in world.read(EPIC)


def test_a_tick_taken_back_is_forgotten(world: DoubtingWorld) -> None:
    world.begin_run()
    approve(world)
    world.edit(EPIC, "- [x] Approve", "- [ ] Approve")
    world.settle()
    assert "unconfirmed" not in world.read(EPIC)
    with pytest.raises(Rejected):
        world.ask(Verb.CONFIRM, all=True)


def test_a_commit_in_a_persons_name_without_a_signature_decides_nothing(world: DoubtingWorld) -> None:
    world.begin_run()
    ticked = world.read(EPIC).replace("- [ ] Approve", "- [x] Approve", 1)
    world.clock.pass_time(1)
    world.commit({EPIC: ticked}, ALICE)
    world.settle()
    assert not world.happened("GateApproved")
    assert WAITS in world.read(EPIC)
    world.ask(Verb.CONFIRM, id="e-3fq9")
    world.settle()
    assert len(world.happened("GateApproved")) == 1


def test_a_commit_dated_in_the_future_buys_no_trust(world: DoubtingWorld) -> None:
    world.begin_run()
    later = world.read(EPIC).replace("# Passwordless login", "# Passwordless")
    world.clock.pass_time(timedelta(days=300).total_seconds())
    world.commit({EPIC: later}, ALICE)
    world.clock.pass_time(-timedelta(days=300).total_seconds())
    world.settle()
    world.end_run()
    approve(world)
    assert not world.happened("GateApproved")


def test_a_signed_commit_counts(world: DoubtingWorld) -> None:
    world.begin_run()
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    made = world.commit({EPIC: world.read(EPIC)}, ALICE, writes_files=False)
    world.log.signers[made] = ALICE[1]
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "unconfirmed" not in world.read(EPIC)


def test_an_answer_to_a_question_waits_too(world: DoubtingWorld) -> None:
    thread = world.ask(Verb.ASK, speaker="ash", question="May it go?", options=("Yes", "No"))["subject"]
    world.settle()
    world.begin_run()
    (path,) = [path for path in world.paths("inbox") if thread in path]
    world.edit(path, "- [ ] Yes", "- [x] Yes")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.OPEN
    assert f"{WAITS}dispatchd confirm {thread}" in world.read(path)
    world.ask(Verb.CONFIRM, id=thread)
    world.settle()
    found = world.entity(thread)
    assert found.status is ThreadStatus.ANSWERED
    assert found.chosen == "Yes"


def test_an_agent_confirms_nothing(world: DoubtingWorld) -> None:
    world.begin_run()
    approve(world)
    with pytest.raises(Rejected, match="ask a person"):
        world.ask(Verb.CONFIRM, speaker="ash", all=True)
    assert not world.happened("GateApproved")


def test_what_an_agent_could_have_deleted_comes_back_and_a_person_deletes_it_later(
    world: DoubtingWorld,
) -> None:
    world.begin_run()
    world.delete(EPIC)
    world.delete(PROPOSAL)
    world.settle()
    assert world.paths("epics")
    assert world.paths("proposals")
    assert not world.happened("EntityRemoved")
    notices = [path for path in world.paths("inbox") if "is-back" in path]
    assert len(notices) == 2
    assert "an agent could have deleted it" in world.read(notices[0])
    world.delete(notices[0])
    world.settle()
    assert notices[0] not in world.paths("inbox"), "a notice that was read may go"
    world.end_run()
    run(world.store.transact(end_doubt))
    world.advance(60)
    world.delete(PROPOSAL)
    world.settle()
    assert [each.subject[:2] for each in world.happened("EntityRemoved")][-1] == "p-"
    assert PROPOSAL not in world.paths("proposals")
