"""The database is lost while ticks of an agent that nothing contained wait for a person's word: they go on waiting."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.application.doubts import DOUBT, end_doubt
from dispatchd.application.outdated import catch_up
from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from dispatchd.domain.thread import ThreadStatus
from tests.application.invariants import check_all
from tests.application.losing import copy_database, differences, facts, lose_database, roll_back
from tests.application.test_story_of_doubts import WAITS, DoubtingWorld, approve
from tests.application.test_story_of_ticks import EPIC, EPIC_TEXT, PROPOSAL, PROPOSAL_TEXT
from tests.application.waiting_world import WaitingWorld
from tests.application.who_and_what import ALICE
from tests.application.world import CONFIG
from tests.fakes.instant_store import run

DECISIONS = ("GateApproved", "VoteCast", "VoteForced", "ProposalForced", "ThreadAnswered", "PlanChanged")


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


def lose_and_settle(world: DoubtingWorld) -> None:
    """The database is made anew, and the daemon takes in whatever differs from the branch.

    The bytes of what waited went with it; their files say the same, with a note.
    """
    lose_database(world).remove()
    world.standing_saves.clear()
    world.scan()
    world.settle()


def assert_the_same_waits(world: DoubtingWorld) -> None:
    """A database made anew knows what the old one knew, of what waits too."""
    before = facts(world)
    lose_and_settle(world)
    found = differences(before, facts(world))
    assert not found, "\n".join(found)


def over(world: DoubtingWorld) -> None:
    """The turn ends, and all that was written meanwhile is taken in."""
    world.end_run()
    run(world.store.transact(end_doubt))
    world.settle()


def decided(world: DoubtingWorld) -> list[str]:
    return [name for name in DECISIONS if world.happened(name)]


def tick_everything(world: DoubtingWorld) -> str:
    """What an agent would like to be true; the thread that it answers."""
    thread: str = world.ask(Verb.ASK, speaker="elm", question="May it go?", options=("Yes", "No"))["subject"]
    world.settle()
    world.begin_run()
    world.edit(PROPOSAL, "- [ ] Approve", "- [x] Approve")
    world.edit(PROPOSAL, "- [ ] Force approve:", "- [x] Force approve: because")
    (path,) = [path for path in world.paths("inbox") if thread in path]
    world.edit(path, "- [ ] Yes", "- [x] Yes")
    approve(world)
    return thread


@pytest.mark.parametrize("is_over", [True, False])
def test_inv6_what_an_agent_ticked_waits_in_a_database_made_anew(
    world: DoubtingWorld, *, is_over: bool
) -> None:
    thread = tick_everything(world)
    if is_over:
        over(world)
    assert not decided(world)
    for _ in range(2):
        assert_the_same_waits(world)
        assert not decided(world)
        assert world.read(EPIC).count(WAITS) == 1
        assert world.entity(thread).status is ThreadStatus.OPEN
    world.ask(Verb.CONFIRM, id="e-3fq9")
    world.settle()
    assert decided(world) == ["GateApproved"]


def test_inv6_a_tick_whose_note_the_agent_took_out_waits_all_the_same(world: DoubtingWorld) -> None:
    world.begin_run()
    approve(world)
    over(world)
    world.crash()
    noted = next(line for line in world.read(EPIC).splitlines() if "unconfirmed" in line)
    world.edit(EPIC, f"{noted}\n", "")
    world.pass_time(3600)
    lose_and_settle(world)
    assert not decided(world)
    assert WAITS in world.read(EPIC)


def test_inv6_prose_that_was_committed_late_lends_its_date_to_no_tick(world: DoubtingWorld) -> None:
    world.edit(PROPOSAL, "# Use argon2id", "# Use argon2id\n\nIt is slow on purpose.")
    world.round(hurry=True)
    world.begin_run()
    world.pass_time(1)
    world.end_run()
    over(world)
    world.pass_time(60)
    world.save("context/a.md", "A note.\n")
    world.settle()
    world.crash()
    world.edit(PROPOSAL, "- [ ] Approve", "- [x] Approve")
    lose_and_settle(world)
    assert not decided(world)


def test_inv6_what_is_rendered_into_a_file_after_the_loss_ends_no_doubt(world: DoubtingWorld) -> None:
    world.begin_run()
    approve(world)
    over(world)
    lose_database(world).remove()
    world.standing_saves.clear()
    world.ask(Verb.SET, id="e-3fq9", changes=("title=No passwords",))
    world.scan()
    world.settle()
    assert not decided(world)
    assert WAITS in world.read(EPIC)


def test_inv6_a_tick_in_a_file_that_was_moved_waits_where_it_is_now(world: DoubtingWorld) -> None:
    world.begin_run()
    approve(world)
    world.rename(EPIC, "epics/entry.md")
    world.settle()
    over(world)
    assert WAITS in world.read("epics/entry.md")
    lose_and_settle(world)
    assert not decided(world)
    assert WAITS in world.read("epics/entry.md")
    world.ask(Verb.CONFIRM, id="e-3fq9")
    world.settle()
    assert decided(world) == ["GateApproved"]


def test_inv6_a_commit_without_a_signature_waits_whether_commits_of_ours_follow_or_not(
    world: DoubtingWorld,
) -> None:
    world.begin_run()
    world.clock.pass_time(1)
    world.commit({EPIC: world.read(EPIC).replace("- [ ] Approve", "- [x] Approve", 1)}, ALICE)
    world.settle()
    over(world)
    lose_and_settle(world)
    assert not decided(world)
    assert WAITS in world.read(EPIC)


def test_inv6_a_backup_older_than_the_turn_lets_nothing_count(world: DoubtingWorld, tmp_path: Path) -> None:
    copy = copy_database(world, tmp_path / "copy.db")
    world.begin_run()
    approve(world)
    over(world)
    roll_back(world, copy).remove()
    run(catch_up(world.session))
    world.start()
    world.standing_saves.clear()
    world.settle()
    assert not decided(world)
    assert WAITS in world.read(EPIC)


def test_once_all_that_differs_is_taken_in_again_saving_works_as_before(world: DoubtingWorld) -> None:
    world.begin_run()
    over(world)
    lose_and_settle(world)
    run(world.store.transact(end_doubt))
    assert world.store.look(lambda work: work.note(DOUBT)) is None
    approve(world)
    assert decided(world) == ["GateApproved"]


def test_where_every_agent_was_contained_nothing_is_doubted(world: DoubtingWorld) -> None:
    world.begin_run(contained=True)
    over(world)
    world.crash()
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    lose_and_settle(world)
    assert decided(world) == ["GateApproved"]


class PageWorld(WaitingWorld, DoubtingWorld):
    """A world at whose page of what waits an agent may have been."""


def test_inv6_a_tick_on_the_page_of_what_waits_decides_nothing_after_the_loss() -> None:
    world = PageWorld(config=CONFIG)
    world.save(EPIC, EPIC_TEXT)
    world.settle()
    world.begin_run()
    over(world)
    world.crash()
    world.edit("WAITING.md", "- [ ] Approve", "- [x] Approve")
    lose_database(world).remove()
    world.edit(EPIC, "# Passwordless login", "# Passwordless login\n\nNo more passwords.")
    world.settle()
    assert not decided(world)
    world.store.remove()
