"""Makes the values of the read model out of the JSON that entities and events are kept as."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dispatchd.application.ports.read_rows import (
    AgentRow,
    BrakeRow,
    CommentRow,
    DecisionRow,
    EpicRow,
    GateRow,
    LogRow,
    ProblemRow,
    ProposalRow,
    RunRow,
    SignatureRow,
    StageRow,
    ThreadRow,
    TurnRow,
    VoteRow,
)

State = Mapping[str, Any]
Progress = Mapping[str, tuple[int, int]]
"""Folded name of a stage (or the empty text: no stage) to how many issues are finished and how many there are."""

ROLES: Final = frozenset({"coder", "reviewer", "pm", "security", "docs", "test", "architect", "coordinator"})


def epic_row(state: State, path: str | None, progress: Progress) -> EpicRow:
    """An epic with its stages and how far it is."""
    return EpicRow(
        id=state["id"],
        title=state["title"],
        status=state["status"],
        priority=state.get("priority"),
        labels=tuple(state.get("labels", ())),
        created=_time(state["created"]),
        source=state.get("source"),
        removed=state.get("removed", False),
        path=path,
        stages=tuple(_stage(stage, progress) for stage in state.get("stages", ())),
        done=sum(done for done, _ in progress.values()),
        total=sum(total for _, total in progress.values()),
    )


def _stage(state: State, progress: Progress) -> StageRow:
    plan = state["plan"]
    done, total = progress.get(plan["name"].strip().casefold(), (0, 0))
    return StageRow(
        name=plan["name"],
        state=state["state"],
        since=_time(state["since"]) if "since" in state else None,
        gate=_gate(plan["gate"], state["gate"]) if "gate" in plan else None,
        done=done,
        total=total,
        wanted=tuple(plan.get("wanted", ())),
    )


def _gate(plan: State, state: State) -> GateRow:
    return GateRow(
        kind=plan["kind"],
        question=plan.get("question", ""),
        approvers=tuple(plan.get("approvers", ())),
        options=tuple(plan.get("options", ())),
        criteria=tuple(words for each in plan.get("criteria", ()) for words in _criterion(each)),
        state=state["state"],
        approvals=tuple(_signature(each) for each in state.get("approvals", ())),
        rejection=_signature(state["rejection"]) if "rejection" in state else None,
        skipped=_signature(state["skipped"]) if "skipped" in state else None,
        choice=state.get("choice"),
        passed_checks=tuple(state.get("passed_checks", ())),
        failed_checks=tuple(f"{each['command']}: {each['why']}" for each in state.get("failed_checks", ())),
    )


def _criterion(state: State) -> Sequence[str]:
    words = ["all issues done"] if state.get("all_issues_done") else []
    return [*words, f"command {state['command']}"] if "command" in state else words


def proposal_row(state: State, path: str | None, roles_held: Collection[str]) -> ProposalRow:
    """A proposal with its count; a role that no agent holds is not waited for."""
    seats = tuple(state.get("voters", ()))
    votes = tuple(_vote(each) for each in state.get("votes", ()))
    standing = {vote.voter: vote.choice for vote in votes if vote.voter in seats}
    choices = list(standing.values())
    return ProposalRow(
        id=state["id"],
        title=state["title"],
        status=state["status"],
        proposer=state["proposer"]["handle"],
        threshold=state["threshold"],
        voters=seats,
        deadline=_time(state["deadline"]) if "deadline" in state else None,
        created=_time(state["created"]),
        votes=votes,
        approve=choices.count("approve"),
        reject=choices.count("reject"),
        abstain=choices.count("abstain"),
        more_info=choices.count("more_info"),
        missing=tuple(
            seat for seat in seats if seat not in standing and (seat not in ROLES or seat in roles_held)
        ),
        actions=tuple(state.get("actions", ())),
        override=_signature(state["override"]) if "override" in state else None,
        closed_at=_time(state["closed_at"]) if "closed_at" in state else None,
        decision=state.get("decision"),
        source=state.get("source"),
        removed=state.get("removed", False),
        path=path,
    )


def _vote(state: State) -> VoteRow:
    signature = _signature(state["signature"])
    return VoteRow(
        voter=state["voter"],
        choice=state["choice"],
        by=signature.by,
        name=signature.name,
        at=signature.at,
        reason=signature.reason,
    )


def thread_row(state: State, path: str | None) -> ThreadRow:
    """A thread with everything said in it."""
    return ThreadRow(
        id=state["id"],
        title=state["title"],
        kind=state["kind"],
        status=state["status"],
        sender=state["sender"],
        to=state.get("to") or _put_to(state),
        issue=state.get("issue"),
        subject=state.get("subject"),
        purpose=state["purpose"],
        options=tuple(state.get("options", ())),
        accepts_text=state["accepts_text"],
        turns=tuple(_turn(each) for each in state.get("turns", ())),
        chosen=state.get("chosen"),
        answered_at=_time(state["answered_at"]) if "answered_at" in state else None,
        delivered=state.get("delivered", False),
        created=_time(state["created"]),
        removed=state.get("removed", False),
        path=path,
    )


def _put_to(state: State) -> str | None:
    """The agent to whom a rule has put what nobody has answered yet."""
    passed = state.get("passed", ()) if state["status"] == "open" else ()
    return passed[-1].get("to") if passed else None


def brake_row(state: State) -> BrakeRow:
    """Who has paused everything."""
    by = state["by"]
    return BrakeRow(by["handle"], by["name"], _time(state["since"]), state.get("reason", ""))


def comment_row(state: State) -> CommentRow:
    """Something said about an issue."""
    by = state["by"]
    return CommentRow(
        by=by["handle"],
        name=by["name"],
        is_person=by["kind"] == "human",
        at=_time(state["at"]),
        text=state["text"],
    )


def _turn(state: State) -> TurnRow:
    by = state["by"]
    return TurnRow(
        by=by["handle"],
        name=by["name"],
        is_person=by["kind"] == "human",
        at=_time(state["at"]),
        text=state["text"],
    )


def agent_row(state: State, path: str | None, runs: Sequence[RunRow]) -> AgentRow:
    """An agent's card and what it works on now."""
    return AgentRow(
        name=state["name"],
        role=state["role"],
        engine=state["engine"],
        model=state.get("model"),
        arguments=state.get("arguments"),
        paused=state.get("paused", False),
        removed=state.get("removed", False),
        path=path,
        working_on=tuple(run.issue for run in runs),
        uncontained=any(not run.contained for run in runs),
        stopping=any(run.stopping for run in runs),
    )


def decision_row(state: State, path: str | None) -> DecisionRow:
    """A decision as it was recorded."""
    return DecisionRow(
        id=state["id"],
        title=state["title"],
        kind=state["kind"],
        subject=state["subject"],
        outcome=state["outcome"],
        by=tuple(state["by"]),
        at=_time(state["at"]),
        question=state.get("question", ""),
        tally=tuple(state.get("tally", ())),
        consequences=tuple(state.get("consequences", ())),
        path=path,
    )


def problem_row(row: Sequence[Any]) -> ProblemRow:
    """A problem from its columns."""
    subject, path, line, anchor, what, hint, refusal, since = row
    begun = None if since is None else _time(since)
    return ProblemRow(subject, path, line, anchor, what, hint, refusal >= 1, begun)


def log_row(row: Sequence[Any]) -> LogRow:
    """An entry of the log from its columns."""
    position, event_id, kind, at, actor, subject, told, commit, event = row
    by = json.loads(actor)
    return LogRow(
        position=position,
        id=event_id,
        type=kind,
        at=_time(at),
        actor=by["handle"],
        name=by["name"],
        subject=subject,
        told=told,
        commit=commit,
        event=json.loads(event),
    )


def _signature(state: State) -> SignatureRow:
    by = state["by"]
    return SignatureRow(
        by=by["handle"], name=by["name"], at=_time(state["at"]), reason=state.get("reason", "")
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
