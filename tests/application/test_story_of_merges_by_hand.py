"""Somebody merged without our driver: as git makes it of lines, or as they settled it. What that doubled or dropped is put right."""

from collections.abc import Mapping

import pytest

from dispatchd.application.ports.audit_log import AuditCommit, Signature
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import IssueStatus
from tests.application.invariants import check_all
from tests.application.world import BOB, World

A = "issues/a.md"
TEXT = "---\nid: i-aaaa\ntitle: A\nlabels: [auth]\n---\n\nFirst\n\nSecond\n\nThird\n"
Changes = Mapping[str, str | None]


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(A, TEXT)
    world.settle()


def named(world: World, subject: str, changes: Changes) -> AuditCommit:
    return AuditCommit(
        author=Signature(name=BOB[0], email=BOB[1], at=world.clock.now()),
        subject=subject,
        changes={
            DocumentPath(path): None if text is None else text.encode() for path, text in changes.items()
        },
    )


def merge_by_hand(world: World, mine: Changes, theirs: Changes, made: Changes) -> None:
    """Bob pulls what was done here onto what he did, and what he *made* of both comes here."""
    base = world.log.head()
    there = world.log.elsewhere(named(world, "theirs", theirs), (base,))
    for path, text in mine.items():
        if text is None:
            world.delete(path)
        else:
            world.save(path, text)
    world.settle()
    here = world.log.head()
    for path, text in made.items():
        if text is not None:
            world.tree.save(path, text.encode())
        elif world.tree.content(path) is not None:
            world.tree.delete(path)
        world.hint(path)
    world.log.person_commits(named(world, "Merge", {**theirs, **made}), (here, there))
    world.settle()


def test_a_doubled_key_and_a_doubled_entry_are_single_again(world: World) -> None:
    text = world.read(A)
    mine = text.replace("labels: [auth]", "role: coder\nlabels: [auth]").replace("First", "First, here")
    theirs = text.replace("labels: [auth]", "labels: [auth]\nrole: coder").replace("Third", "Third, Bob")
    made = (
        text.replace("labels: [auth]", "role: coder\nlabels: [auth]\nrole: coder")
        .replace("First", "First, here")
        .replace("Third", "Third, Bob")
    )
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: made})
    assert world.read(A).count("role: coder") == 1
    assert "First, here" in world.read(A)
    assert "Third, Bob" in world.read(A)
    assert world.problems() == []
    check_all(world)


@pytest.mark.parametrize("taken", ["[auth, here]", "[auth, there]"])
def test_labels_of_which_one_side_was_taken_for_peace_are_united(world: World, taken: str) -> None:
    text = world.read(A)
    mine, theirs = (text.replace("[auth]", labels) for labels in ("[auth, here]", "[auth, there]"))
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: text.replace("[auth]", taken)})
    assert set(world.at(A).labels) == {"auth", "here", "there"}
    check_all(world)


@pytest.mark.parametrize("priority", ["high", "low"])
@pytest.mark.parametrize("second", ["here", "Bob", "of both"])
def test_which_side_a_contradiction_went_to_is_its_makers_word(
    world: World, priority: str, second: str
) -> None:
    text = world.read(A)
    mine, theirs, made = (
        text.replace("priority: medium", f"priority: {fact}").replace("Second", f"Second, {line}")
        for fact, line in (("high", "here"), ("low", "Bob"), (priority, second))
    )
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: made})
    assert world.at(A).priority == priority
    assert world.read(A).count("Second") == 1
    assert f"Second, {second}\n" in world.read(A)
    assert world.paths("inbox/") == []
    check_all(world)


def test_what_a_merge_says_that_neither_side_said_is_its_makers(world: World) -> None:
    text = world.read(A)
    mine, theirs = text.replace("First", "First, here"), text.replace("Third", "Third, Bob")
    both = mine.replace("Third", "Third, Bob")
    made = both.replace("status: unassigned", "status: queued").replace("Second", "Second, while merging")
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: made})
    assert world.at(A).status is IssueStatus.QUEUED
    assert "Second, while merging" in world.read(A)
    assert "Third, Bob" in world.read(A)
    check_all(world)


def test_lines_that_were_dropped_for_peace_are_back(world: World) -> None:
    text = world.read(A)
    mine, theirs = (
        text.replace("Third\n", "Third\n\n- [ ] here\n"),
        text.replace("Third\n", "Third\n\n- [ ] Bob's\n"),
    )
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: mine})
    assert "- [ ] here\n" in world.read(A)
    assert "- [ ] Bob's\n" in world.read(A)
    check_all(world)


def test_an_edit_outlives_a_deletion_whichever_side_was_taken(world: World) -> None:
    longer = world.read(A).replace("Second", "Second, longer")
    merge_by_hand(world, {A: longer}, {A: None}, {A: None})
    assert "Second, longer" in world.read(A)
    assert not world.happened("EntityRemoved")
    assert world.on_branch(A) == world.read(A)


def test_an_edit_elsewhere_outlives_a_deletion_here(world: World) -> None:
    longer = world.read(A).replace("Second", "Second, longer")
    world.deleted.add(A)
    merge_by_hand(world, {A: None}, {A: longer}, {A: longer})
    assert "Second, longer" in world.read(A)
    assert not world.entity("i-aaaa").removed


def test_markers_that_were_left_in_park_the_file_until_they_are_gone(world: World) -> None:
    text = world.read(A)
    mine, theirs = text.replace("Second", "Second, here"), text.replace("Second", "Second, Bob")
    marked = text.replace("Second", "<<<<<<< HEAD\nSecond, here\n=======\nSecond, Bob\n>>>>>>> theirs")
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: marked})
    assert world.read(A) == marked
    assert world.problems()
    settled = text.replace("Second", "Second, of both")
    world.save(A, settled)
    world.settle()
    assert "Second, of both" in world.read(A)
    assert "<<<<" not in world.read(A)
    assert world.problems() == []
    assert not [path for path in world.paths("inbox/") if "conflict" in world.read(path)]


@pytest.mark.parametrize("kept", ["here", "Bob"])
def test_069_a_side_that_is_kept_stands_also_where_the_markers_stood_around_whole_files(
    world: World, kept: str
) -> None:
    text = world.read(A)
    mine, theirs = text.replace("Second", "Second, here"), text.replace("Second", "Second, Bob")
    marked = f"<<<<<<< HEAD\n{mine}=======\n{theirs}>>>>>>> theirs\n"
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: marked})
    assert world.read(A) == marked
    world.save(A, mine if kept == "here" else theirs)
    world.settle()
    assert f"Second, {kept}\n" in world.read(A)
    check_all(world)


@pytest.mark.parametrize(("line", "fact"), [("here", "high"), ("Bob", "low"), ("of both", "critical")])
def test_069_what_somebody_decides_who_takes_markers_out_stands(world: World, line: str, fact: str) -> None:
    text = world.read(A)
    mine, theirs = (
        text.replace("priority: medium", f"priority: {fact}").replace("Second", f"Second, {line}")
        for line, fact in (("here", "high"), ("Bob", "low"))
    )
    marked = text.replace(
        "Second", "<<<<<<< HEAD\nSecond, here\n=======\nSecond, Bob\n>>>>>>> theirs"
    ).replace("priority: medium", "<<<<<<< HEAD\npriority: high\n=======\npriority: low\n>>>>>>> theirs")
    merge_by_hand(world, {A: mine}, {A: theirs}, {A: marked})
    world.save(A, text.replace("Second", f"Second, {line}").replace("priority: medium", f"priority: {fact}"))
    world.settle()
    assert world.at(A).priority == fact
    assert f"Second, {line}\n" in world.read(A)
    assert not [path for path in world.paths("inbox/") if "kind: conflict" in world.read(path)]
    check_all(world)
