"""The ledger of beads: one JSON object a line.

Issues of the type `epic` are epics; `blocks` is what something waits for, `parent-child` what it is part of. Tombstones
mark what was deleted there: they stay out unless asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dispatchd.documents.foreign.item import Becomes, ForeignComment, ForeignFile, ForeignItem, Haul, LeftOut
from dispatchd.documents.foreign.json_text import DOUBLED, Decoder, Unreadable
from dispatchd.documents.foreign.telling_apart import tell_apart
from dispatchd.documents.foreign.wording import decoded, facts_kept, moment, spoken, tidy, titled

TOOL: Final = "beads"
TOMBSTONE: Final = "tombstone"
LONGEST_LINE: Final = 4 * 1024 * 1024
_PRIORITIES: Final = ("critical", "high", "medium", "low")
_TYPES: Final = {"task": "feature"}
_SECTIONS: Final = (("design", "Design"), ("acceptance_criteria", "Acceptance"), ("notes", "Notes"))
_READ: Final = frozenset(
    {
        "id", "title", "description", "status", "priority", "issue_type", "created_at", "labels", "comments",
        "dependencies", "assignee", *(key for key, _ in _SECTIONS),
    }
)  # fmt: skip
_ORIGINAL: Final = "original_type"


def read_beads(file: ForeignFile, *, with_deleted: bool = False) -> Haul:
    """Everything in *file*."""
    haul = Haul(tool=TOOL)
    lines = file.content.split(b"\n")
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _row(file.path, number, line, haul)
        if row is not None and (with_deleted or not _is_left_as_deleted(file.path, number, row, haul)):
            rows.append((number, row))
    epics = {_id(row) for _, row in rows if _becomes(row) is Becomes.EPIC}
    haul.items.extend(_item(file.path, number, row, epics) for number, row in rows)
    tell_apart(haul)
    return haul


def _row(path: str, number: int, line: bytes, haul: Haul) -> Mapping[str, Any] | None:
    if len(line) > LONGEST_LINE:
        haul.leave_broken(
            path, number, "the line is too long", f"{len(line):,} bytes of {LONGEST_LINE:,} at most"
        )
        return None
    text, oddity = decoded(line)
    decoder = Decoder()
    try:
        found = decoder.whole(text)
    except Unreadable as problem:
        haul.leave_broken(path, number, "it is not JSON", f"column {problem.at + 1}: {problem}")
        return None
    if not isinstance(found, dict) or not _id(found):
        haul.leave_broken(path, number, "it is no object with an id")
        return None
    shown = ForeignItem(source=f"{TOOL}:{_id(found)}", becomes=Becomes.ISSUE, path=path, line=number)
    if oddity:
        haul.remark(shown, *oddity)
    for key in decoder.take_doubled():
        haul.remark(shown, DOUBLED, key)
    return found


def _id(row: Mapping[str, Any]) -> str:
    found = row.get("id")
    return titled(found, "") if isinstance(found, str) else ""


def _is_left_as_deleted(path: str, number: int, row: Mapping[str, Any], haul: Haul) -> bool:
    if row.get("status") != TOMBSTONE:
        return False
    when = spoken(row.get("deleted_at"))[:10]
    who, why = spoken(row.get("deleted_by")), spoken(row.get("delete_reason"))
    said = " ".join(part for part in (f"on {when}" if when else "", f"by {who}" if who else "") if part)
    reason = f"{said}: {titled(why, '')}" if why and why != who else said
    left = LeftOut(path=path, line=number, why="deleted there", detail=reason, source=f"{TOOL}:{_id(row)}")
    haul.left_out.append(left)
    return True


def _type(row: Mapping[str, Any]) -> str:
    return spoken(row.get(_ORIGINAL) if row.get("status") == TOMBSTONE else row.get("issue_type"))


def _becomes(row: Mapping[str, Any]) -> Becomes:
    return Becomes.EPIC if _type(row).casefold() == "epic" else Becomes.ISSUE


def _item(path: str, number: int, row: Mapping[str, Any], epics: set[str]) -> ForeignItem:
    becomes, kind = _becomes(row), _type(row).casefold()
    status = spoken(row.get("status"))
    links = _Links(row, epics, becomes)
    plain_type = _TYPES.get(kind, kind) if becomes is Becomes.ISSUE else ""
    return ForeignItem(
        source=f"{TOOL}:{_id(row)}",
        becomes=becomes,
        path=path,
        line=number,
        title=titled(spoken(row.get("title")), _id(row)),
        body=_body(row),
        created=moment(row.get("created_at")),
        closed=moment(row.get("closed_at")) or moment(row.get("deleted_at")),
        type=plain_type,
        status="cancelled" if status == TOMBSTONE else status,
        priority=_priority(row.get("priority")),
        labels=tuple(label for each in _list(row.get("labels")) if (label := titled(spoken(each), ""))),
        assignees=tuple(filter(None, (spoken(row.get("assignee")),))),
        parent=links.parent,
        epic=links.epic,
        depends_on=tuple(links.depends_on),
        kept=facts_kept(
            [
                *([("priority", row["priority"])] if _is_beyond(row.get("priority")) else []),
                *links.kept,
                *((key, value) for key, value in row.items() if key not in _READ),
            ]
        ),
        comments=tuple(_comments(row.get("comments"))),
    )


class _Links:
    """What one row refers to, by what that means here."""

    def __init__(self, row: Mapping[str, Any], epics: set[str], becomes: Becomes) -> None:
        self.parent = self.epic = ""
        self.depends_on: list[str] = []
        self.kept: list[tuple[str, Any]] = []
        for link in _list(row.get("dependencies")):
            if not isinstance(link, dict):
                self.kept.append(("dependency", link))
                continue
            other, kind = spoken(link.get("depends_on_id")), spoken(link.get("type")) or "blocks"
            is_epic = other in epics
            source = f"{TOOL}:{titled(other, '')}"
            if becomes is Becomes.ISSUE and kind == "blocks" and not is_epic:
                self.depends_on.append(source)
            elif becomes is Becomes.ISSUE and kind == "parent-child" and is_epic and not self.epic:
                self.epic = source
            elif becomes is Becomes.ISSUE and kind == "parent-child" and not is_epic and not self.parent:
                self.parent = source
            else:
                self.kept.append((_WORDS.get(kind, kind), other))


_WORDS: Final = {"blocks": "depends on", "parent-child": "part of", "discovered-from": "discovered from"}


def _body(row: Mapping[str, Any]) -> str:
    parts = [tidy(spoken(row.get("description")), TOOL)]
    for key, heading in _SECTIONS:
        text = tidy(spoken(row.get(key)), TOOL)
        if text:
            parts.append(f"## {heading}\n\n{text}")
    return "\n\n".join(part for part in parts if part)


def _priority(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return _PRIORITIES[min(value, len(_PRIORITIES) - 1)]
    return spoken(value)


def _is_beyond(value: object) -> bool:
    return isinstance(value, int) and value >= len(_PRIORITIES)


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _comments(value: object) -> list[ForeignComment]:
    found: list[ForeignComment] = []
    for each in _list(value):
        said = each if isinstance(each, dict) else {"text": each}
        text = tidy(spoken(said.get("text")), TOOL)
        if text:
            by = titled(spoken(said.get("author")), "somebody")
            found.append(ForeignComment(by=by, text=text, at=moment(said.get("created_at"))))
    return found
