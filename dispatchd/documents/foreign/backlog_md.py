"""The folder of Backlog.md: tasks, drafts and finished tasks, milestones, decisions and documents, a file each.

The folder says what a file is; its front matter is read by line, so that what is no YAML costs only its own key. The
comments that fence a task's sections are taken out, its text stays.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from dispatchd.documents.foreign.backlog_text import body_and_comments, with_source
from dispatchd.documents.foreign.item import (
    Becomes,
    ForeignFile,
    ForeignItem,
    Haul,
    KeptFact,
    LeftOut,
    Remark,
)
from dispatchd.documents.foreign.telling_apart import tell_apart
from dispatchd.documents.foreign.wording import decoded, facts_kept, moment, spoken, titled
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.key_schema import KeySchema
from dispatchd.documents.tree_paths import slug
from dispatchd.domain.dataclass import dataclass

TOOL: Final = "backlog-md"
SCHEMA: Final = KeySchema.of(
    text=("title",),
    scalar=(
        "id",
        "status",
        "priority",
        "type",
        "milestone",
        "created_date",
        "updated_date",
        "parent_task_id",
    ),
    lists=("assignee", "labels", "dependencies"),
)
_NAMED: Final = re.compile(r"([A-Za-z]+-\d+(?:\.\d+)*)(?:\s+-\s+|$)")
_NUMBER: Final = re.compile(r"(?:[A-Za-z]+-)?0*(\d+(?:\.\d+)*)$")
_TASKS: Final = frozenset(
    {"tasks", "completed", "drafts", "archive/tasks", "archive/drafts", "archive/completed"}
)
_MILESTONES: Final = frozenset({"milestones", "archive/milestones"})
_PAPERS: Final = frozenset({"docs", "decisions", "archive/docs", "archive/decisions"})
_FINAL: Final = frozenset(
    {"done", "won't do", "wont do", "cancelled", "canceled", "closed", "complete", "completed"}
)
_STATES: Final = {"won't do": "cancelled", "completed": "done", "complete": "done", "draft": "todo"}
_TYPES: Final = {"enhancement": "feature", "task": "feature"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One file, read. `folder` is what it lies in, as this module knows folders."""

    file: ForeignFile
    folder: str
    text: str
    front: FrontMatter

    def value(self, key: str) -> str:
        """A fact that is one text."""
        found = self.front.entries.get(key)
        return titled(spoken(found.value if isinstance(found.value, str) else None), "") if found else ""

    def values(self, key: str) -> tuple[str, ...]:
        """A fact that is several."""
        found = self.front.value(key)
        many = found if isinstance(found, tuple) else (found,) if found else ()
        return tuple(dict.fromkeys(text for each in many if (text := titled(each, ""))))

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return self.file.name.rpartition("/")[2].removesuffix(".md")


def read_backlog(files: Iterable[ForeignFile]) -> Haul:
    """Everything in *files*, whose names are paths below the folder that holds `tasks/`."""
    haul = Haul(tool=TOOL)
    sheets = [sheet for file in files if (sheet := _sheet(file, haul)) is not None]
    milestones = _milestones([sheet for sheet in sheets if sheet.folder in _MILESTONES])
    for sheet in sheets:
        if sheet.folder in _MILESTONES:
            haul.items.append(_milestone(sheet))
        elif sheet.folder in _TASKS:
            haul.items.append(_task(sheet, milestones))
        else:
            haul.items.append(_paper(sheet))
    _resolve_references(haul)
    tell_apart(haul, lambda item: all(kept.key != "archived" for kept in item.kept))
    return haul


def _sheet(file: ForeignFile, haul: Haul) -> _Sheet | None:
    refused = file.refused
    if not refused and not file.name.casefold().endswith(".md"):
        refused = "it is no Markdown; settings and other files of the tool stay where they are"
    if not refused and not file.content.strip():
        refused = "it is empty"
    if refused:
        broken = bool(file.refused)
        haul.left_out.append(LeftOut(path=file.path, line=1, why=refused, broken=broken))
        return None
    text, oddity = decoded(file.content)
    text = text.replace("\r\n", "\n")
    front = read_front_matter(text, SCHEMA)
    for problem in front.problems:
        what = (
            "its front matter cannot be read"
            if front.parked
            else "a value cannot be read, and is kept as text"
        )
        detail = f"{problem.what}. {problem.hint}" if problem.hint else problem.what
        haul.remarks.append(Remark(path=file.path, line=max(problem.line, 1), what=what, detail=detail))
    if oddity:
        haul.remarks.append(Remark(path=file.path, line=1, what=oddity[0], detail=oddity[1]))
    if not front.problems and front.layout.opening is None:
        what = "there is no front matter; what it is follows from its name and folder"
        haul.remarks.append(Remark(path=file.path, line=1, what=what))
    return _Sheet(file=file, folder=_folder(file.name), text=text, front=front)


def _folder(name: str) -> str:
    """What the place of a file makes of it; a readme anywhere, and anything in an unknown place, is a document."""
    folder, _, last = name.rpartition("/")
    if last.casefold() == "readme.md":
        return "docs"
    first = folder.split("/")
    for length in (2, 1):
        known = "/".join(first[:length]).casefold()
        if known in _TASKS | _MILESTONES | _PAPERS:
            return known
    return "docs"


def _id(sheet: _Sheet) -> str:
    """The id of a task or milestone: as written, else as its name begins, else its path."""
    named = _NAMED.match(sheet.stem)
    return sheet.value("id") or (named[1] if named else "") or sheet.file.name


def _task_source(number: str) -> str:
    return f"{TOOL}:{number if '/' in number else number.upper()}"


def _title(sheet: _Sheet) -> str:
    named = _NAMED.match(sheet.stem)
    name = sheet.stem[named.end() :] if named else sheet.stem
    return titled(sheet.value("title"), name.replace("-", " ") or _id(sheet))


def _milestones(sheets: Iterable[_Sheet]) -> Mapping[str, str]:
    """The source of each milestone, by what a task may call it."""
    by_name: dict[str, str] = {}
    for sheet in sheets:
        for name in (_title(sheet), _id(sheet)):
            by_name[name.casefold()] = f"{TOOL}:{_id(sheet)}"
    return by_name


def _milestone(sheet: _Sheet) -> ForeignItem:
    body, comments = body_and_comments(sheet.front.body, TOOL)
    is_over = sheet.folder.startswith("archive/")
    return ForeignItem(
        source=f"{TOOL}:{_id(sheet)}",
        becomes=Becomes.EPIC,
        path=sheet.file.path,
        line=_line(sheet),
        title=_title(sheet),
        body=body,
        created=moment(sheet.value("created_date")),
        status="completed" if is_over else "draft",
        labels=sheet.values("labels"),
        kept=_kept(sheet, ("archived", "yes" if is_over else "")),
        comments=comments,
    )


def _task(sheet: _Sheet, milestones: Mapping[str, str]) -> ForeignItem:
    body, comments = body_and_comments(sheet.front.body, TOOL)
    status, archived = _status(sheet)
    milestone = sheet.value("milestone")
    epic = milestones.get(milestone.casefold(), "")
    is_draft = sheet.folder.endswith("drafts")
    labels = (*sheet.values("labels"), *(("draft",) if is_draft else ()))
    parent = sheet.value("parent_task_id")
    return ForeignItem(
        source=_task_source(_id(sheet)),
        becomes=Becomes.ISSUE,
        path=sheet.file.path,
        line=_line(sheet),
        title=_title(sheet),
        body=body,
        created=moment(sheet.value("created_date")),
        closed=moment(sheet.value("completed_date")) or moment(sheet.value("updated_date")),
        type=_TYPES.get(sheet.value("type").casefold(), sheet.value("type")),
        status=status,
        priority=sheet.value("priority"),
        labels=tuple(dict.fromkeys((*labels, *((milestone,) if milestone and not epic else ())))),
        assignees=sheet.values("assignee"),
        parent=_task_source(parent) if parent else "",
        epic=epic,
        depends_on=tuple(_task_source(each) for each in sheet.values("dependencies")),
        kept=_kept(sheet, ("archived", archived)),
        comments=comments,
    )


def _line(sheet: _Sheet) -> int:
    entry = sheet.front.entries.get("id")
    return entry.first + 1 if entry else 1


def _status(sheet: _Sheet) -> tuple[str, str]:
    """Its state, and what is said where the folder makes another of it than the file has."""
    written = sheet.value("status")
    word = _STATES.get(written.casefold(), written) or "todo"
    if written.casefold() in _FINAL or sheet.folder in {"tasks", "drafts"}:
        return word, ""
    return ("done" if sheet.folder == "completed" else "cancelled"), f'with the status "{written}"'


def _kept(sheet: _Sheet, *more: tuple[str, str]) -> tuple[KeptFact, ...]:
    unread = [
        (key, entry.raw) for key, entry in sheet.front.entries.items() if not entry.is_readable and entry.raw
    ]
    updated = [("updated", sheet.value("updated_date"))]
    return facts_kept([*updated, *unread, *((k, v) for k, v in sheet.front.unknown.items()), *more])


def _paper(sheet: _Sheet) -> ForeignItem:
    """A document: its whole text as it is, and above it where it came from."""
    is_readme = sheet.stem.casefold() == "readme"
    number = sheet.value("id") if not is_readme else ""
    source = f"{TOOL}:{number or sheet.file.name}"
    named = f"{number} {_title(sheet)}" if number else sheet.file.name.removesuffix(".md")
    name = slug(named if named.casefold() != "readme" else "project readme")
    return ForeignItem(
        source=source,
        becomes=Becomes.DOCUMENT,
        path=sheet.file.path,
        line=_line(sheet),
        title=_title(sheet),
        body=with_source(sheet.text, source, has_front=sheet.front.layout.opening is not None),
        created=moment(sheet.value("created_date")),
        place=f"context/{TOOL}/{name or 'document'}.md",
    )


def _resolve_references(haul: Haul) -> None:
    """References as the ids they mean: by number where the prefix of a project was changed meanwhile."""
    sources = {item.source for item in haul.items}
    by_number: defaultdict[str, set[str]] = defaultdict(set)
    for item in haul.items:
        if item.becomes is Becomes.ISSUE and not item.source.startswith(f"{TOOL}:DRAFT-"):
            by_number[_number(item.source)].add(item.source)

    def meant(source: str) -> str:
        alike = by_number.get(_number(source), set())
        return source if source in sources or len(alike) != 1 or not source else next(iter(alike))

    for at, item in enumerate(haul.items):
        if item.parent or item.depends_on:
            wanted = tuple(dict.fromkeys(meant(each) for each in item.depends_on))
            haul.items[at] = replace(item, parent=meant(item.parent), depends_on=wanted)


def _number(source: str) -> str:
    found = _NUMBER.search(source.partition(":")[2])
    return ".".join(part.lstrip("0") or "0" for part in found[1].split(".")) if found else source
