"""Comments, the brake and looking things up in the log, as the store keeps them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.comment import Comment
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import EntityId, EntityKind, EventId
from dispatchd.domain.pause import Pause
from dispatchd.domain.steering_event import CommentAdded, EventUndone
from tests.contracts.store_samples import ALICE, BY_ALICE, NOON, issue

ASH = Actor(kind=ActorKind.AGENT, handle="ash", name="ash", email="ash@localhost")
LOGIN = EntityId("i-2222")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SyncStore]:
    with sync_store(tmp_path / "state.db") as opened:
        yield opened


def test_comments_come_back_in_order_and_whole(store: SyncStore) -> None:
    said = (
        Comment(by=ALICE, at=NOON, text="One.\n\n```\ntwo\n```"),
        Comment(by=ASH, at=NOON, text="Gone", withdrawn=True),
    )
    store.run(lambda work: work.save(issue("2222", comments=said)))
    found = store.run(lambda work: work.issue(LOGIN))
    assert found is not None
    assert found.comments == said
    assert list(store.run(lambda work: list(work.entities(EntityKind.ISSUE)))) == [found]


def test_the_brake_is_kept_until_it_is_let_go(store: SyncStore) -> None:
    assert store.run(lambda work: work.pause) is None
    for pause in (Pause(by=ALICE, since=NOON, reason="Red"), Pause(by=ASH, since=NOON), None):
        store.run(lambda work, pause=pause: work.set_pause(pause))  # type: ignore[misc]
        assert store.run(lambda work: work.pause) == pause


def say(work: UnitOfWork, event_id: str, text: str) -> RecordedEvent:
    return work.append(CommentAdded(issue=LOGIN, text=text), BY_ALICE, f"Alice Doe says {text}", event_id)


def test_an_event_is_found_by_the_beginning_of_its_id(store: SyncStore) -> None:
    first = store.run(lambda work: say(work, "k3j2p9aaaaaaaaaa", "One"))
    second = store.run(lambda work: say(work, "k3zzzzaaaaaaaaaa", "Two"))
    assert store.run(lambda work: work.history.like("k3j", 4)) == [(first, "Alice Doe says One")]
    assert len(store.run(lambda work: work.history.like("k3", 4))) == 2
    assert len(store.run(lambda work: work.history.like("k3", 1))) == 1
    assert store.run(lambda work: work.history.like("k4", 4)) == []
    assert [each.id for each, _ in store.run(lambda work: work.history.newest(5))] == [second.id, first.id]


def test_what_stands_around_an_event_and_what_undid_it_are_found(store: SyncStore) -> None:
    events = [store.run(lambda work, n=n: say(work, f"event{n}", str(n))) for n in range(5)]  # type: ignore[misc]
    around = store.run(lambda work: work.history.around(events[2], 1))
    assert list(around) == events[1:4]
    assert store.run(lambda work: work.history.undone_by(events[2])) is None
    undone = EventUndone(undone=EventId("event2"), subject=LOGIN, did="Alice Doe says 2")
    note = store.run(lambda work: work.append(undone, BY_ALICE, "Alice Doe undoes event2", "event9"))
    assert store.run(lambda work: work.history.undone_by(events[2])) == note
    assert store.run(lambda work: work.history.undone_by(events[1])) is None
