"""Issues of GitHub as its REST interface gives them: an array, several one after the other, arrays in an array, or
`{"items": […]}`. What `gh issue list --json` prints is read as well.

Milestones are epics. Pull requests are no issues and stay out, listed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dispatchd.documents.foreign.item import (
    Becomes,
    ForeignComment,
    ForeignFile,
    ForeignItem,
    Haul,
    LeftOut,
    Remark,
)
from dispatchd.documents.foreign.json_text import (
    CUT_OFF,
    DOUBLED,
    Decoder,
    Lines,
    Unreadable,
    begin,
    flat_elements,
    members,
)
from dispatchd.documents.foreign.telling_apart import tell_apart
from dispatchd.documents.foreign.wording import decoded, facts_kept, moment, spoken, tidy, titled

TOOL: Final = "github"
_REPOSITORY: Final = re.compile(
    r"(?:/repos/|//[^/]+/)([\w.-]+/[\w.-]+)(?:/(?:issues|pull|milestones?)\b.*)?/?$"
)
_TYPE_LABELS: Final = {
    "bug": "bug", "enhancement": "feature", "feature": "feature", "documentation": "docs", "docs": "docs",
    "security": "security", "chore": "chore", "refactor": "refactor", "refactoring": "refactor",
    "tests": "test", "test": "test",
}  # fmt: skip
_PRIORITY_LABEL: Final = re.compile(
    r"(?:priority|prio)[\s:/_-]*(critical|urgent|high|medium|normal|low|p?[0-3])|(p[0-3])", re.IGNORECASE
)
_READ: Final = frozenset(
    {
        "number", "title", "body", "state", "state_reason", "stateReason", "labels", "type", "user", "author",
        "assignee", "assignees", "milestone", "parent_issue_url", "comments", "comments_data", "comments_list",
        "created_at", "createdAt", "closed_at", "closedAt", "reactions", "html_url", "url", "repository",
    }
)  # fmt: skip
_MACHINERY: Final = frozenset(
    {
        "id", "node_id", "score", "repository_url", "labels_url", "comments_url", "events_url", "timeline_url",
        "body_html", "body_text", "performed_via_github_app", "author_association", "sub_issues_summary",
        "issue_dependencies_summary",
    }
)  # fmt: skip
"""What says nothing about the issue that is not said elsewhere: numbers and addresses of the interface itself."""


def read_github(file: ForeignFile) -> Haul:
    """Everything in *file*."""
    haul = Haul(tool=TOOL)
    text, oddity = decoded(file.content)
    if oddity:
        haul.remarks.append(Remark(path=file.path, line=1, what=oddity[0], detail=oddity[1]))
    lines, decoder = Lines(text), Decoder()
    epics: dict[str, ForeignItem] = {}
    try:
        for offset, found in _objects(text, decoder):
            _take(file.path, lines.of(offset), found, haul, epics)
            for key in decoder.take_doubled():
                if haul.items:
                    haul.remark(haul.items[-1], DOUBLED, key)
    except Unreadable as problem:
        line = text.count("\n", 0, problem.at) + 1
        column = problem.at - text.rfind("\n", 0, problem.at)
        haul.leave_broken(file.path, line, CUT_OFF, f"column {column}: {problem}")
    haul.items[:0] = epics.values()
    tell_apart(haul)
    return haul


def _objects(text: str, decoder: Decoder) -> Iterator[tuple[int, Any]]:
    """What stands at the top, or one below it: pages are written one after the other, or gathered in an array."""
    at = begin(text)
    while at < len(text):
        if text[at] == "[":
            end = yield from flat_elements(text, at, decoder)
        elif text[at] == "{":
            pages = [value_at for key, value_at in members(text, at) if key == "items"]
            value, end = decoder.value(text, at)
            if pages and text[pages[0]] == "[":
                decoder.take_doubled()
                yield from flat_elements(text, pages[0], decoder)
            else:
                yield at, value
        else:
            raise Unreadable("Expecting an array of issues", at)
        at = begin(text, end)


def _take(path: str, line: int, found: object, haul: Haul, epics: dict[str, ForeignItem]) -> None:
    number = found.get("number") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(number, int) or isinstance(number, bool):
        haul.leave_broken(path, line, "it is no issue with a number")
        return
    repository = _repository(found)
    source = f"{TOOL}:{repository}#{number}"
    if "pull_request" in found or "/pull/" in spoken(found.get("html_url") or found.get("url")):
        title = titled(spoken(found.get("title")), "without a title")
        why = "a pull request"
        haul.left_out.append(LeftOut(path=path, line=line, why=why, detail=title, source=source))
        return
    epic = ""
    milestone = found.get("milestone")
    if isinstance(milestone, dict) and (milestone.get("number") or milestone.get("title")):
        made = _epic(milestone, repository, path, line)
        epic = made.source
        epics.setdefault(epic, made)
    haul.items.append(_issue(found, source, repository, epic, (path, line)))


def _repository(found: Mapping[str, Any]) -> str:
    inner = found.get("repository")
    if isinstance(inner, dict) and isinstance(inner.get("full_name"), str):
        return titled(inner["full_name"], "")
    for key in ("repository_url", "html_url", "url"):
        hit = _REPOSITORY.search(spoken(found.get(key)))
        if hit:
            return hit[1]
    return ""


def _epic(milestone: Mapping[str, Any], repository: str, path: str, line: int) -> ForeignItem:
    number = milestone.get("number")
    name = str(number) if isinstance(number, int) else titled(spoken(milestone.get("title")), "")
    is_closed = spoken(milestone.get("state")).casefold() == "closed"
    return ForeignItem(
        source=f"{TOOL}:{repository}/milestone/{name}",
        becomes=Becomes.EPIC,
        path=path,
        line=line,
        title=titled(spoken(milestone.get("title")), f"Milestone {name}"),
        body=tidy(spoken(milestone.get("description")), TOOL),
        created=moment(milestone.get("created_at")),
        closed=moment(milestone.get("closed_at")),
        status="completed" if is_closed else "draft",
        kept=facts_kept([("due", milestone.get("due_on")), ("milestone", milestone.get("html_url"))]),
    )


def _issue(
    found: Mapping[str, Any], source: str, repository: str, epic: str, place: tuple[str, int]
) -> ForeignItem:
    labels = tuple(
        dict.fromkeys(name for each in _list(found.get("labels")) if (name := _name(each, "name")))
    )
    reason = spoken(found.get("state_reason") or found.get("stateReason")).casefold()
    parent = re.search(r"/issues/(\d+)$", spoken(found.get("parent_issue_url")))
    author = _name(found.get("user") or found.get("author"), "login")
    return ForeignItem(
        source=source,
        becomes=Becomes.ISSUE,
        path=place[0],
        line=place[1],
        title=titled(spoken(found.get("title")), f"Issue {found.get('number')}"),
        body=tidy(spoken(found.get("body")), TOOL),
        created=moment(found.get("created_at") or found.get("createdAt")),
        closed=moment(found.get("closed_at") or found.get("closedAt")),
        type=_type(found, labels),
        status=_state(spoken(found.get("state")), reason),
        priority=_priority(labels),
        labels=labels,
        assignees=tuple(dict.fromkeys(_assignees(found))),
        parent=f"{TOOL}:{repository}#{parent[1]}" if parent else "",
        epic=epic,
        kept=facts_kept(
            [
                ("opened by", author),
                ("url", found.get("html_url") or found.get("url")),
                ("closed as", reason if reason not in {"", "completed"} else ""),
                ("comments there", _missing_comments(found)),
                ("reactions", _reactions(found)),
                *((key, value) for key, value in found.items() if key not in _READ | _MACHINERY and value),
            ]
        ),
        comments=tuple(_comments(found)),
    )


def _state(state: str, reason: str) -> str:
    if state.casefold() != "closed":
        return state.casefold()
    return "cancelled" if reason in {"not_planned", "duplicate"} else "done"


def _type(found: Mapping[str, Any], labels: Sequence[str]) -> str:
    named = _name(found.get("type"), "name").casefold()
    if named:
        return _TYPE_LABELS.get(named, "feature" if named == "task" else named)
    words = (label.casefold().removeprefix("type:").removeprefix("kind/").strip() for label in labels)
    return next((_TYPE_LABELS[word] for word in words if word in _TYPE_LABELS), "")


def _priority(labels: Sequence[str]) -> str:
    for label in labels:
        hit = _PRIORITY_LABEL.fullmatch(label.strip())
        if hit:
            word = hit[1] or hit[2]
            return f"p{word}" if word.isdigit() else word
    return ""


def _assignees(found: Mapping[str, Any]) -> Iterator[str]:
    for each in (*_list(found.get("assignees")), *_list(found.get("assignee"))):
        login = _name(each, "login")
        if login:
            yield login


def _name(value: object, key: str) -> str:
    return titled(spoken(value.get(key)), "") if isinstance(value, dict) else titled(spoken(value), "")


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _comment_list(found: Mapping[str, Any]) -> Sequence[Any]:
    for key in ("comments", "comments_data", "comments_list"):
        value = found.get(key)
        if isinstance(value, list):
            return value
    return ()


def _reactions(found: Mapping[str, Any]) -> int | None:
    """How many people did no more than nod."""
    summary = found.get("reactions")
    count = summary.get("total_count") if isinstance(summary, dict) else None
    return count if isinstance(count, int) and count else None


def _missing_comments(found: Mapping[str, Any]) -> int | None:
    """How many comments there are that the file does not have."""
    count = found.get("comments")
    return count if isinstance(count, int) and count and not _comment_list(found) else None


def _comments(found: Mapping[str, Any]) -> Iterator[ForeignComment]:
    for each in _comment_list(found):
        said = each if isinstance(each, dict) else {"body": each}
        text = tidy(spoken(said.get("body")), TOOL)
        if text:
            by = _name(said.get("user") or said.get("author"), "login") or "somebody"
            yield ForeignComment(by=by, text=text, at=moment(said.get("created_at") or said.get("createdAt")))
