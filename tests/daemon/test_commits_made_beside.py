"""Git makes a commit while saves are taken in: nothing of either is lost, and nothing is committed twice."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence

import pytest

from dispatchd.application.committing import commit
from dispatchd.application.history import set_head
from dispatchd.application.ports.audit_log import AuditCommit, CommitId
from dispatchd.daemon.audit_loop import audit_loop, commit_or_sleep
from dispatchd.daemon.calls import ReopenCall
from dispatchd.daemon.control_socket import called
from dispatchd.daemon.engine_room import EngineRoom
from tests.application.world import World
from tests.daemon.a_room import a_room
from tests.fakes.instant_store import run

ONE, TWO = "issues/one.md", "issues/two.md"


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.save(ONE, "---\nid: i-aaaa\ntitle: One\n---\n")
    made.settle()
    made.save(ONE, made.read(ONE).replace("priority: medium", "priority: high"))
    take(made)
    made.pass_time(5.0)
    yield made
    made.store.remove()


def take(world: World) -> None:
    run(world.session.scan())
    run(world.session.take(hurry=True))
    run(world.session.take(hurry=True))


def commit_while(
    world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[EngineRoom], None]
) -> None:
    """One round of the loop that commits; *meanwhile* happens while git makes the commit."""

    async def round_() -> None:
        room = a_room(world)

        def prepare(commits: Sequence[AuditCommit], parent: CommitId) -> None:
            monkeypatch.undo()
            meanwhile(room)

        monkeypatch.setattr(world.log, "prepare", prepare)
        room.stopping.set()  # what was not committed is not waited for
        await commit_or_sleep(room)

    asyncio.run(round_())


def told_once(world: World) -> int:
    """How many events stand in commits; none may stand in two."""
    commits = world.log.commits_between(None, world.log.head())
    events = [event for commit in commits for event in commit.events]
    assert len({json.loads(event)["id"] for event in events}) == len(events)
    return len(events)


def test_saves_are_taken_in_while_git_makes_a_commit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def save(room: EngineRoom) -> None:
        assert not room.turn.locked()
        world.save(TWO, "---\nid: i-bbbb\ntitle: Two\n---\n")
        world.save(ONE, world.read(ONE).replace("priority: high", "priority: low"))
        take(world)

    before = told_once(world)
    commit_while(world, monkeypatch, save)
    assert told_once(world) == before + 1
    assert "priority: high" in (world.on_branch(ONE) or "")
    assert world.entity("i-bbbb").title == "Two"
    assert world.on_branch(TWO) is None
    world.settle()
    assert "priority: low" in (world.on_branch(ONE) or "")
    assert world.on_branch(TWO) == world.read(TWO)
    assert told_once(world) == before + 3


def test_what_somebody_committed_at_once_meanwhile_is_not_committed_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told_once(world)
    commit_while(world, monkeypatch, lambda _: assert_made(world))
    world.settle()
    assert told_once(world) == before + 1


def assert_made(world: World) -> None:
    assert run(commit(world.session, force=True))


def test_what_came_to_wait_for_a_word_meanwhile_stays_out_of_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = world.log.head()

    def take_away(_: EngineRoom) -> None:
        run(world.store.transact(lambda work: work.audit.drop([work.audit.waiting()[0].sequence])))

    commit_while(world, monkeypatch, take_away)
    assert world.log.head() == head


def test_nothing_is_committed_on_an_end_of_the_branch_that_the_database_has_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It followed somebody's commit, which was then taken back: that is to be looked at first."""
    head = world.log.head()

    def follow(_: EngineRoom) -> None:
        elsewhere = CommitId("f" * len(head))
        run(world.store.transact(lambda work: set_head(work, elsewhere, world.clock.now())))

    commit_while(world, monkeypatch, follow)
    assert world.log.head() == head


def test_the_tree_is_not_mended_while_git_makes_a_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def mend() -> Sequence[str]:
        order.append("mended")
        return ()

    async def both() -> None:
        room = a_room(world, mend_tree=mend)
        async with room.making:
            mending = asyncio.create_task(called(room, ReopenCall()))
            done, _ = await asyncio.wait({mending}, timeout=0.1)
            assert room.turn.locked()
            assert not done
            order.append("made")
        await mending

    asyncio.run(both())
    assert order == ["made", "mended"]


def test_a_commit_that_meets_a_bug_waits_and_files_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it is: a daemon that ended of it would end of it again at every start."""

    async def until_it_lags() -> EngineRoom:
        room = a_room(world)

        def stumble(*_: object) -> None:
            room.stopping.set()
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr(world.log, "prepare", stumble)
            await audit_loop(room)
        return room

    room = asyncio.run(until_it_lags())
    assert "a bug of its own (ZeroDivisionError)" in (room.lagging or "")
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True]
    before = told_once(world)
    run(commit(world.session, force=True))
    assert told_once(world) == before + 1
