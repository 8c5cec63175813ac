"""What other clones committed comes by a fetch and is merged: acted on as its authors', once, wherever the process ends."""

from collections.abc import Mapping

import pytest

from dispatchd.application.ports.audit_log import COMMITTER_EMAIL, AuditCommit, CommitId, Signature
from dispatchd.application.taking_over import take_over
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import IssueStatus
from tests.application.invariants import check_all
from tests.application.world import BOB, World
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import run

A, B = "issues/a.md", "issues/b.md"
FATAL_STEPS = 24


def begun() -> World:
    world = World()
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n")
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.settle()
    return world


@pytest.fixture
def world() -> World:
    return begun()


def elsewhere(
    world: World,
    changes: Mapping[str, str | None],
    by: tuple[str, str] = BOB,
    onto: CommitId | None = None,
) -> CommitId:
    """Somebody else's commit, fetched and not yet on our branch."""
    encoded = {DocumentPath(path): None if text is None else text.encode() for path, text in changes.items()}
    who = Signature(name=by[0], email=by[1], at=world.clock.now())
    commit = AuditCommit(author=who, subject="elsewhere", changes=encoded)
    return world.log.elsewhere(commit, (onto or world.log.head(),))


def take(world: World, there: CommitId) -> None:
    """Take over *there*, and again after the process ended on the way."""
    for _ in range(5):
        try:
            if run(take_over(world.session, there)):
                break
        except Crashed:
            world.restart()
    world.settle()


def acting(world: World, kind: str) -> list[str]:
    return [each.circumstance.actor.handle for each in world.events() if type(each.event).__name__ == kind]


def test_a_fetched_commit_is_an_act_of_its_author_and_our_branch_holds_it(world: World) -> None:
    there = elsewhere(world, {A: world.read(A).replace("unassigned", "queued")})
    take(world, there)
    assert world.at(A).status is IssueStatus.QUEUED
    assert acting(world, "IssueMoved") == ["bob"]
    assert there in [commit.oid for commit in world.commits()]
    check_all(world)


def test_both_sides_of_one_file_come_together_and_nobody_acts_for_another(world: World) -> None:
    there = elsewhere(
        world, {A: world.read(A).replace("unassigned", "queued").replace("Third", "Third, Bob")}
    )
    world.edit(A, "First", "First, Alice")
    world.edit(A, "priority: medium", "priority: high")
    world.settle()
    take(world, there)
    assert "First, Alice" in world.read(A)
    assert "Third, Bob" in world.read(A)
    assert acting(world, "IssueMoved") == ["bob"]
    assert acting(world, "FactSet") == ["alice"]
    check_all(world)


def test_a_save_that_nobody_has_looked_at_yet_survives_what_arrives(world: World) -> None:
    there = elsewhere(world, {A: world.read(A).replace("Third", "Third, Bob")})
    world.edit(A, "First", "First, Alice")
    take(world, there)
    assert "First, Alice" in world.read(A)
    assert "Third, Bob" in world.read(A)
    check_all(world)


def test_a_contradiction_leaves_no_markers_and_keeps_the_loser_in_a_thread(world: World) -> None:
    there = elsewhere(world, {A: world.read(A).replace("Second", "Second by Bob")})
    world.edit(A, "Second", "Second by Alice")
    world.settle()
    take(world, there)
    assert "<<<<" not in world.read(A)
    assert "Second by Bob" in world.read(A)
    assert any("Second by Alice" in world.read(path) for path in world.paths("inbox/"))
    check_all(world)


def test_a_file_made_elsewhere_is_adopted_with_the_id_every_clone_would_choose(world: World) -> None:
    there = elsewhere(world, {"issues/new.md": "Made elsewhere\n"})
    take(world, there)
    other = begun()
    other.log.commits[there] = world.log.commits[there]
    assert acting(world, "IssueOpened")[-1] == "bob"
    assert world.field("issues/new.md", "id").startswith("i-")
    check_all(world)


@pytest.mark.parametrize("head", ["", "---\nid: i-{}\ntitle: {}\n---\n\n"], ids=["bare", "with ids"])
def test_two_documents_made_apart_under_one_name_are_two(world: World, head: str) -> None:
    new = "issues/login.md"
    mine, theirs = (f"{head.format(name * 4, name)}Words of {name}\n\nMore\n" for name in ("c", "d"))
    there = elsewhere(world, {new: theirs})
    world.save(new, mine)
    world.settle()
    take(world, there)
    assert "Words of c\n" in world.read(new)
    assert "Words of d\n" in world.read("issues/login-2.md")
    assert world.paths("issues/") == [A, B, "issues/login-2.md", new]
    assert acting(world, "IssueOpened") == ["alice", "alice", "alice", "bob"]
    check_all(world)


def test_what_is_written_on_in_a_document_that_got_another_name_finds_it_there(world: World) -> None:
    new = "issues/login.md"
    first = elsewhere(world, {new: "Words of Bob\n\nMore\n"})
    second = elsewhere(world, {new: "Words of Bob\n\nMore, and more\n"}, onto=first)
    world.save(new, "Words of Alice\n\nOthers\n")
    world.settle()
    take(world, second)
    assert "More, and more\n" in world.read("issues/login-2.md")
    third = elsewhere(world, {new: "Words of Bob\n\nMore, and most\n"}, onto=second)
    take(world, third)
    assert "Words of Alice\n\nOthers\n" in world.read(new)
    assert "More, and most\n" in world.read("issues/login-2.md")
    assert "Alice" not in world.read("issues/login-2.md")
    assert world.paths("issues/") == [A, B, "issues/login-2.md", new]
    check_all(world)


def test_a_plain_file_made_twice_keeps_one_and_shows_the_other(world: World) -> None:
    notes = "context/notes.md"
    there = elsewhere(world, {notes: "Words of Bob\n"})
    world.save(notes, "Words of Alice\n")
    world.settle()
    take(world, there)
    assert world.read(notes) == "Words of Bob\n"
    (path,) = world.paths("inbox/")
    assert "Words of Alice" in world.read(path)
    check_all(world)


def test_what_somebody_deleted_or_moved_elsewhere_goes_and_moves_here(world: World) -> None:
    text = world.read(B)
    there = elsewhere(world, {A: None, B: None, "issues/better name.md": text})
    world.deleted.update({A, "i-aaaa"})
    take(world, there)
    assert world.entity("i-aaaa").removed
    assert world.paths("issues/") == ["issues/better name.md"]
    assert world.entity("i-bbbb").id == "i-bbbb"
    assert not world.entity("i-bbbb").removed
    check_all(world)


def test_an_edit_here_beats_a_deletion_elsewhere(world: World) -> None:
    there = elsewhere(world, {A: None})
    world.edit(A, "First", "First, Alice")
    world.settle()
    take(world, there)
    assert "First, Alice" in world.read(A)
    assert not world.entity("i-aaaa").removed
    check_all(world)


def test_an_edit_of_a_document_that_was_moved_here_follows_it(world: World) -> None:
    there = elsewhere(world, {A: world.read(A).replace("unassigned", "queued")})
    world.rename(A, "issues/moved.md")
    world.settle()
    take(world, there)
    assert world.paths("issues/") == [B, "issues/moved.md"]
    assert world.at("issues/moved.md").status is IssueStatus.QUEUED
    assert acting(world, "IssueMoved") == ["bob"]
    check_all(world)


def test_a_merge_of_somebody_elses_decides_nothing_but_what_was_written_into_it(world: World) -> None:
    base, text = world.log.head(), world.read(A)
    theirs = elsewhere(world, {A: text.replace("unassigned", "queued")}, onto=base)
    world.edit(A, "First", "First, Alice")
    world.settle()
    mine = world.log.head()
    both = text.replace("unassigned", "queued").replace("First", "First, Alice")
    merge = AuditCommit(
        author=Signature(name=BOB[0], email=BOB[1], at=world.clock.now()),
        subject="Merge",
        changes={DocumentPath(A): both.encode()},
    )
    there = world.log.elsewhere(merge, (theirs, mine))
    take(world, there)
    assert acting(world, "IssueMoved") == ["bob"]
    assert "First, Alice" in world.read(A)
    check_all(world)


def test_a_commit_that_calls_itself_the_daemons_decides_nothing(world: World) -> None:
    forged = elsewhere(
        world, {A: world.read(A).replace("unassigned", "queued")}, ("dispatchd", COMMITTER_EMAIL)
    )
    take(world, forged)
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert world.field(A, "status") == "unassigned"
    assert not world.happened("IssueMoved")


def test_taking_over_the_same_again_does_nothing(world: World) -> None:
    there = elsewhere(world, {A: world.read(A).replace("unassigned", "queued")})
    take(world, there)
    before = (len(world.events()), len(world.commits()))
    take(world, there)
    assert (len(world.events()), len(world.commits())) == before


@pytest.mark.parametrize("fatal", range(0, FATAL_STEPS, 2))
def test_wherever_the_process_ends_the_commit_is_taken_over_once(fatal: int) -> None:
    world = begun()
    text = world.read(B)
    there = elsewhere(
        world,
        {
            A: world.read(A).replace("unassigned", "queued"),
            "issues/new.md": "Made elsewhere\n",
            B: None,
            "issues/b2.md": text,
        },
    )
    world.edit(A, "First", "First, Alice")
    world.settle()
    world.steps.fatal = world.steps.taken + fatal
    take(world, there)
    world.steps.fatal = None
    take(world, there)
    assert acting(world, "IssueMoved") == ["bob"]
    assert acting(world, "IssueOpened").count("bob") == 1
    assert "First, Alice" in world.read(A)
    assert world.paths("issues/") == [A, "issues/b2.md", "issues/new.md"]
    check_all(world)
