import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.documents.fence import decode, split_lines
from dispatchd.documents.front_matter import FrontMatter, KeySchema, read_front_matter
from dispatchd.documents.front_matter_edit import edit_front_matter, stamp_rev, without_notes
from dispatchd.documents.key_schema import Value

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "backlog-md"
ORDER = (
    "id", "title", "type", "status", "priority", "labels", "role", "assignee", "parent", "epic", "stage",
    "threshold", "voters", "deadline", "depends_on", "source", "created",
)  # fmt: skip
LISTS = ("labels", "depends_on", "voters")
SCHEMA = KeySchema.of(
    text=["title"], scalar=[key for key in ORDER if key not in ("title", *LISTS)] + ["rev"], lists=LISTS
)
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not on this machine")


def documents() -> Iterator[tuple[Path, str]]:
    for path in sorted(CORPUS.rglob("*.md")):
        text = decode(path.read_bytes())
        assert isinstance(text, str), path
        yield path, text


def read(text: str) -> FrontMatter:
    return read_front_matter(text, SCHEMA)


def fresh(key: str) -> Value:
    return ("one", "@two") if key in LISTS else f"new {key}: with # signs" if key == "title" else f"new-{key}"


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines only *before* has, and those only *after* has."""
    old, new = split_lines(before), split_lines(after)
    gone: list[str] = []
    come: list[str] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone.extend(old[a1:a2])
            come.extend(new[b1:b2])
    return gone, come


def test_every_file_is_read_and_what_is_wrong_has_a_place() -> None:
    counted = 0
    without = 0
    for path, text in documents():
        counted += 1
        front = read(text)
        without += front.layout.opening is None
        assert front.parked is None, path
        for problem in front.problems:
            assert problem.line > 0, path
            assert problem.key in ("reporter", "assignee"), (path, problem)
        if front.layout.opening is not None:
            assert front.entries["title"].value, path
    assert counted > 600
    assert without == 9


def test_067_every_file_with_every_shared_key_changes_by_exactly_its_line() -> None:
    checked = 0
    for path, text in documents():
        before = read(text)
        if before.layout.opening is None:
            continue
        for key in ORDER:
            after_text = edit_front_matter(text, {key: fresh(key)}, order=ORDER, rev=False)
            gone, come = changed_lines(text, after_text)
            entry = before.entries.get(key)
            checked += 1
            if entry is None:
                assert not gone, (path, key)
                assert len(come) == 1, (path, key)
            elif entry.first == entry.last:
                assert len(gone) == 1, (path, key)
                assert len(come) == 1, (path, key)
            else:
                own = list(before.layout.lines[entry.first : entry.last + 1])
                assert all(line in own for line in gone), (path, key)
            after = read(after_text)
            assert after.entries[key].value == fresh(key), (path, key)
            assert after.body == before.body, (path, key)
            assert after.unknown == before.unknown, (path, key)
            others = {name: seen.value for name, seen in before.entries.items() if name != key}
            assert {name: seen.value for name, seen in after.entries.items() if name != key} == others, (
                path,
                key,
            )
    assert checked > 10_000


def test_every_file_with_a_note_at_every_key_comes_back_byte_for_byte() -> None:
    for path, text in documents():
        front = read(text)
        for key in front.entries:
            noted = edit_front_matter(text, {}, order=ORDER, notes={key: "kept as it was"}, rev=False)
            gone, come = changed_lines(text, noted)
            assert (len(gone), len(come)) in ((1, 1), (0, 1)), (path, key)
            assert without_notes(noted) == text, (path, key)
            assert read(noted).entries[key].note == "kept as it was", (path, key)


def test_every_file_with_nothing_to_do_keeps_every_byte() -> None:
    for path, text in documents():
        front = read(text)
        same = {key: entry.value for key, entry in front.entries.items() if entry.is_readable}
        assert edit_front_matter(text, same, order=ORDER) == text, path
        assert "".join(front.layout.lines) + front.body == text, path


def test_every_file_gets_what_is_missing_above_its_text() -> None:
    for path, text in documents():
        wanted: dict[str, Value] = {"id": "i-7k2m", "status": "unassigned", "created": "2026-11-21T07:12:00Z"}
        adopted = edit_front_matter(text, wanted, order=ORDER)
        assert adopted.endswith(text if read(text).layout.opening is None else read(text).body), path
        assert read(adopted).entries["rev"].last == (read(adopted).layout.closing or 0) - 1, path
        assert stamp_rev(adopted) == adopted, path
        assert edit_front_matter(adopted, wanted, order=ORDER) == adopted, path
