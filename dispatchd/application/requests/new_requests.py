"""`issue new` and `proposal new`: whole new entities from what was typed.

The text below the front matter is no part of an entity: `planning.body_of` gives it to whoever writes the file.
"""

from collections.abc import Callable

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.fact_requests import fact_value, move_to, seat
from dispatchd.application.requests.lookup import issue_named
from dispatchd.application.requests.request import Request
from dispatchd.documents.action_line import parse_action
from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.command import Circumstance, Command, OpenIssue, OpenProposal
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue, Priority, Role
from dispatchd.domain.moments import deadline_of
from dispatchd.domain.proposal import Action, Proposal, Threshold
from dispatchd.domain.wording import one_line

Draw = Callable[[EntityKind], EntityId]


def plan_issue(
    work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw
) -> tuple[Command, ...]:
    """Open an issue; a state asked for is reached by a move of its own, so that the log tells both."""

    def fact(key: str) -> str | None:
        typed = request.text(key)
        return fact_value(work, EntityKind.ISSUE, key, typed) if typed else None

    issue = Issue(
        id=draw(EntityKind.ISSUE),
        title=titled(request.text("title"), "an issue"),
        created=circumstance.at,
        type=fact("type") or "feature",
        priority=Priority(fact("priority") or Priority.MEDIUM),
        labels=tuple(dict.fromkeys(label.removeprefix("#") for label in request.texts("labels"))),
        role=Role(role) if (role := fact("role")) else None,
        assignee=fact("assignee"),
        parent=EntityId(parent) if (parent := fact("parent")) else None,
        depends_on=tuple(dict.fromkeys(issue_named(work, typed).id for typed in request.texts("depends_on"))),
        epic=EntityId(epic) if (epic := fact("epic")) else None,
        stage=fact("stage"),
    )
    status = request.text("status")
    return (OpenIssue(issue=issue), move_to(issue.id, status)) if status else (OpenIssue(issue=issue),)


def plan_proposal(
    work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw
) -> tuple[Command, ...]:
    """Open a proposal; without voters named, everybody in `[people]` is asked."""
    voters = request.texts("voters") or tuple(f"@{person}" for person in work.rules.people)
    threshold, deadline = request.text("threshold"), request.text("deadline")
    until = deadline_of(deadline) if deadline else None
    if deadline and until is None:
        raise Rejected(f'write a date like 2026-11-28, or 2026-11-28T12:00Z; "{deadline}" is neither')
    proposal = Proposal(
        id=draw(EntityKind.PROPOSAL),
        title=titled(request.text("title"), "a proposal"),
        created=circumstance.at,
        proposer=circumstance.actor,
        threshold=Threshold(fact_value(work, EntityKind.PROPOSAL, "threshold", threshold))
        if threshold
        else Threshold.SIMPLE_MAJORITY,
        voters=tuple(dict.fromkeys(seat(work, voter) for voter in voters)),
        deadline=until,
        actions=tuple(_action(typed) for typed in request.texts("actions")),
    )
    return (OpenProposal(proposal=proposal),)


def _action(typed: str) -> Action:
    read = parse_action(typed, None, 0)
    if isinstance(read, DocumentProblem):
        raise Rejected(str(read))
    return read


def titled(typed: str, what: str) -> str:
    """*typed* as a title: on one line, and not empty."""
    title = one_line(typed)
    if not title:
        raise Rejected(f"{what} needs a title", key="title")
    return title
