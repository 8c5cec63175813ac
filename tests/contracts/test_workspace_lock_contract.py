"""What every workspace lock promises, asked of the one on a file and of the one in memory."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock
from dispatchd.application.ports.workspace_lock import WorkspaceBusy, WorkspaceLock
from dispatchd.domain.errors import WorkspaceError
from tests.fakes.fake_workspace_lock import FakeWorkspaceLock, Place

AT = datetime(2026, 11, 21, 7, 12, tzinfo=UTC)
Another = Callable[[], WorkspaceLock]


@pytest.fixture(params=["file", "memory"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Another]:
    """Makes locks of one workspace; all are released in the end."""
    made: list[WorkspaceLock] = []
    place = Place()

    def make() -> WorkspaceLock:
        on_file = request.param == "file"
        made.append(
            FlockWorkspaceLock(tmp_path / "lock") if on_file else FakeWorkspaceLock(place, len(made) + 1)
        )
        return made[-1]

    yield make
    for lock in made:
        lock.release()


def test_one_holds_it_and_the_others_are_told_who(another: Another) -> None:
    first, second = another(), another()
    assert second.holder() is None
    first.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceBusy) as refused:
        second.acquire("dispatchd sync", AT)
    assert refused.value.holder == first.holder() == second.holder()
    assert refused.value.holder is not None
    assert (refused.value.holder.purpose, refused.value.holder.since) == ("dispatchd run", AT)
    assert str(refused.value.holder.process.pid) in str(refused.value)


def test_what_is_released_can_be_taken_and_is_nobodys_meanwhile(another: Another) -> None:
    first, second = another(), another()
    first.acquire("dispatchd run", AT)
    first.release()
    assert first.holder() is second.holder() is None
    second.acquire("dispatchd sync", AT)
    first.release()
    holder = first.holder()
    assert holder is not None
    assert holder.purpose == "dispatchd sync"


def test_a_refused_one_may_try_again_later(another: Another) -> None:
    first, second = another(), another()
    first.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceBusy):
        second.acquire("dispatchd sync", AT)
    second.release()
    assert first.holder() is not None
    first.release()
    second.acquire("dispatchd sync", AT)


def test_taking_it_twice_is_a_mistake(another: Another) -> None:
    lock = another()
    lock.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceError):
        lock.acquire("dispatchd run", AT)
    assert lock.holder() is not None
