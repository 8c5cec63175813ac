"""One entity on the screen or as JSON: its facts as its front matter has them, and its text.

Which entity is meant by what was typed, the read model answers; what it is told when that is not clear stands here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dispatchd.cli.failures import Failed
from dispatchd.cli.terminal import Style, display_width, visible, visible_lines
from dispatchd.cli.times import clock
from dispatchd.domain.wording import nothing_called

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import (
        AgentRow,
        DecisionRow,
        EpicRow,
        IssueRow,
        ProposalRow,
        ThreadRow,
    )
    from dispatchd.cli.invocation import Invocation

ISSUE: Final = "issue"
EPIC: Final = "epic"
PROPOSAL: Final = "proposal"
THREAD: Final = "thread"
DECISION: Final = "decision"
AGENT: Final = "agent"
_KINDS: Final = {"i": ISSUE, "e": EPIC, "p": PROPOSAL, "t": THREAD, "d": DECISION}
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NOT_FACTS: Final = frozenset(
    {
        "id",
        "path",
        "body",
        "title",
        "turns",
        "comments",
        "stages",
        "votes",
        "actions",
        "answer",
        "done",
        "total",
        "accepts_text",
        "purpose",
    }
)
"""What `show` says elsewhere on its page, or what only programs ask for."""


class Named(NamedTuple):
    """What was meant: its id, its kind, and its file where it has one."""

    id: str
    kind: str
    path: str


def named(model: "ReadModel", typed: str, kind: str | None = None) -> Named:
    """The entity that *typed* names. Raises Failed, saying what it could be or where to look."""
    found = model.resolve(typed, kind)
    if found.id is None:
        other = model.resolve(typed).id if kind and not found.candidates else None
        raise Failed(
            _another(model, other, kind) if other and kind else _not_clear(typed, kind, found.candidates)
        )
    actual = _kind_of(found.id)
    return Named(id=found.id, kind=actual, path=model.document_of(found.id) or "")


def _kind_of(entity_id: str) -> str:
    return _KINDS.get(entity_id[0], AGENT) if entity_id[1:2] == "-" else AGENT


def _another(model: "ReadModel", entity_id: str, kind: str) -> str:
    """That what was named is of another kind than the one that is wanted."""
    actual = _kind_of(entity_id)
    title = (_FACTS[actual](model, entity_id) or {}).get("title")
    called = f' ("{visible(str(title))}")' if title else ""
    is_one, wanted = (f"{'an' if each[0] in 'aei' else 'a'} {each}" for each in (actual, kind))
    return f"{entity_id} is {is_one}{called}; this takes {wanted}"


def _not_clear(typed: str, kind: str | None, candidates: tuple[str, ...]) -> str:
    if candidates:
        return f'"{typed}" could be {", ".join(candidates[:10])}{" …" if len(candidates) > 10 else ""}; type more of it'
    if kind is None:
        return f'nothing here is called "{typed}"; see dispatchd status'
    return nothing_called(typed, kind)


def entity_json(model: "ReadModel", entity_id: str) -> dict[str, Any]:
    """*entity_id* as JSON has it: the keys of its front matter, and kind, path and body."""
    facts = _FACTS[_kind_of(entity_id)](model, entity_id)
    if facts is None:
        raise Failed(f"there is nothing called {entity_id}")
    body = body_of(model.text_of(entity_id) or "")
    return {**facts, "path": model.document_of(entity_id), "body": body}


def body_of(text: str) -> str:
    """What stands below the front matter of *text*."""
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].rstrip() != "---":
        return text
    ends = (number for number, line in enumerate(lines) if number and line.rstrip() in {"---", "..."})
    return "".join(lines[next(ends, -1) + 1 :]).lstrip("\r\n")


def _issue(model: "ReadModel", entity_id: str) -> dict[str, Any] | None:
    found = model.issue(entity_id)
    if found is None:
        return None
    return {
        **issue_facts(found.issue),
        "children": list(found.children),
        "dependants": list(found.dependants),
        "threads": list(found.threads),
        "comments": [plain(each) for each in found.comments],
    }


def issue_facts(row: "IssueRow") -> dict[str, Any]:
    """The facts of an issue, the same keys for every one."""
    return {
        "id": row.id,
        "kind": ISSUE,
        "title": row.title,
        "type": row.type,
        "status": row.status,
        "priority": row.priority,
        "labels": list(row.labels),
        "role": row.role,
        "assignee": row.assignee,
        "parent": row.parent,
        "depends_on": list(row.depends_on),
        "waiting_on": list(row.waiting_on),
        "epic": row.epic,
        "stage": row.stage,
        "workflow": row.workflow,
        "phase": row.phase,
        "branch": row.branch,
        "pr": row.pr,
        "source": row.source,
        "created": stamp(row.created),
        "path": row.path,
    }


def _epic(model: "ReadModel", entity_id: str) -> dict[str, Any] | None:
    found = model.epic(entity_id)
    return None if found is None else epic_facts(found)


def epic_facts(row: "EpicRow") -> dict[str, Any]:
    """The facts of an epic, its stages and gates among them."""
    return {
        "id": row.id,
        "kind": EPIC,
        "title": row.title,
        "status": row.status,
        "priority": row.priority,
        "labels": list(row.labels),
        "source": row.source,
        "created": stamp(row.created),
        "done": row.done,
        "total": row.total,
        "stages": [plain(stage) for stage in row.stages],
        "path": row.path,
    }


def _proposal(model: "ReadModel", entity_id: str) -> dict[str, Any] | None:
    found = model.proposal(entity_id)
    return None if found is None else proposal_facts(found)


def proposal_facts(row: "ProposalRow") -> dict[str, Any]:
    """The facts of a proposal, its votes among them."""
    return {"id": row.id, "kind": PROPOSAL, **_without(plain(row), "id", "removed")}


def _thread(model: "ReadModel", entity_id: str) -> dict[str, Any] | None:
    found = model.thread(entity_id)
    return None if found is None else thread_facts(found)


def thread_facts(row: "ThreadRow") -> dict[str, Any]:
    """The facts of a thread, what was said among them; `kind` is its own: question, notice and so on."""
    answer = row.turns[-1].text if row.status == "answered" and row.turns else None
    facts = _without(plain(row), "id", "kind", "sender", "removed")
    return {"id": row.id, "kind": row.kind, "from": row.sender, **facts, "answer": answer}


def _agent(model: "ReadModel", entity_id: str) -> dict[str, Any] | None:
    found = model.agent(entity_id)
    return None if found is None else agent_facts(found)


def agent_facts(row: "AgentRow") -> dict[str, Any]:
    """The facts of an agent."""
    return {"id": row.name, "kind": AGENT, **_without(plain(row), "removed")}


def _decision(model: "ReadModel", entity_id: str) -> dict[str, Any] | None:
    found = model.decision(entity_id)
    return None if found is None else decision_facts(found)


def decision_facts(row: "DecisionRow") -> dict[str, Any]:
    """The facts of a decision; `kind` is its own: vote, gate or override."""
    facts: dict[str, Any] = plain(row)
    return facts


_FACTS: Final[Mapping[str, Callable[["ReadModel", str], dict[str, Any] | None]]] = {
    ISSUE: _issue,
    EPIC: _epic,
    PROPOSAL: _proposal,
    THREAD: _thread,
    AGENT: _agent,
    DECISION: _decision,
}


def plain(value: Any) -> Any:
    """*value* as JSON can hold it: named tuples become objects, times become text."""
    if hasattr(value, "_asdict"):
        return {key: plain(each) for key, each in value._asdict().items()}
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def stamp(value: datetime) -> str:
    """A moment as front matter has it: `2026-11-21T07:12:00Z`."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _without(facts: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in keys}


def show_entity(invocation: "Invocation", typed: str, kind: str, *, as_json: bool) -> None:
    """Print the one entity that is meant."""
    stages: list[str] = []
    with invocation.reading() as model:
        facts = entity_json(model, named(model, typed, kind).id)
        if kind == EPIC and not as_json:
            from dispatchd.cli.epic_view import stage_lines

            stages = stage_lines(model, facts["id"], invocation.screen)
    if as_json:
        invocation.screen.show_json(facts)
        return
    screen = invocation.screen
    screen.show(
        f"{screen.accent(visible(facts['id']))}  {screen.heading(visible(facts.get('title', facts['id'])))}"
    )
    rows = [
        (key.replace("_", " "), _said(value))
        for key, value in facts.items()
        if value != kind and _is_shown(key, value)
    ]
    widest = max((display_width(key) for key, _ in rows), default=0)
    screen.show(
        *(f"{screen.styled(key.ljust(widest), Style.QUIET)}  {visible(value)}" for key, value in rows)
    )
    if facts["path"]:
        screen.show(f"{screen.quiet('file'.ljust(widest))}  {visible(invocation.place(facts['path']))}")
    screen.show(*stages)
    if facts["body"].strip():
        screen.show("", visible_lines(facts["body"].rstrip("\n")))


def _is_shown(key: str, value: Any) -> bool:
    """Whether a fact is worth a line: what the text below says anyway, and what nobody set, is not."""
    return key not in _NOT_FACTS and value not in (None, "", [], 0, False)


def _said(value: Any) -> str:
    match value:
        case list():
            return ", ".join(map(_said, value))
        case dict():
            return " ".join(_said(each) for each in value.values() if each)
        case str() if _MOMENT.fullmatch(value):
            return clock(value)
        case _:
            return str(value).replace("_", " ")
