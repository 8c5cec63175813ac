"""Trouble that is over a moment later ends no daemon, keeps nothing out and leaves nothing behind."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.backup import back_up
from dispatchd.application.requests.request import Verb
from dispatchd.daemon.housekeeping_loop import make_backup
from dispatchd.daemon.intake_loop import LONGEST_NAP, SHORTEST_NAP, nap
from tests.crash.calls import Fault
from tests.crash.crash_world import CrashWorld, DaemonStopped
from tests.fakes.instant_store import run

A, B = "issues/a.md", "issues/b.md"


@pytest.fixture
def world() -> Iterator[CrashWorld]:
    made = CrashWorld()
    made.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    made.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    made.settle()
    yield made
    made.store.remove()


def test_015_a_full_disk_met_by_the_clock_ends_no_daemon(world: CrashWorld) -> None:
    world.calls.fail_next("db.COMMIT", Fault.ENOSPC)
    world.housekeeping()
    assert world.room is not None
    assert "the disk is full" in str(world.room.halted)
    world.settle()
    assert world.room.halted is None


def test_015_a_backup_that_finds_no_room_ends_no_daemon(world: CrashWorld) -> None:
    assert world.room is not None
    nowhere = world.store.folder / "nowhere" / "state.db"
    nowhere.parent.mkdir()
    (nowhere.parent / "backups").write_bytes(b"a file is in the way\n")
    world.room.backup = lambda: back_up(nowhere, world.clock.now())
    run(make_backup(world.room))
    assert world.room.halted is None
    assert Path(nowhere.parent / "backups").is_file()


def test_016_while_git_cannot_commit_work_goes_on_and_is_committed_once_when_it_can(
    world: CrashWorld,
) -> None:
    before = len(world.commits())
    world.calls.broken = {"git.record"}
    world.edit(A, "unassigned", "in_review")
    world.advance(30.0)
    assert "# dispatchd: kept" in world.field(A, "status")
    assert len(world.commits()) == before
    world.calls.broken.clear()
    world.settle()
    assert [commit.author.name for commit in world.commits()[before:]] == ["Alice Doe", "dispatchd"]
    assert world.on_branch(A) == world.read(A)


def test_023_a_database_that_is_taken_away_stops_the_daemon_and_no_file_is_touched(world: CrashWorld) -> None:
    world.edit(A, "unassigned", "queued")
    text = world.read(A)
    world.store.path.unlink()
    with pytest.raises(DaemonStopped, match="DatabaseReplaced"):
        world.round()
    assert world.read(A) == text


def test_019_what_is_due_while_nothing_can_be_done_does_not_make_the_daemon_spin(world: CrashWorld) -> None:
    assert world.room is not None
    world.edit(A, "unassigned", "queued")
    world.round()
    world.log.open_operation = "a merge is open in .dispatch"
    world.pass_time(60.0)
    world.round()
    assert nap(world.room, did=world.did) >= SHORTEST_NAP
    world.room.halt("the disk is full")
    assert nap(world.room, did=False) == LONGEST_NAP
    world.room.go_on()
    world.log.open_operation = None
    world.settle()
    assert world.at(A).status == "queued"


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EIO, errno.EACCES])
def test_020_a_save_that_could_not_be_read_once_is_taken_in(world: CrashWorld, code: int) -> None:
    world.edit(A, "unassigned", "queued")
    world.round()  # seen, and not yet quiet
    world.pass_time(1.0)
    world.tree.fail("open_file", code)
    world.round()
    assert world.at(A).status == "unassigned"
    world.settle()
    assert world.at(A).status == "queued"
    assert world.problems() == []


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EIO, errno.EACCES])
def test_020_a_renamed_file_that_cannot_be_read_at_once_is_not_deleted(world: CrashWorld, code: int) -> None:
    world.rename(A, "issues/moved.md")
    world.tree.fail("open_file", code)
    world.settle()
    assert world.happened("EntityRemoved") == []
    assert world.at("issues/moved.md").id == "i-aaaa"


@pytest.mark.parametrize("ahead", range(0, 60, 7))
def test_020_files_that_swap_names_stay_themselves_though_a_look_fails(world: CrashWorld, ahead: int) -> None:
    world.rename(A, "issues/x.tmp")
    world.rename(B, A)
    world.rename("issues/x.tmp", B)

    def fail() -> None:
        raise OSError(errno.EMFILE, "just now")

    world.tree.step(ahead, fail)
    world.advance(10.0)
    world.settle()
    assert (world.at(A).id, world.at(B).id) == ("i-bbbb", "i-aaaa")
    assert len(world.paths("issues/")) == 2
    assert world.happened("EntityRemoved") == []


def test_017_a_write_that_proves_done_leaves_no_problem_behind(world: CrashWorld) -> None:
    world.request(
        Verb.SET,
        is_done=lambda: world.entity("i-aaaa").priority == "high",
        id="i-aaaa",
        changes=("priority=high",),
    )
    # The flush after the exchange is the folder's: the new text stands, and the write is reported as failed.
    world.tree.before_next("exchange", lambda: world.tree.fail("flush", *[errno.EIO] * 8))
    world.advance(0.1)
    assert A in world.session.troubles
    world.hint(A)  # the watcher has seen the write, and it is taken for done before it is tried again
    world.settle()
    world.advance(10.0)
    assert world.field(A, "priority") == "high"
    assert world.session.troubles == {}
    assert world.problems() == []
