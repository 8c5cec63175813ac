"""What work waits for that is in hand: its turn runs, or it was submitted and is to be merged. For looks; nothing changes.

What holds it is looked for where the merge queue looks, so that what is said here is why it does nothing.
"""

from collections.abc import Sequence

from dispatchd.application.agents.permitting import threads_for_leave
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import Config
from dispatchd.documents.named_checks import why_none_is_merged
from dispatchd.domain.agent_run import AgentRun, Work, WorkPhase
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import open_question, stuck_cause
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_rules import flow_of
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.starting import why_held
from dispatchd.domain.wording import listed

_UNDER_REVIEW = (IssueStatus.AWAITING_REVIEW, IssueStatus.IN_REVIEW)


def why_in_hand(work: UnitOfWork, config: Config, issue: Issue) -> str:
    """What *issue* waits for while its turn runs, or once something was handed in, as a clause; else empty."""
    made = work.work(issue.id)
    live = work.live_run(issue.id)
    if live is not None:
        return _of_turn(work, issue, live, made)
    if made is None:
        return ""
    if is_queued(issue, made):
        return why_not_merged(work, config, made) or _place(work, made)
    if _is_taken_out(issue, made) and issue.status is IssueStatus.BLOCKED:
        asked = open_question(tuple(work.threads_of(issue.id)), made.agent)
        lets = '"awaiting_review!" lets what was submitted be merged'
        return f'it is "{issue.status}"; {lets}' if asked is None else f"it waits for an answer to {asked.id}"
    flow = flow_of(issue, made)
    is_handed_in = flow is not None and flow.state is FlowState.HANDED_IN
    return why_held(work, issue) or why_nothing_starts(work) if is_handed_in else ""


def _of_turn(work: UnitOfWork, issue: Issue, run: AgentRun, made: Work | None) -> str:
    """What a turn does, where that is more than to work."""
    if run.stopping is not None:
        agent = work.agent(run.agent)
        rests = f"{run.agent} is paused" if agent is not None and agent.paused else ""
        why = why_held(work, issue) or rests or why_nothing_starts(work)
        return f"{run.agent}'s turn is told to end" + (f", because {why}" if why else "")
    asked = [each.thread for each in work.runs.progress(run.id).asked]
    if asked:
        return f"{run.agent} waits for leave: {listed(asked, 'and')}"
    submitted = made is not None and made.phase is WorkPhase.SUBMITTED
    return f"{run.agent} has submitted it, and its turn is ending" if submitted else ""


def is_queued(issue: Issue, made: Work) -> bool:
    """Whether it was submitted and is to be merged."""
    return not issue.removed and issue.status in _UNDER_REVIEW and made.phase is WorkPhase.SUBMITTED


def _is_taken_out(issue: Issue, made: Work) -> bool:
    """Whether it was submitted, and people have given the issue a state since in which nothing of it is merged."""
    return made.phase is WorkPhase.SUBMITTED and not is_queued(issue, made)


def is_next(work: UnitOfWork, config: Config, issue: Issue) -> bool:
    """Whether nothing of its own keeps it from being merged."""
    made = work.work(issue.id)
    if made is None or work.live_run(issue.id) is not None or not is_queued(issue, made):
        return False
    return not why_not_merged(work, config, made)


def why_not_merged(work: UnitOfWork, config: Config, made: Work) -> str:
    """What keeps submitted work from being merged, as a clause; empty where nothing does but what goes before it."""
    issue = work.issue(made.issue)
    asked = threads_for_leave(work, made)
    stuck = work.open_thread_about(stuck_cause(made.issue))
    reasons = (
        why_held(work, issue) if issue is not None else "",
        why_nothing_starts(work),
        f"it waits for leave to change protected paths: {asked[0].id}" if asked else "",
        why_none_is_merged(config),
        f"it could not be merged, and is tried again; {stuck.id} asks how it is to go on" if stuck else "",
    )
    return next((each for each in reasons if each), "")


def _place(work: UnitOfWork, made: Work) -> str:
    before = _before(work, made)
    return f"it is merged {before}" if before else "it is next to be merged"


def _before(work: UnitOfWork, made: Work) -> str:
    """After which work it is merged, as a phrase; empty where it is next."""
    before: list[EntityId] = []
    for each in submitted(work):
        if each.issue == made.issue:
            break
        if not _is_held_up(work, each):
            before.append(each.issue)
    more = f" and {len(before) - 1} more" if len(before) > 1 else ""
    return f"after {before[0]}{more}" if before else ""


def submitted(work: UnitOfWork) -> Sequence[Work]:
    """The submitted work that is still wanted, in the order in which it is merged."""
    found: list[Work] = []
    for made in work.runs.works([WorkPhase.SUBMITTED]):
        issue = work.issue(made.issue)
        if issue is not None and is_queued(issue, made):
            found.append(made)
    return sorted(found, key=_since)


def _is_held_up(work: UnitOfWork, made: Work) -> bool:
    failed = work.open_thread_about(stuck_cause(made.issue)) is not None
    return made.held or failed or bool(threads_for_leave(work, made)) or work.live_run(made.issue) is not None


def _since(made: Work) -> tuple[str, str]:
    return (made.story[-1].at.isoformat() if made.story else "", made.issue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Work that was submitted, and what it waits for in a few words."""

    issue: Issue
    work: Work
    state: str


def merge_queue(work: UnitOfWork, config: Config) -> list[Queued]:
    """What waits to be merged, in the order in which it will be."""
    found: list[Queued] = []
    for made in work.runs.works([WorkPhase.SUBMITTED, WorkPhase.BOUNCED]):
        issue = work.issue(made.issue)
        if issue is not None and not issue.removed and not issue.status.is_final:
            found.append(Queued(issue=issue, work=made, state=_state(work, config, issue, made)))
    return sorted(found, key=lambda each: _since(each.work))


def _state(work: UnitOfWork, config: Config, issue: Issue, made: Work) -> str:
    if made.held:
        return "held"
    if _is_taken_out(issue, made):
        return f'taken out: it is "{issue.status}"'
    if made.phase is WorkPhase.BOUNCED:
        return f"came back ({made.bounces})"
    if work.live_run(made.issue) is not None:
        return "its turn is ending"
    return why_not_merged(work, config, made) or _before(work, made) or "next"
