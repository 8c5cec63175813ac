"""What waits for people, item by item: the same for WAITING.md, for `dispatchd waiting` and for its walk.

By weight: the brake, what holds an agent up, permissions of one kind, gates, votes, what is to be confirmed, deletions, trouble,
and what only wants to be read; in each the oldest first, so that the order moves under nobody's hand. How an item is
laid out is left to those who show it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.application.for_whom import Me, is_for
from dispatchd.application.placed_problems import mendable_problems
from dispatchd.documents.offered import BRAKE_ID, RESUME_BOX, VOTE_LABELS, gate_labels, thread_labels

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import (
        EpicRow,
        GateRow,
        ProblemRow,
        ProposalRow,
        StageRow,
        ThreadRow,
    )

_ASKS: Final = frozenset({"question", "permission", "escalation"})
_CONFIRMS: Final = frozenset({"confirm_act", "confirm_stages"})
_PAUSED, _BLOCKS, _GROUPS, _QUESTIONS, _GATES, _VOTES, _CONFIRM, _DELETIONS, _PROBLEMS, _READ = range(10)
_SECTIONS: Final = {
    _PAUSED: "Paused",
    _QUESTIONS: "Questions",
    _GATES: "Gates",
    _VOTES: "Votes",
    _CONFIRM: "To confirm",
    _DELETIONS: "Deletions",
    _PROBLEMS: "Problems",
    _READ: "Read when you like",
}
MOST_OF_ONE_KIND: Final = 50
"""Permissions that one box allows at once; the next ones wait until somebody has seen these."""
_EARLIEST: Final = datetime(1, 1, 1, tzinfo=UTC)


class Named(NamedTuple):
    """Something by its id, its title and its file."""

    id: str
    title: str
    path: str


class WaitingItem(NamedTuple):
    """One thing that waits, or several permissions of one kind.

    `qualifier` is a gate's stage or a voter; `what` says for what it waits, `said` is Markdown to be quoted, `labels`
    are the boxes it offers. `about` is the issue it concerns.
    """

    section: str
    kind: str
    of: tuple[Named, ...]
    title: str
    what: str
    since: datetime | None
    qualifier: str = ""
    about: Named | None = None
    said: str = ""
    labels: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The file to open: of several, the oldest one's."""
        return self.of[0].path


class _Weighed(NamedTuple):
    weight: int
    item: WaitingItem


def waiting_items(model: "ReadModel", me: Me | None = None) -> tuple[WaitingItem, ...]:
    """Everything that waits, in the order of the page; with *me* what waits for that person."""
    agents = frozenset(agent.name for agent in model.agents())
    found = [
        *_brake(model),
        *_threads(model, agents, me),
        *_gates(model, me),
        *_votes(model, me),
        *_problems(model),
    ]
    found.sort(key=lambda each: (each.weight, each.item.since or _EARLIEST, each.item.of[0].id))
    blocked = {each.item.what.partition(" from ")[2] for each in found if each.weight == _BLOCKS}
    blocks = "Blocks an agent" if len(blocked) == 1 else f"Blocks {len(blocked)} agents"
    return tuple(
        item._replace(section=blocks if weight == _BLOCKS else _SECTIONS.get(weight, item.section))
        for weight, item in found
    )


def _brake(model: "ReadModel") -> Iterator[_Weighed]:
    """That everything stands still waits for somebody who lets work go on."""
    brake = model.brake()
    if brake is not None:
        item = WaitingItem(
            section="",
            kind="pause",
            of=(Named(BRAKE_ID, "All work is paused", ""),),
            title="All work is paused",
            what=f"by {brake.name}",
            since=brake.since,
            said=brake.reason,
            labels=(RESUME_BOX,),
        )
        yield _Weighed(_PAUSED, item)


def _threads(model: "ReadModel", agents: frozenset[str], me: Me | None) -> Iterator[_Weighed]:
    alike: dict[tuple[object, ...], list[ThreadRow]] = {}
    for row in model.threads(("open",)):
        if row.to is not None and (row.to in agents or not is_for(me, (row.to,))):
            continue
        if row.kind == "permission":
            alike.setdefault((row.title.casefold(), row.options, row.accepts_text), []).append(row)
        else:
            yield _Weighed(_weight(row, agents), _thread(model, row))
    for rows in alike.values():
        if len(rows) == 1:
            yield _Weighed(_weight(rows[0], agents), _thread(model, rows[0]))
        else:
            yield _Weighed(_GROUPS, _group(model, rows[:MOST_OF_ONE_KIND]))


def _weight(row: "ThreadRow", agents: frozenset[str]) -> int:
    if row.purpose in _CONFIRMS:
        return _CONFIRM
    if row.purpose == "confirm_deletion":
        return _DELETIONS
    if row.kind in _ASKS:
        return _BLOCKS if row.sender in agents else _QUESTIONS
    return _PROBLEMS if row.kind in {"conflict", "problem"} else _READ


def _thread(model: "ReadModel", row: "ThreadRow") -> WaitingItem:
    who = "" if row.sender == "dispatchd" else f" from {row.sender}"
    said = _asked(row)
    return WaitingItem(
        section="",
        kind=row.kind,
        of=(Named(row.id, row.title, row.path or ""),),
        title=row.title,
        what=f"{row.kind}{who}",
        since=row.created,
        about=_issue(model, row.issue),
        said="" if said.split() == row.title.split() else said,
        labels=thread_labels(row.kind, row.options, accepts_text=row.accepts_text),
    )


def _asked(row: "ThreadRow") -> str:
    """The last that was said; but whom rules have asked before is no part of a question."""
    own = [turn.text for turn in row.turns if row.sender == "dispatchd" or turn.name != "dispatchd"]
    return own[-1].strip() if own else ""


def _group(model: "ReadModel", rows: "Sequence[ThreadRow]") -> WaitingItem:
    """Permissions of one kind: one box answers all that are listed."""
    first = _thread(model, rows[0])
    senders = ", ".join(dict.fromkeys(row.sender for row in rows))
    told = (_member(model, row) for row in rows)
    return first._replace(
        section=f"{len(rows)} permissions of one kind",
        of=tuple(Named(row.id, row.title, row.path or "") for row in rows),
        what=f"permission from {senders}",
        about=None,
        said="\n".join(told),
    )


def _member(model: "ReadModel", row: "ThreadRow") -> str:
    issue = _issue(model, row.issue)
    said = " ".join(_asked(row).split())
    about = f", for {issue.title}" if issue else ""
    what = f": {said}" if said and said != row.title else ""
    return f"- {row.sender}{about}{what}"


def _issue(model: "ReadModel", issue_id: str | None) -> Named | None:
    found = model.name_of(issue_id) if issue_id else None
    return Named(found.id, found.title, found.path or "") if found else None


def _gates(model: "ReadModel", me: Me | None) -> Iterator[_Weighed]:
    for epic in model.epics(("awaiting_gate", "in_progress")):
        for stage in epic.stages:
            if stage.state == "awaiting_gate" and stage.gate and is_for(me, stage.gate.approvers):
                yield _Weighed(_GATES, _gate(epic, stage, stage.gate))


def _gate(epic: "EpicRow", stage: "StageRow", gate: "GateRow") -> WaitingItem:
    asked = (
        f"{gate.kind} by {', '.join(f'@{each}' for each in gate.approvers)}" if gate.approvers else gate.kind
    )
    done = f", {stage.done} of {stage.total} issues done" if stage.total else ""
    signed = [f"Approved by {each.name}, {each.at:%Y-%m-%d %H:%MZ}" for each in gate.approvals]
    return WaitingItem(
        section="",
        kind="gate",
        of=(Named(epic.id, epic.title, epic.path or ""),),
        title=epic.title,
        what=f"gate: {asked}{done}",
        since=stage.since or epic.created,
        qualifier=stage.name,
        said="\n\n".join(filter(None, (gate.question, *signed))),
        labels=gate_labels(gate.kind, gate.options),
    )


def _votes(model: "ReadModel", me: Me | None) -> Iterator[_Weighed]:
    for row in model.proposals(("open",)):
        people = [voter for voter in row.missing if voter.startswith("@") and is_for(me, (voter,))]
        if not people:
            continue
        said = _prose(model.text_of(row.id) or "", row.title)
        for person in people:
            yield _Weighed(_VOTES, _vote(row, person, said))


def _vote(row: "ProposalRow", person: str, said: str) -> WaitingItem:
    until = f", until {row.deadline:%Y-%m-%d %H:%MZ}" if row.deadline else ""
    cast = f", {row.approve} for and {row.reject} against so far" if row.votes else ""
    return WaitingItem(
        section="",
        kind="vote",
        of=(Named(row.id, row.title, row.path or ""),),
        title=row.title,
        what=f"vote of {person}{cast}{until}",
        since=row.created,
        qualifier=person,
        said=said,
        labels=VOTE_LABELS,
    )


def _prose(text: str, title: str) -> str:
    """What a proposal says, without its front matter, its title and its votes."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].strip() == "---" and "---" in (line.strip() for line in lines[1:]):
        lines = lines[1 + [line.strip() for line in lines[1:]].index("---") + 1 :]
    kept: list[str] = []
    for line in lines:
        if line.strip().casefold() in {"## votes", "## override"}:
            break
        if line.lstrip("# ").strip() != title or not line.startswith("#"):
            kept.append(line)
    return "\n".join(kept).strip()


def _problems(model: "ReadModel") -> Iterator[_Weighed]:
    """What was refused and what cannot be read, by file; a file that asks in a thread of its own is not told twice."""
    told = {row.subject for row in model.threads(("open",)) if row.kind == "problem"}
    by_path: dict[str, list[ProblemRow]] = {}
    for row in mendable_problems(model):
        if row.subject not in told:
            by_path.setdefault(row.path, []).append(row)
    for path, rows in by_path.items():
        what = "refused" if any(row.refusal for row in rows) else "cannot be understood"
        yield _Weighed(
            _PROBLEMS,
            WaitingItem(
                section="",
                kind="refusal",
                of=(Named(rows[0].subject, path, path),),
                title=_title_of(model, rows[0].subject) or path,
                what=what,
                since=min((row.since for row in rows if row.since), default=None),
                said="\n".join(f"- {_sentence(row)}" for row in rows),
            ),
        )


def _title_of(model: "ReadModel", subject: str) -> str:
    """What *subject* is called, as far as that is known: what cannot be read may have no title yet."""
    found = model.name_of(subject)
    return found.title if found is not None else ""


def _sentence(row: "ProblemRow") -> str:
    said = f"{row.what}. {row.hint}" if row.hint else row.what
    return f"line {row.line}: {said}" if row.line else said
