"""`comment`, `pause` and `resume`: what is said about an issue, and the brake."""

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import issue_named
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.command import Command
from dispatchd.domain.steering_command import AddComment, PauseWork, ResumeWork


def plan_steering(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The one command that is asked for."""
    match request.verb:
        case Verb.COMMENT:
            return (AddComment(issue=issue_named(work, request.text("id")).id, text=request.text("text")),)
        case Verb.PAUSE:
            return (PauseWork(reason=request.text("reason")),)
        case _:
            return (ResumeWork(),)
