"""The `tasks.json` of Task Master: `{"tasks": […]}`, or the same under the name of each tag; subtasks are issues too.

A task of the tag `master` (or of a file without tags) is `task-master:5`, its subtask `task-master:5.2`; of another
tag `task-master:TAG:5`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dispatchd.documents.foreign.item import Becomes, ForeignFile, ForeignItem, Haul, Remark
from dispatchd.documents.foreign.json_text import (
    CUT_OFF,
    DOUBLED,
    Decoder,
    Lines,
    Unreadable,
    begin,
    elements,
    members,
)
from dispatchd.documents.foreign.telling_apart import tell_apart
from dispatchd.documents.foreign.wording import decoded, facts_kept, moment, spoken, tidy, titled
from dispatchd.domain.dataclass import dataclass

TOOL: Final = "task-master"
MASTER: Final = "master"
MOST_NESTED: Final = 20
_STATES: Final = {
    "pending": "todo",
    "completed": "done",
    "review": "awaiting_review",
    "deferred": "todo",
}
_SECTIONS: Final = (
    ("details", "Details"),
    ("testStrategy", "Test strategy"),
    ("test_strategy", "Test strategy"),
)
_READ: Final = frozenset(
    {
        "id", "title", "description", "status", "priority", "dependencies", "subtasks", "createdAt", "labels",
        *(key for key, _ in _SECTIONS),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where tasks stand: their tag, what stands before their number, and the task they are part of."""

    path: str
    line: int
    tag: str
    above: tuple[str, ...] = ()

    def source(self, *numbers: str) -> str:
        """The source of the task with these numbers in this tag."""
        tag = "" if self.tag in {"", MASTER} else f"{self.tag}:"
        return f"{TOOL}:{tag}{'.'.join(numbers)}"


def read_task_master(file: ForeignFile) -> Haul:
    """Everything in *file*."""
    haul = Haul(tool=TOOL)
    text, oddity = decoded(file.content)
    if oddity:
        haul.remarks.append(Remark(path=file.path, line=1, what=oddity[0], detail=oddity[1]))
    lines = Lines(text)
    try:
        _read_file(file, text, lines, haul)
    except Unreadable as problem:
        line = text.count("\n", 0, problem.at) + 1
        column = problem.at - text.rfind("\n", 0, problem.at)
        haul.leave_broken(file.path, line, CUT_OFF, f"column {column}: {problem}")
    tell_apart(haul)
    return haul


def _read_file(file: ForeignFile, text: str, lines: Lines, haul: Haul) -> None:
    at = begin(text)
    if text[at : at + 1] == "[":
        _read_tasks(file, text, at, "", lines, haul)
        return
    if text[at : at + 1] != "{":
        raise Unreadable("Expecting an object with tasks", at)
    for key, value_at in members(text, at):
        if key == "tasks" and text[value_at : value_at + 1] == "[":
            _read_tasks(file, text, value_at, "", lines, haul)
        elif text[value_at : value_at + 1] == "{":
            for inner, inner_at in members(text, value_at):
                if inner == "tasks" and text[inner_at : inner_at + 1] == "[":
                    _read_tasks(file, text, inner_at, titled(key, "tag"), lines, haul)


def _read_tasks(file: ForeignFile, text: str, at: int, tag: str, lines: Lines, haul: Haul) -> None:
    decoder = Decoder()
    for offset, task in elements(text, at, decoder):
        place = _Place(path=file.path, line=lines.of(offset), tag=tag)
        items = list(_items(task, place, haul))
        for key in decoder.take_doubled():
            if items:
                haul.remark(items[0], DOUBLED, key)
        haul.items.extend(items)


def _items(task: object, place: _Place, haul: Haul) -> Iterator[ForeignItem]:
    """The issues that *task* makes: itself, and its subtasks after it."""
    number = _number(task.get("id")) if isinstance(task, dict) else ""
    if not isinstance(task, dict) or not number or len(place.above) > MOST_NESTED:
        why = (
            "it is no task with an id"
            if len(place.above) <= MOST_NESTED
            else "its subtasks are nested too deeply"
        )
        too_deep = len(place.above) > MOST_NESTED
        why = "its subtasks are nested too deeply" if too_deep else "it is no task with an id"
        haul.leave_broken(place.path, place.line, why)
        return
    numbers = (*place.above, *(part for part in number.split(".") if part))
    if place.above and number.startswith(f"{'.'.join(place.above)}."):
        numbers = tuple(number.split("."))
    item = _item(task, place, numbers)
    yield item
    below = task.get("subtasks")
    for subtask in below if isinstance(below, list) else ():
        yield from _items(
            subtask, _Place(path=place.path, line=place.line, tag=place.tag, above=numbers), haul
        )


def _item(task: Mapping[str, Any], place: _Place, numbers: tuple[str, ...]) -> ForeignItem:
    status = spoken(task.get("status"))
    word = _STATES.get(status.casefold(), status)
    tag = (place.tag,) if place.tag not in {"", MASTER} else ()
    labels = task.get("labels")
    return ForeignItem(
        source=place.source(*numbers),
        becomes=Becomes.ISSUE,
        path=place.path,
        line=place.line,
        title=titled(
            spoken(task.get("title")), spoken(task.get("description")) or f"Task {'.'.join(numbers)}"
        ),
        body=_body(task),
        created=moment(task.get("createdAt")),
        closed=moment(task.get("completedAt")) or moment(task.get("updatedAt")),
        status=word,
        priority=spoken(task.get("priority")),
        labels=tuple(dict.fromkeys((*(spoken(each) for each in labels or ()), *tag)))
        if isinstance(labels, list)
        else tag,
        parent=place.source(*place.above) if place.above else "",
        depends_on=tuple(_dependencies(task, place)),
        kept=facts_kept(
            [
                *([("status", status)] if status.casefold() == "deferred" else []),
                *((key, value) for key, value in task.items() if key not in _READ),
            ]
        ),
    )


def _dependencies(task: Mapping[str, Any], place: _Place) -> Iterator[str]:
    found = task.get("dependencies")
    for each in found if isinstance(found, list) else [found] if found else []:
        number = _number(each)
        if not number:
            continue
        # A bare number in a subtask is a sibling; `5.2` is said from the top.
        is_sibling = bool(place.above) and "." not in number
        yield place.source(*place.above, number) if is_sibling else place.source(*number.split("."))


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    return titled(str(value), "")


def _body(task: Mapping[str, Any]) -> str:
    parts = [tidy(spoken(task.get("description")), TOOL)]
    for key, heading in _SECTIONS:
        text = tidy(spoken(task.get(key)), TOOL)
        if text:
            parts.append(f"## {heading}\n\n{text}")
    return "\n\n".join(part for part in parts if part)
