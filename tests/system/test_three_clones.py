"""Home and two replicas around a bare repository, all sharing: a hundred edits on each, and everybody has the same."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.system.clones import PEOPLE, bare_remote, clone_of, new_home
from tests.system.desk import PUBLISHED, Desk, until

EACH = 100
ISSUES, SHARED, PROPOSALS = 16, 12, 8
AFTERWARDS_SECONDS = 480.0
PROPOSAL = """\
---
threshold: unanimous
voters: ["@alice", "@bob", "@carol"]
---

# Proposal {number}

Why not.
"""
Desks = Mapping[str, Desk]


@pytest.fixture
def desks(outside_tmp: Path) -> Iterator[Desks]:
    """A daemon at each, with proposals and issues that all of them work on."""
    remote = bare_remote(outside_tmp / "remote.git")
    home = new_home(outside_tmp / "alice", remote)
    for number in range(SHARED):
        home.save(f"issues/shared {number}.md", f"Shared work, number {number}\n")
    for number in range(PROPOSALS):
        home.save(f"proposals/proposal {number}.md", PROPOSAL.format(number=number))
    sections = "".join(f"## {name}\n\n" for name in PEOPLE)
    home.save("context/notes.md", f"# Notes\n\n{sections}")
    home.up()
    home.sync()
    home.dispatchd("share", "now")
    found = {"alice": home}
    for name in ("bob", "carol"):
        found[name] = clone_of(remote, outside_tmp / name, name)
        found[name].up()
    yield found
    for desk in found.values():
        desk.end()


def change(desk: Desk, path: str, edit: Callable[[str], str]) -> None:
    """Read, change and save, as quickly as `sed -i` does."""
    file = desk.path(path)
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")


Edit = Callable[[Desk], None]


def edits_of(name: str) -> Iterator[Edit]:
    """A hundred things that one person does, in an order of their own."""
    for number in range(ISSUES):
        path = f"issues/{name} {number}.md"
        yield saving(path, f"---\nstatus: todo\npriority: low\n---\n\nFound by {name}, number {number}\n")
        if number % 2:
            yield changing(path, lambda text: text + f"\nMore of {name}\n")
        yield changing(path, lambda text: with_fact(text, "priority", "high"))
        yield changing(path, lambda text: with_fact(text, "status", "queued"))
        if number < SHARED:
            yield changing(f"issues/shared {number}.md", lambda text: with_label(text, name))
        if number < PROPOSALS:
            yield changing(f"proposals/proposal {number}.md", lambda text: with_vote(text, name))
    for number in range(EACH - ISSUES * 3 - ISSUES // 2 - SHARED - PROPOSALS):
        yield noting(name, f"- {name} notes {number}")


def saving(path: str, text: str) -> Edit:
    return lambda desk: desk.save(path, text)


def changing(path: str, edit: Callable[[str], str]) -> Edit:
    return lambda desk: change(desk, path, edit)


def noting(name: str, line: str) -> Edit:
    heading = f"## {name}\n"
    return changing("context/notes.md", lambda text: text.replace(heading, f"{heading}\n{line}\n"))


def with_fact(text: str, key: str, value: str) -> str:
    lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in text.split("\n")]
    return "\n".join(lines)


def with_label(text: str, label: str) -> str:
    if "\nlabels: [" in text:
        return text.replace("\nlabels: [", f"\nlabels: [{label}, ")
    return text.replace("\nstatus:", f"\nlabels: [{label}]\nstatus:", 1)


def with_vote(text: str, name: str) -> str:
    return text.replace(f"### @{name}\n\n- [ ] Approve", f"### @{name}\n\n- [x] Approve")


def tree_of(desk: Desk) -> dict[str, bytes]:
    """Every file of the tree that git has, as it stands on the disk."""
    named = desk.tree_git("ls-files", "-z").split("\0")
    named = [path for path in named if path and path not in PUBLISHED]
    return {path: desk.path(path).read_bytes() for path in named if desk.path(path).exists()}


def is_same_everywhere(desks: Desks) -> bool:
    heads = {desk.tree_git("rev-parse", "HEAD") for desk in desks.values()}
    pages = [f":(exclude){page}" for page in PUBLISHED]  # home's, committed once a minute
    left = [desk.tree_git("status", "--porcelain", "--", ".", *pages) for desk in desks.values()]
    if len(heads) > 1 or any(left):
        return False
    home, *others = (tree_of(desk) for desk in desks.values())
    return all(other == home for other in others)


def test_a_hundred_edits_on_each_come_to_the_same_tree_and_each_act_is_done_once_by_its_author(
    desks: Desks,
) -> None:
    made = {name: list(edits_of(name)) for name in desks}
    assert {len(each) for each in made.values()} == {EACH}
    for turn in range(EACH):
        for name, desk in desks.items():
            made[name][turn](desk)
    home = desks["alice"]

    def is_done() -> bool:
        for desk in desks.values():
            desk.sync()
        return is_same_everywhere(desks)

    until(is_done, "the three trees did not become one", AFTERWARDS_SECONDS)
    events = home.events()
    votes = Counter((event["actor"], event["subject"]) for event in events if event["type"] == "VoteCast")
    assert len(votes) == PROPOSALS * len(desks)
    assert set(votes.values()) == {1}
    for name in desks:
        each_issue_is_its_authors(home, name, events)
    for number in range(SHARED):
        assert set(home.fact(f"issues/shared {number}.md", "labels").strip("[]").split(", ")) == set(PEOPLE)
    home.is_level()
    assert not [event for event in events if event["type"] == "EditRefused"]


def each_issue_is_its_authors(home: Desk, name: str, events: Sequence[Mapping[str, Any]]) -> None:
    own = [item for item in home.issues().values() if item["path"].startswith(f"issues/{name} ")]
    assert len(own) == ISSUES
    assert {(item["status"], item["priority"]) for item in own} == {("queued", "high")}
    about = [event for event in events if event["subject"] in {item["id"] for item in own}]
    opened = [event["actor"] for event in about if event["type"] == "IssueOpened"]
    moved = Counter(event["subject"] for event in about if event["type"] == "IssueMoved")
    assert opened == [name] * ISSUES
    assert max(moved.values(), default=1) == 1
    assert f"- {name} notes 0" in home.read("context/notes.md")
