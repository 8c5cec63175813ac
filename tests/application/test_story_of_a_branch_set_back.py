"""The branch is set back at home: what was decided is told again, so that every clone knows of it."""

from typing import Any

from dispatchd.application.replica import become_replica
from dispatchd.application.session import Session
from dispatchd.domain.issue import IssueStatus
from tests.application.losing import assert_rebuilt_equal
from tests.application.world import CONFIG, World
from tests.fakes.instant_store import InstantStore

A, B = "issues/a.md", "issues/b.md"


class SharedWorld(World):
    """A home; `as_replica` is what a clone knows that reads the same branch."""

    is_replica = False

    def new_session(self) -> Session:
        session = super().new_session()
        if self.is_replica:
            become_replica(session, "bobs-clone")
        return session

    def as_replica(self, *subjects: str) -> list[Any]:
        """What a clone that has only the branch says of *subjects*."""
        kept = self.store, self.session
        self.is_replica, self.store = True, InstantStore()
        self.session = self.new_session()
        self.start()
        found = [self.entity(each) for each in subjects]
        self.store.remove()
        self.is_replica = False
        self.store, self.session = kept
        return found


def test_what_fell_off_the_branch_is_told_again_once_and_replicas_know_it() -> None:
    world = SharedWorld({A: "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n"}, config=CONFIG)
    world.settle()
    before = world.log.head()
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.settle()
    world.edit(B, "status: unassigned", "status: queued")
    world.settle()
    fell = world.log.head()
    world.travel(before)
    world.settle()
    assert world.entity("i-bbbb").status is IssueStatus.QUEUED
    assert world.as_replica("i-aaaa", "i-bbbb") == [world.entity("i-aaaa"), world.entity("i-bbbb")]
    told = [line for each in world.commits() for line in each.events if '"IssueOpened"' in line]
    assert len(told) == 2
    assert_rebuilt_equal(world)
    world.travel(fell)
    world.settle()
    opened = [line for each in world.commits() for line in each.events if '"IssueOpened"' in line]
    assert len(opened) == 2
    assert world.as_replica("i-bbbb") == [world.entity("i-bbbb")]
