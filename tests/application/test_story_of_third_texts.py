"""Three texts of one place: one question shows them all, but for what somebody has joined by merging."""

import pytest

from dispatchd.application.contest_words import KEEP_WHAT_STANDS
from dispatchd.application.ports.audit_log import AuditCommit, CommitId, Signature
from dispatchd.application.taking_over import take_over
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import BOB, World
from tests.fakes.instant_store import run

A = "issues/a.md"
TEXT = "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n"


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(A, TEXT)
    world.settle()


def come_from_elsewhere(world: World, base: CommitId, changes: dict[str, str]) -> None:
    """Bob's commit upon *base* is fetched and joined to what was done here."""
    by_bob = AuditCommit(
        author=Signature(name=BOB[0], email=BOB[1], at=world.clock.now()),
        subject="elsewhere",
        changes={DocumentPath(path): text.encode() for path, text in changes.items()},
    )
    run(take_over(world.session, world.log.elsewhere(by_bob, (base,))))


def choose(world: World, path: str, option: str) -> None:
    world.edit(path, f"- [ ] {option}", f"- [x] {option}")
    world.settle()


def test_three_texts_of_one_place_are_one_question_with_a_box_for_each(world: World) -> None:
    base, text = world.log.head(), world.read(A)
    world.edit(A, "Second", "Second, by Alice")
    world.settle()
    for who in ("Bob", "Carol"):
        come_from_elsewhere(world, base, {A: text.replace("Second", f"Second, by {who}")})
        world.settle()
    (path,) = world.paths("inbox/")
    told = world.read(path)
    assert "# A: the same lines, changed three times\n" in told
    assert told.index("> Second, by Carol\n") < told.index("> Second, by Bob\n") < told.index("by Alice\n")
    assert "Second, by Carol\n" in world.read(A)
    assert f"- [ ] Take text 2\n- [ ] Take text 3\n- [ ] {KEEP_WHAT_STANDS}\n" in told
    choose(world, path, "Take text 3")
    assert "First\n\nSecond, by Alice\n\nThird\n" in world.read(A)
    assert world.paths("inbox/") == []


def test_three_values_of_one_fact_are_one_question(world: World) -> None:
    base, text = world.log.head(), world.read(A)
    world.edit(A, "priority: medium", "priority: high")
    world.settle()
    for value in ("low", "critical"):
        come_from_elsewhere(world, base, {A: text.replace("priority: medium", f"priority: {value}")})
        world.settle()
    (path,) = world.paths("inbox/")
    told = world.read(path)
    assert "# A: three values of priority\n" in told
    assert told.index("priority: critical") < told.index("priority: low") < told.index("priority: high")
    choose(world, path, "Take text 3")
    assert world.field(A, "priority") == "high"
    assert world.paths("inbox/") == []


@pytest.mark.parametrize("made", ["Bob", "Carol", "both"])
def test_what_the_maker_of_a_merge_has_joined_is_asked_of_nobody_else(world: World, made: str) -> None:
    base, text = world.log.head(), world.read(A)
    world.edit(A, "Second", "Second, by Alice")
    world.settle()

    def commit(who: str, parents: tuple[CommitId, ...]) -> CommitId:
        by_bob = AuditCommit(
            author=Signature(name=BOB[0], email=BOB[1], at=world.clock.now()),
            subject=who,
            changes={DocumentPath(A): text.replace("Second", f"Second, by {who}").encode()},
        )
        return world.log.elsewhere(by_bob, parents)

    merge = commit(made, (commit("Bob", (base,)), commit("Carol", (base,))))
    run(take_over(world.session, merge))
    world.settle()
    (path,) = world.paths("inbox/")
    told = world.read(path)
    assert "# A: the same lines, changed twice\n" in told
    assert told.index(f"> Second, by {made}\n") < told.index("> Second, by Alice\n")
    assert f"Second, by {made}\n" in world.read(A)
