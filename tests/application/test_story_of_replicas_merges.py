"""A replica's daemon joins what contradicts each other: nobody has decided that, so home asks, once, with both texts."""

from collections.abc import Mapping

import pytest

from dispatchd.application.joining import plan_join
from dispatchd.application.ports.audit_log import CLONE_TRAILER, AuditCommit, CommitId, Signature
from dispatchd.application.taking_over import take_over
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.reconcile.document_merge import Winner
from tests.application.invariants import check_all
from tests.application.world import BOB, World
from tests.fakes.instant_store import run

A, EPIC, NOTES, LISTED = "issues/a.md", "epics/e.md", "context/notes.md", "epics/listed.md"
CAROL = ("Carol Poe", "carol@example.com")
TEXT = "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n\n- One\n  Detail of one\n- Two\n"
STAGES = "# Epic\n\nIntro of it.\n\n## Stage 1: Build\n\nWords of it.\n\n- Make it\n  Detail of making\n"


@pytest.fixture(autouse=True)
def _files(world: World) -> None:
    for path, text in {A: TEXT, EPIC: STAGES, NOTES: "# Notes\n\nNoted.\n"}.items():
        world.save(path, text)
    world.settle()


def edited(
    world: World, upon: CommitId, path: str, before: str, after: str, by: tuple[str, str] = BOB
) -> CommitId:
    """*by* replaces one text in another clone, whose branch stands at *upon*."""
    text = (world.log.read(upon, DocumentPath(path)) or b"").decode()
    assert before in text
    signature = Signature(name=by[0], email=by[1], at=world.clock.now())
    changes = {DocumentPath(path): text.replace(before, after, 1).encode()}
    return world.log.elsewhere(AuditCommit(author=signature, subject="elsewhere", changes=changes), (upon,))


def joined(
    world: World,
    here: CommitId,
    there: CommitId,
    by: tuple[str, str] = BOB,
    made: Mapping[str, str] | None = None,
) -> CommitId:
    """The merge of *by*'s replica, which goes on at *here*; *made* is what somebody's merge by hand says instead."""
    changes = dict(plan_join(world.log, here, there, Winner.OURS).changes)
    changes |= {DocumentPath(path): text.encode() for path, text in (made or {}).items()}
    signature = Signature(name=by[0], email=by[1], at=world.clock.now())
    marks = {CLONE_TRAILER: "replica-of-one"} if made is None else {}
    merge = AuditCommit(
        author=signature, committer=signature, subject="Take over", changes=changes, marks=marks
    )
    return world.log.elsewhere(merge, (here, there))


def arrives(world: World, there: CommitId) -> None:
    run(take_over(world.session, there))
    world.settle()


def asked(world: World) -> str:
    """The one question that there is."""
    (path,) = world.paths("inbox/")
    return world.read(path)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (A, "Second"),
        (A, "  Detail of one"),
        (EPIC, "Intro of it."),
        (EPIC, "Words of it."),
        (NOTES, "Noted."),
    ],
)
def test_lines_that_both_changed_are_asked_about_once(world: World, path: str, words: str) -> None:
    base = world.log.head()
    world.edit(path, words, f"{words} ALICE1")
    world.settle()
    merge = joined(world, edited(world, base, path, words, f"{words} BOB1"), world.log.head())
    arrives(world, merge)
    assert world.read(path).count("BOB1") == 1
    assert "ALICE1" not in world.read(path)
    assert f"> {words} ALICE1\n" in asked(world)
    assert f"> {words} BOB1\n" in asked(world)
    assert world.on_branch(path) == world.read(path)
    told = asked(world)
    arrives(world, joined(world, edited(world, merge, A, "Third", "Third, Bob"), world.log.head()))
    world.restart()
    world.settle()
    assert asked(world) == told
    check_all(world)


def test_details_that_both_changed_in_an_epics_list_stand_one_below_the_other(world: World) -> None:
    base, words = world.log.head(), "  Detail of making"
    world.edit(EPIC, words, f"{words} ALICE1")
    world.settle()
    arrives(world, joined(world, edited(world, base, EPIC, words, f"{words} BOB1"), world.log.head()))
    assert f"{words} BOB1\n{words} ALICE1\n" in world.read(EPIC)
    assert world.paths("inbox/") == []
    check_all(world)


@pytest.mark.parametrize("beside", ["", "- [B](../issues/b.md)\n"])
def test_words_that_both_wrote_behind_a_link_stand_on_its_line(world: World, beside: str) -> None:
    world.save(LISTED, "# Listed\n\n## Stages\n\n### Build\n\n- [A](../issues/a.md)\n")
    world.save("issues/b.md", "---\nid: i-bbbb\ntitle: B\n---\n\nSecond\n")
    world.settle()
    base, line = world.log.head(), "- [A](../issues/a.md) · unassigned\n"
    world.edit(LISTED, line, line.replace("\n", " ALICE1\n"))
    world.settle()
    theirs = edited(world, base, LISTED, line, line.replace("\n", " BOB1\n") + beside)
    arrives(world, joined(world, theirs, world.log.head()))
    assert line.replace("\n", " ALICE1 BOB1\n") in world.read(LISTED)
    assert ("[B]" in world.read(LISTED)) == bool(beside)
    assert world.paths("inbox/") == []
    assert world.on_branch(LISTED) == world.read(LISTED)
    check_all(world)


def test_values_that_both_gave_a_fact_are_asked_about(world: World) -> None:
    base = world.log.head()
    world.edit(A, "priority: medium", "priority: high")
    world.settle()
    theirs = edited(world, base, A, "priority: medium", "priority: low")
    arrives(world, joined(world, theirs, world.log.head()))
    assert world.at(A).priority == "low"
    assert "priority: high" in asked(world)
    check_all(world)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Second BOB1", "Second CAROL1"), ("priority: low", "priority: high")],
    ids=["words", "values"],
)
def test_what_two_replicas_contradict_each_other_in_is_asked_about(
    world: World, one: str, other: str
) -> None:
    base = world.log.head()
    before = "Second" if "Second" in one else "priority: medium"
    bobs = edited(world, base, A, before, one)
    carols = edited(world, base, A, before, other, CAROL)
    arrives(world, joined(world, carols, bobs, CAROL))
    assert (one in world.read(A)) != (other in world.read(A))
    assert one in asked(world)
    assert other in asked(world)
    assert world.on_branch(A) == world.read(A)
    check_all(world)


def test_what_both_changed_elsewhere_in_the_file_comes_along(world: World) -> None:
    base = world.log.head()
    world.edit(A, "Second", "Second ALICE1")
    world.edit(A, "First", "First, Alice")
    world.settle()
    theirs = edited(world, base, A, "Second", "Second BOB1")
    theirs = edited(world, theirs, A, "Third", "Third, Bob")
    arrives(world, joined(world, theirs, world.log.head()))
    for words in ("First, Alice\n", "Second BOB1\n", "Third, Bob\n"):
        assert words in world.read(A)
    assert "> Second ALICE1\n" in asked(world)
    assert "Third" not in asked(world)
    check_all(world)


def test_a_replica_that_joins_twice_asks_once(world: World) -> None:
    base = world.log.head()
    world.edit(A, "Second", "Second ALICE1")
    world.settle()
    merge = joined(world, edited(world, base, A, "Second", "Second BOB1"), world.log.head())
    world.edit(A, "Third", "Third, Alice")
    world.settle()
    arrives(world, joined(world, merge, world.log.head()))
    assert "Second BOB1\n" in world.read(A)
    assert "Third, Alice\n" in world.read(A)
    assert "> Second ALICE1\n" in asked(world)
    check_all(world)


def test_what_a_persons_merge_decided_stays_decided(world: World) -> None:
    base, text = world.log.head(), world.read(A)
    world.edit(A, "Second", "Second ALICE1")
    world.settle()
    theirs = edited(world, base, A, "Second", "Second BOB1")
    made = {A: text.replace("Second", "Second BOB1")}
    arrives(world, joined(world, theirs, world.log.head(), made=made))
    assert "Second BOB1\n" in world.read(A)
    assert world.paths("inbox/") == []
    check_all(world)


@pytest.mark.parametrize("is_first", [False, True])
def test_a_third_text_that_a_replica_joins_to_somebodys_merge_is_asked_about(
    world: World, is_first: bool
) -> None:
    base, text = world.log.head(), world.read(A)
    world.edit(A, "Second", "Second ALICE1")
    world.settle()

    def by_carol() -> CommitId:
        return edited(world, base, A, "Second", "Second CAROL1", CAROL)

    carols = by_carol() if is_first else None
    theirs = edited(world, base, A, "Second", "Second BOB1")
    made = {A: text.replace("Second", "Second of both")}
    merge = joined(world, theirs, world.log.head(), made=made)
    arrives(world, joined(world, carols or by_carol(), merge, CAROL))
    told = asked(world)
    assert "> Second of both\n" in told
    assert "> Second CAROL1\n" in told
    assert ("Second of both\n" in world.read(A)) != ("Second CAROL1\n" in world.read(A))
    check_all(world)


def test_a_document_that_one_moved_and_the_other_changed_is_not_deleted(world: World) -> None:
    base, moved = world.log.head(), "issues/y.md"
    world.edit(A, "First", "First, Alice")
    world.settle()
    text = (world.log.read(base, DocumentPath(A)) or b"").replace(b"Third", b"Third, Bob")
    signature = Signature(name=BOB[0], email=BOB[1], at=world.clock.now())
    changes = {DocumentPath(A): None, DocumentPath(moved): text}
    arrives(
        world,
        world.log.elsewhere(AuditCommit(author=signature, subject="Move", changes=changes), (base,)),
    )
    assert world.paths("issues/") == [moved]
    assert "First, Alice\n" in world.read(moved)
    assert "Third, Bob\n" in world.read(moved)
    assert not world.happened("EntityRemoved")
    check_all(world)
