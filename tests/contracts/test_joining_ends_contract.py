"""What every audit log promises about joining two ends of the branch."""

from dataclasses import replace

import pytest

from dispatchd.application.ports.audit_log import (
    CLONE_TRAILER,
    HOME_TRAILER,
    HeadMoved,
    HeadRelation,
)
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import a_commit
from tests.contracts.test_audit_log_contract import ALICE, World, recorded, world

__all__ = ["world"]


def test_a_merge_has_two_parents_and_changes_only_what_it_names(world: World) -> None:
    base = recorded(world.log, a_commit({"a.md": b"1", "b.md": b"1"}))
    side = world.person_commits({"b.md": b"2"}, "by hand")
    world.branch_goes_to(base)
    here = recorded(world.log, a_commit({"a.md": b"2"}))
    merge = replace(a_commit({"b.md": b"2"}), merges=side)
    (made,) = world.log.record([merge], here)
    assert world.log.relation(side, made) is HeadRelation.DESCENDS
    (found,) = [each for each in world.log.commits_between(here, made) if each.oid == made]
    assert found.parents == (here, side)
    assert found.is_merge
    assert [change.path for change in found.changes] == ["b.md"]
    assert world.log.made_here([found]) == {made}
    assert world.log.read(made, DocumentPath("a.md")) == b"2"


def test_the_branch_is_moved_to_what_came_from_elsewhere_and_that_was_not_made_here(world: World) -> None:
    base = recorded(world.log, a_commit({"a.md": b"1"}))
    there = world.person_commits({"a.md": b"2", "new.md": b"new"}, "by hand")
    world.branch_goes_to(base)
    assert world.log.record((), base, there) == ()
    assert world.log.head() == there
    assert world.log.made_here(world.log.commits_between(base, there)) == frozenset()
    after = replace(a_commit({"a.md": b"3"}), committer=ALICE, marks={CLONE_TRAILER: "desk-7k2m"})
    (made,) = world.log.record([after], there, there)
    (found,) = world.log.commits_between(there, made)
    assert not found.is_own
    assert found.clone == "desk-7k2m"


def test_nothing_is_moved_where_somebody_else_was_quicker(world: World) -> None:
    base = recorded(world.log, a_commit({"a.md": b"1"}))
    there = world.person_commits({"a.md": b"2"}, "by hand")
    with pytest.raises(HeadMoved):
        world.log.record((), base, there)


def test_a_commit_that_moves_home_says_so(world: World) -> None:
    head = world.log.head()
    (made,) = world.log.record([replace(a_commit({"a.md": b"1"}), marks={HOME_TRAILER: "desk-7k2m"})], head)
    (found,) = world.log.commits_between(head, made)
    assert found.home == "desk-7k2m"
