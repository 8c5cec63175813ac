"""`agent start|stop|kill|pause|resume|reassign|waive` and `merge hold|now`: what people say to agents at work.

Each does what an edit would: `paused: true` in a card, `assignee:` or `status:` in an issue. Only holding work and
waiving one finding have no edit of their own.
"""

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import handle_of, issue_if_named, issue_named, proposal_named
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import Command, MoveIssue, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow_command import AnswerFinding
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.run_command import HoldWork, StopRun


def plan_agent(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The commands for one of these verbs. Raises Rejected."""
    match request.verb:
        case Verb.AGENT_PAUSE | Verb.AGENT_RESUME:
            paused = "true" if request.verb is Verb.AGENT_PAUSE else "false"
            agent = _agent_named(work, request.text("id"))
            return (SetFact(subject=EntityId(agent.name), key="paused", value=paused),)
        case Verb.AGENT_REASSIGN:
            issue = issue_named(work, request.text("id"))
            return (SetFact(subject=issue.id, key="assignee", value=handle_of(request.text("to"))),)
        case Verb.AGENT_WAIVE:
            issue = issue_named(work, request.text("id"))
            number = _number(request.text("finding"))
            return (AnswerFinding(issue=issue.id, number=number, answer=request.text("why")),)
        case Verb.AGENT_STOP | Verb.AGENT_KILL:
            return _stop(work, request)
        case Verb.AGENT_START:
            return _start(work, issue_named(work, request.text("id")))
        case _:
            issue = issue_named(work, request.text("id"))
            return (HoldWork(issue=issue.id, held=request.verb is Verb.MERGE_HOLD),)


def _stop(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """Stop the turns of an agent, or about an issue or a proposal; work is held until somebody lets it go on."""
    typed = request.text("id")
    at_once = request.verb is Verb.AGENT_KILL
    agent = work.agent(handle_of(typed))
    if agent is not None and not agent.removed:
        live = [run for run in work.runs.live() if run.agent == agent.name]
        if not live:
            raise Rejected(f"nothing is to be stopped; {agent.name} works on nothing just now")
    elif typed.strip().lower().startswith("p-"):
        proposal = proposal_named(work, typed)
        live = [run for run in work.runs.live() if run.issue == proposal.id]
        if not live:
            raise Rejected(
                f"nothing is to be stopped; no agent is asked for a vote on {proposal.id} just now"
            )
    else:
        issue = issue_if_named(work, typed)
        if issue is None:
            raise Rejected(
                f'no issue or agent is called "{typed}"; see dispatchd issue list, dispatchd agent list'
            )
        return _hold(issue, work, at_once=at_once)
    commands: list[Command] = []
    for run in live:
        commands += [HoldWork(issue=run.issue, held=True)] if run.works else []
        commands.append(StopRun(issue=run.issue, run=run.id, at_once=at_once))
    return tuple(commands)


def _hold(issue: Issue, work: UnitOfWork, *, at_once: bool) -> tuple[Command, ...]:
    if work.work(issue.id) is None:
        raise Rejected(f"nothing is to be stopped; no agent has worked on {issue.id} yet", subject=issue.id)
    return (HoldWork(issue=issue.id, held=True), StopRun(issue=issue.id, at_once=at_once))


def _start(work: UnitOfWork, issue: Issue) -> tuple[Command, ...]:
    """Let work begin, or go on where it was held."""
    made = work.work(issue.id)
    if made is not None and made.held:
        return (HoldWork(issue=issue.id, held=False),)
    if issue.status is IssueStatus.UNASSIGNED:
        return (MoveIssue(issue=issue.id, to=IssueStatus.QUEUED),)
    return ()


def _number(typed: str) -> int:
    if not typed.isdecimal():
        raise Rejected(f"give the finding's number, as the issue's Activity says it; \"{typed}\" is none")
    return int(typed)


def _agent_named(work: UnitOfWork, typed: str) -> Agent:
    agent = work.agent(handle_of(typed))
    if agent is None or agent.removed:
        known = ", ".join(each.name for each in work.agents()) or "none yet"
        raise Rejected(f'no agent is called "{typed}"; there are: {known}')
    return agent
