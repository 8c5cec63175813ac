"""What is said in a review: a verdict by whoever judges.

Said twice in the same words it changes nothing; said in a turn that was for something else it is refused.
"""

from dataclasses import replace

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent_run import Work
from dispatchd.domain.authority import require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.flow import Finding, Flow, FlowState, PhaseRound
from dispatchd.domain.flow_authors import authors_of
from dispatchd.domain.flow_command import GiveVerdict
from dispatchd.domain.flow_event import VerdictGiven
from dispatchd.domain.flow_rules import phase_of, standing_flow
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.turn_of_phase import require_turn, require_unstopped, turn_of
from dispatchd.domain.wording import one_of
from dispatchd.domain.workflow import Phase


def decide_verdict(board: Board, command: GiveVerdict, circumstance: Circumstance) -> tuple[Event, ...]:
    """A reviewer's word on the phase it judges; never that of somebody who worked in it. The daemon does by it."""
    issue, work, flow = standing_flow(board, command.issue)
    by = circumstance.actor
    run = turn_of(board, issue, command.run, by)
    asked = run.into if run is not None else command.asked
    if asked is not None and _said_already(flow, asked, by, command):
        return ()
    require_turn(issue, flow, run, by)
    require_unstopped(board, issue, run)
    if by.kind is not ActorKind.AGENT and asked != flow.now:
        raise Rejected(f"look again; what was asked about {issue.id} is over.", subject=issue.id)
    phase = phase_of(command.workflow, flow, issue)
    judging = flow.state is FlowState.WORKING and phase.is_review
    if not judging or issue.status is not IssueStatus.IN_PROGRESS:
        raise Rejected(f'end your turn; in "{flow.phase}" nothing is judged now.', subject=issue.id)
    if by.kind is ActorKind.HUMAN:
        require_person(board.rules, by, "judging what agents made", subject=issue.id)
    _require_judge(issue, work, flow, by)
    verdicts = [verdict for verdict, _ in phase.verdicts]
    verdict = next((each for each in verdicts if each.casefold() == command.verdict.strip().casefold()), None)
    if verdict is None:
        raise Rejected(f"{one_of(verdicts)}.", subject=issue.id)
    if (verdict == verdicts[0]) is bool(command.findings):
        raise Rejected(
            f'say what has to change, with at least one finding, or "{verdicts[0]}" without any.',
            subject=issue.id,
        )
    given = VerdictGiven(
        issue=issue.id,
        phase=flow.phase,
        round=flow.round,
        by=by.handle,
        verdict=verdict,
        findings=_numbered(command, flow, phase, verdict, by),
    )
    return (given,)


def _said_already(flow: Flow, asked: PhaseRound, by: Actor, command: GiveVerdict) -> bool:
    """Whether *by* gave this verdict there before, with these findings."""
    ended = flow.ended(asked)
    if asked == flow.now and flow.verdict:
        who, verdict = flow.judge, flow.verdict
    elif ended is not None:
        who, verdict = ended.agent, ended.how
    else:
        return False
    known = {_said_in(each) for each in flow.findings if each.by == who}
    same = verdict.casefold() == command.verdict.strip().casefold()
    return who == by.handle and same and {_said_in(each) for each in command.findings} <= known


def _said_in(finding: Finding) -> Finding:
    """Without what the rules and an answer have put to it."""
    return replace(finding, number=0, by="", to="", answer="", waived="")


def _require_judge(issue: Issue, work: Work, flow: Flow, by: Actor) -> None:
    if by.handle in authors_of(work, flow, flow.reviews):
        raise Rejected(
            f'leave it to somebody else; you worked in "{flow.reviews}", which is judged here.',
            subject=issue.id,
        )
    if by.kind is ActorKind.AGENT and by.handle != work.agent:
        raise Rejected(f'{work.agent} judges in "{flow.phase}" of {issue.id}.', subject=issue.id)


def _numbered(command: GiveVerdict, flow: Flow, phase: Phase, verdict: str, by: Actor) -> tuple[Finding, ...]:
    """The findings with their numbers; all go to one phase, in which somebody works and can answer them."""
    target = command.workflow.phase(phase.leads(verdict) or "")
    to = target.name if target is not None and target.makes else flow.reviews
    first = len(flow.findings) + 1
    return tuple(
        replace(each, number=number, by=by.handle, to=to, answer="")
        for number, each in enumerate(command.findings, first)
    )
