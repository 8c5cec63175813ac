"""Edits of one epic by stale buffers, by commits and from clones: every question is true and taken exactly, and nothing is made twice."""

import re
from collections.abc import Callable
from random import Random

import pytest

from dispatchd.application.ports.audit_log import AuditCommit, CommitId, Signature
from dispatchd.application.taking_over import take_over
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.thread import Contest, Thread, ThreadStatus
from tests.application.invariants import check_all
from tests.application.list_cast import EPIC, EPIC_TEXT
from tests.application.world import BOB, World
from tests.fakes.instant_store import run

TEXT = EPIC_TEXT.replace(
    "# Passwordless login\n", "# Passwordless login\n\nIt should wait.\nAnd go on.\n"
).replace("### Release", "Some words here.\n\n### Release\n\nRelease it slowly.\n")
ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
PROSE = ("It should wait", "And go on", "What has to be there", "Some words here", "Release it slowly")
BOXES = ("Make these", "Approve", "Rolling", "Blue-green")
Edit = Callable[[str], str]


def edits(word: str) -> list[Edit]:
    """What people do to an epic; *word* tells one edit from another."""
    prose = [_line(start, f"{start} {word}.") for start in PROSE]
    ticks = [_line(f"- [ ] {box}", f"- [x] {box}", whole=False) for box in BOXES]
    items = [
        _line(r"(\d\. \[?)Logout", rf"\1Logout {word}", whole=False),
        _line(r"\n(\d)\. (\[?)Login page", rf"\n2. New {word}\n\1. \2Login page", whole=False),
        _line(r"\n- (\[?)All regions", rf"\n- Bullet {word}\n- \1All regions", whole=False),
        _line(r"\n2\. .*", "", whole=False),
        _line("Release it slowly", ""),
    ]
    return [*prose, *ticks, *items]


def _line(start: str, new: str, *, whole: bool = True) -> Edit:
    pattern = re.compile(start.replace("[ ]", r"\[ \]") + (".*" if whole else ""))
    return lambda text: pattern.sub(new, text, count=1)


def step(world: World, random: Random, known: list[tuple[CommitId, str]], number: int) -> None:
    """Somebody saves, commits or shares what they made of the epic as it is or once was."""
    head, text = random.choice(known)
    kind = random.choice(("stale", "fresh", "commit", "elsewhere"))
    new = text if kind in ("stale", "elsewhere") else world.read(EPIC)
    for edit in random.sample(edits(f"w{number}"), random.choice((1, 1, 2, 3))):
        new = edit(new)
    if kind == "commit":
        world.commit({EPIC: new}, BOB)
    elif kind == "elsewhere":
        by = Signature(name=BOB[0], email=BOB[1], at=world.clock.now())
        there = AuditCommit(author=by, subject="there", changes={DocumentPath(EPIC): new.encode()})
        run(take_over(world.session, world.log.elsewhere(there, (head,))))
    else:
        world.save(EPIC, new)
    world.settle()
    if world.on_branch(EPIC) == world.read(EPIC):
        known.append((world.log.head(), world.read(EPIC)))


def questions(world: World) -> list[tuple[str, Thread, Contest]]:
    found = ((path, world.at(path)) for path in world.paths("inbox/"))
    return [(path, thread, thread.act) for path, thread in found if isinstance(thread.act, Contest)]


def is_true(world: World, path: str, contest: Contest) -> None:
    """What the question says stands at a line stands there, and nothing in it is an item or a box."""
    text = world.read(EPIC)
    assert not [
        line for side in (contest.stands, *contest.texts) for line in side.splitlines() if ITEM.match(line)
    ]
    if contest.stands.strip():
        assert f"\n{contest.stands}" in f"\n{text}"
        line = re.search(rf"at `{EPIC}:(\d+)`", world.read(path))
        assert line is not None
        assert text.splitlines()[int(line[1]) - 1] == contest.stands.strip("\n").split("\n")[0]


def is_taken(world: World, path: str, thread: Thread, contest: Contest) -> None:
    """A tick puts one text where the other stood, and does nothing else."""
    before = world.read(EPIC)
    asked = {each.id for _, each, _ in questions(world)}
    stood_once = f"\n{before}".count(f"\n{contest.stands}") == 1
    world.edit(path, f"- [ ] {thread.options[0]}\n", f"- [x] {thread.options[0]}\n")
    world.settle()
    after = world.read(EPIC)
    if stood_once and contest.stands.strip():
        assert contest.other.strip() in after
        assert {each.id for _, each, _ in questions(world)} <= asked
    marked = [line for line in after.splitlines() if re.search(r"w\d", line)]
    assert not [line for line in marked if marked.count(line) > max(1, before.splitlines().count(line))]


@pytest.mark.parametrize("seed", [6, 15, 20, 38, 220, 391, 1607, 2001])
def test_questions_are_true_and_taken_exactly(seed: int) -> None:
    random, world = Random(seed), World()  # noqa: S311 -- it is to be the same every time
    world.save(EPIC, TEXT)
    world.settle()
    known, seen = [(world.log.head(), world.read(EPIC))], set[str]()
    for number in range(random.randint(3, 7)):
        step(world, random, known, number)
        for path, thread, contest in questions(world):
            if thread.id not in seen and not contest.facts:
                is_true(world, path, contest)
            seen.add(thread.id)
        made = [event.issue.title for event in world.happened("IssueOpened")]
        assert len(made) == len(set(made))
    for path, thread, contest in questions(world):
        if thread.options and world.entity(thread.id).status is ThreadStatus.OPEN:
            is_taken(world, path, thread, contest)
    check_all(world)
    world.store.remove()
