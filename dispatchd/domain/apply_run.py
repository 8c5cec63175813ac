"""What a run's event makes of the run, and of the work on its issue. No rule is asked here."""

from dataclasses import replace
from typing import Final

from dispatchd.domain.agent_run import AgentRun, Happening, Occasion, RunId, RunOutcome, Work, WorkPhase
from dispatchd.domain.apply_flow import work_after_flow
from dispatchd.domain.command import Circumstance
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_authors import with_end_of_turn, with_turn
from dispatchd.domain.flow_event import FlowEvent
from dispatchd.domain.run_event import (
    BranchNoted,
    RunEnded,
    RunEvent,
    RunStarted,
    RunStopAsked,
    WorkBegun,
    WorkBounced,
    WorkHeld,
    WorkMerged,
    WorkSubmitted,
)
from dispatchd.domain.wording import in_words, one_line, times_of

_SHOWN: Final = 8
_MOST_SAID: Final = 120


def run_after(run: AgentRun | None, event: RunEvent, circumstance: Circumstance) -> AgentRun | None:
    """The run as *event* leaves it; None where it is about none."""
    match event:
        case RunStarted(run=started):
            return started
        case RunStopAsked(outcome=outcome, at_once=at_once):
            return replace(run, stopping=outcome, stops_at_once=at_once) if run else None
        case RunEnded():
            if run is None:
                return None
            return replace(
                run,
                ended=circumstance.at,
                outcome=event.outcome,
                said=event.said,
                spent=event.spent,
                session=event.session,
                commit=event.commit,
                resets_at=event.resets_at,
                trouble=event.trouble,
            )
        case _:
            return None


def work_after(work: Work | None, event: RunEvent, circumstance: Circumstance) -> Work | None:
    """The work on the issue as *event* leaves it; None where there is none yet."""
    if isinstance(event, WorkBegun):
        return _begun(work, event, circumstance)
    if work is None:
        return None
    if isinstance(event, FlowEvent):
        return work_after_flow(work, event, circumstance)
    told = _told(work, event)
    after = _changed(work, event)
    if told is None:
        return after
    return replace(after, story=(*after.story, Happening(at=circumstance.at, text=told)))


def _begun(work: Work | None, event: WorkBegun, circumstance: Circumstance) -> Work:
    # The branch is made with the process, which may not start: only an ended turn has left one to go on with.
    is_there = work is not None and work.commit is not None
    verb = "goes on with the branch" if is_there else "begins; its work goes to the branch"
    text = f"{event.agent} {verb} `{event.branch}`"
    if is_there and work is not None and work.flow is not None and work.flow.state is FlowState.WORKING:
        text = f"{event.agent} takes up {work.flow.phase}"
    line = Happening(at=circumstance.at, text=text)
    if work is None:
        return Work(issue=event.issue, agent=event.agent, branch=event.branch, base=event.base, story=(line,))
    return replace(
        work,
        agent=event.agent,
        branch=event.branch,
        base=event.base,
        makers=work.makers if work.branch == event.branch else (),
        session=None,
        idle=0,
        story=(*work.story, line),
    )


def _changed(work: Work, event: RunEvent) -> Work:
    match event:
        case RunStarted(run=run):
            back = work.phase is WorkPhase.BOUNCED
            return replace(
                work,
                turns=work.turns + 1,
                let_go=False,
                makers=with_turn(work, run),
                phase=WorkPhase.WORKING if back else work.phase,
                idle=0 if run.occasion not in {Occasion.GO_ON, Occasion.RETRY} else work.idle,
            )
        case RunEnded(outcome=outcome):
            idles = outcome is RunOutcome.OK and work.phase is WorkPhase.WORKING
            return replace(
                work,
                session=event.session or work.session,
                makers=with_end_of_turn(work, event),
                commit=event.commit or work.commit if work.phase is WorkPhase.WORKING else work.commit,
                idle=work.idle + 1 if idles else work.idle,
            )
        case WorkSubmitted(commit=commit, summary=summary):
            return replace(work, phase=WorkPhase.SUBMITTED, commit=commit, summary=summary, idle=0)
        case WorkBounced(number=number, findings=findings):
            return replace(work, phase=WorkPhase.BOUNCED, bounces=number, findings=findings)
        case WorkHeld(held=held):
            return replace(work, held=held, let_go=not held, idle=work.idle if held else 0)
        case BranchNoted(commit=str(commit)):
            return replace(work, commit=commit)
        case WorkMerged(commit=commit):
            return replace(work, phase=WorkPhase.MERGED, commit=commit)
        case _:
            return work


def _told(work: Work, event: RunEvent) -> str | None:
    """The line that a person would want to read of it, if any."""
    match event:
        case RunStarted(run=run) if not run.contained:
            return f"{run.agent}'s turn {_number(run.id)} runs uncontained: until it is over, what is ticked waits for `dispatchd confirm`"
        case RunEnded():
            return _told_of_end(work, event)
        case WorkSubmitted(commit=commit) if work.flow is not None and work.flow.state is FlowState.OVER:
            return f"every phase is done, at `{commit[:_SHOWN]}`"
        case WorkSubmitted(commit=commit, summary=summary, by=by):
            said = f": {_brief(summary)}" if summary else ""
            return f"{by or work.agent} submits `{commit[:_SHOWN]}`{said}"
        case WorkBounced(why=why, number=number, most=most):
            return f"came back ({times_of(number, most)}): {_brief(why)}"
        case WorkHeld(held=held):
            return "the work on it is held" if held else "the work on it goes on"
        case BranchNoted(told=told):
            return told
        case WorkMerged() if work.commit == work.base:
            return "what was wanted is said; nothing had to be merged"
        case WorkMerged(commit=commit, into=into):
            return f"merged into `{into}` as `{commit[:_SHOWN]}`"
        case _:
            return None


def _told_of_end(work: Work, event: RunEnded) -> str | None:
    """How a turn ended that did not end well, and where to find what it left outside of its branch."""
    turn = f"{event.agent}'s turn {_number(event.run)}"
    told = []
    if event.outcome is not RunOutcome.OK:
        why = f": {_brief(event.said)}" if event.said else ""
        told.append(f"{turn} ended, {in_words(event.outcome)}{why}")
    if event.rescued:
        kept = " and ".join(f"`{ref}`" for ref in event.rescued)
        told.append(f"what {turn} left outside of `{work.branch}` is kept in {kept}")
    if event.trouble:
        told.append(f"after {turn}, {one_line(event.trouble)}")
    return "; ".join(told) or None


def _number(run: RunId) -> str:
    return run.rpartition(".")[2]


def _brief(text: str) -> str:
    line = one_line(text.strip().partition("\n")[0])
    return line if len(line) <= _MOST_SAID else f"{line[: _MOST_SAID - 1]}…"
