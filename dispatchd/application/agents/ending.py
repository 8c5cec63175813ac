"""The end of a turn: its branch is fetched, what it left uncommitted is saved to a ref, and how it ended is noted.

In this order: what the agent made is safe before anything says that the turn is over.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from dispatchd.application.agents.answering import why_not_asked
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.keepable import keepable
from dispatchd.application.agents.listening import Ear, hear_out
from dispatchd.application.agents.money import RESERVED, dollars
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.run_room import Life, RunExit, RunSight
from dispatchd.application.ports.run_store import RunProgress, Verdict
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed, CloneState, WorkClone
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, RunOutcome, Spent, Work
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.run_command import EndRun

_MOST_TOLD: Final = 300
_MOVED: Final = "the repository was moved while it ran"
NOT_BEGUN: Final = frozenset({Life.ABSENT, Life.PREPARED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A turn whose process is gone. `untaken` says why what it made was not handed in, where it was to be."""

    run: AgentRun
    engine: AgentEngine | None
    sight: RunSight
    untaken: str = ""


async def finish(desk: Desk, gone: Sequence[Gone]) -> None:
    """Note the ends of turns. What their processes printed is read to the end first."""
    if not gone:
        return
    known = await desk.session.ports.store.transact(
        lambda work: {
            each.run.id: (work.runs.progress(each.run.id), work.work(each.run.issue)) for each in gone
        }
    )
    progress = {run: before for run, (before, _) in known.items()}
    ears = [
        Ear(run=each.run, engine=each.engine, progress=progress[each.run.id])
        for each in gone
        if each.engine is not None
    ]
    for ear, heard in zip(ears, await hear_out(desk, ears), strict=True):
        progress[ear.run.id] = heard
    saved = await desk.beside([partial(_save, desk, each, known[each.run.id][1]) for each in gone])
    words = [
        keepable(_words(each, progress[each.run.id], kept)) for each, kept in zip(gone, saved, strict=True)
    ]
    desk.may_be_limited |= any(each.outcome is RunOutcome.RATE_LIMITED for each in words)
    ends = [partial(_end, each.run, end) for each, end in zip(gone, words, strict=True)]
    for done in await desk.plan_each(ends):
        if isinstance(done, Rejected):
            raise done
    await desk.session.run(lambda: _put_away(desk, gone))
    for each in gone:
        desk.heard.pop(each.run.id, None)
        desk.stopping.pop(each.run.id, None)
        desk.opened.pop(each.run.id, None)


def _put_away(desk: Desk, gone: Sequence[Gone]) -> None:
    for each in gone:
        desk.ports.room.discard(each.run.id)


def _words(gone: Gone, progress: RunProgress, saved: "_Saved") -> EndRun:
    verdict = verdict_on(gone.run, gone.engine, gone.sight, progress)
    spent, untold = counted(gone.engine, progress, verdict)
    return EndRun(
        run=gone.run.id,
        outcome=verdict.outcome,
        said=verdict.said,
        spent=spent,
        session=progress.session or gone.run.session,
        commit=saved.head,
        resets_at=verdict.resets_at,
        rescued=saved.refs,
        trouble="; ".join(filter(None, (*saved.troubles, gone.untaken, untold))),
    )


def _end(run: AgentRun, end: EndRun, door: Door) -> Plan:
    """Note the end, and forget what only a live turn needs."""
    door.work.runs.forget_progress(run.id)
    return Plan(commands=[replace(end, said=why_unwanted(door.work, run) or end.said)])


async def put_away_what_ended(desk: Desk) -> None:
    """Put away turns whose end was noted by a daemon that was killed before it had put them away.

    And end what runs of a turn that is known and was not begun, as far as its folder tells: somebody has taken that away.
    """
    await desk.session.run(desk.ports.room.forget_orders)
    live = await desk.session.ports.store.transact(lambda work: work.runs.live())
    await desk.session.run(lambda: _end_unknown(desk, live))
    for standing in await desk.session.run(desk.ports.room.standing):
        run = await desk.session.ports.store.transact(lambda each: each.runs.get(standing))  # noqa: B023
        # One that the database does not know may hold what is nowhere else.
        if run is not None and not run.is_live:
            await desk.session.ports.store.transact(lambda each: each.runs.forget_progress(standing))  # noqa: B023
            await desk.session.run(lambda: desk.ports.room.discard(standing))  # noqa: B023 -- awaited here


def _end_unknown(desk: Desk, live: Sequence[AgentRun]) -> None:
    for run in live:
        if desk.ports.room.look(run.id).life in {Life.ABSENT, Life.PREPARED}:
            desk.ports.room.stop(run.id, force=True)


def counted(engine: AgentEngine | None, progress: RunProgress, verdict: Verdict) -> tuple[Spent, str]:
    """What the turn counts as having spent, and what is to be said of that.

    Where an engine that tells what its turns cost did not, because it was broken off say, what was held for the turn
    stays: nothing would let it go beyond every cap.
    """
    spent = progress.spent
    was_at_work = bool(progress.session) and verdict.outcome is not RunOutcome.FAILED_TO_START
    if engine is None or not engine.abilities.cost or spent.micros is not None or not was_at_work:
        return spent, ""
    untold = f"it did not say what it has cost, and counts as {dollars(RESERVED)}"
    return replace(spent, micros=RESERVED), untold


def verdict_on(run: AgentRun, engine: AgentEngine | None, sight: RunSight, progress: RunProgress) -> Verdict:
    """How the turn ended: as the agent's engine said, else by what became of its process."""
    if progress.verdict is not None:
        return progress.verdict
    if run.stopping is not None and sight.life in NOT_BEGUN:
        return Verdict(outcome=run.stopping, said="it was stopped before it had begun")
    if sight.life is Life.ABSENT:
        return Verdict(
            outcome=RunOutcome.LOST, said="its folder was taken away, and with it what it had said"
        )
    verdict = _verdict_by_process(run, engine, sight, progress)
    is_broken_off = run.stopping is None and verdict.outcome is not RunOutcome.OK
    if sight.moved and is_broken_off and sight.life not in NOT_BEGUN:
        return Verdict(outcome=RunOutcome.INTERRUPTED, said=_MOVED)
    return verdict


def _verdict_by_process(
    run: AgentRun, engine: AgentEngine | None, sight: RunSight, progress: RunProgress
) -> Verdict:
    if sight.life is not Life.EXITED or sight.exit is None:
        return Verdict(outcome=RunOutcome.LOST, said="its process is gone, and left no word of its end")
    if sight.exit.error:
        return Verdict(outcome=RunOutcome.FAILED_TO_START, said=sight.exit.error)
    concluded = engine.conclude(sight.exit.code, progress.decoder) if engine is not None else None
    if concluded is not None:
        return Verdict(outcome=concluded.outcome, said=concluded.said or progress.said)
    if run.stopping is not None:
        return Verdict(outcome=run.stopping, said=progress.said)
    return Verdict(outcome=RunOutcome.CRASHED, said=_how(sight.exit, sight.stderr_tail))


def _how(ended: RunExit, stderr: str) -> str:
    by = f"was ended by signal {ended.signal}" if ended.signal else f"ended with exit code {ended.code}"
    last = [line.strip() for line in stderr.splitlines() if line.strip()][-1:]
    words = f"it {by} in the middle of its turn"
    return f"{words}: {last[0][:_MOST_TOLD]}" if last else words


def why_unwanted(work: UnitOfWork, run: AgentRun) -> str:
    """Why nobody wants this turn any more: what it is about was deleted, or is over, or its agent was deleted; else empty."""
    agent = work.agent(run.agent)
    if run.is_for_answer:
        gone = why_not_asked(work, run)
        return gone or _why_no_card(run, agent)
    about = work.proposal(run.issue) if run.is_for_vote else work.issue(run.issue)
    if about is None or about.removed:
        return f"{run.issue} was deleted"
    if isinstance(about, Proposal) and about.status is not ProposalStatus.OPEN and not _has_voted(about, run):
        return f"the vote on {about.id} was over"
    return _why_no_card(run, agent)


def _why_no_card(run: AgentRun, agent: Agent | None) -> str:
    return f"the card of {run.agent} was deleted" if agent is None or agent.removed else ""


def _has_voted(proposal: Proposal, run: AgentRun) -> bool:
    since = run.started
    return any(
        vote.voter == run.seat and vote.signature.by.handle == run.agent and vote.signature.at >= since
        for vote in proposal.votes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    """The head of the branch, fetched; refs that keep what was not on it; and what could not be saved."""

    head: str | None = None
    refs: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def _save(desk: Desk, gone: Gone, work: Work | None) -> _Saved:
    """Fetch the branch; what is not on it, uncommitted or on another branch, goes to refs of this run."""
    if work is None or not work.branch:
        return _Saved()
    clone = clone_of(desk, work)
    refs: list[str] = []
    troubles: list[str] = []
    try:
        seen = desk.ports.clones.look(clone)
    except CloneFailed as failed:
        # Nobody looks twice: a git that hung would hang again, and others wait for that.
        seen, troubles = CloneState(exists=True), [str(failed)]
    for keep in (desk.ports.clones.rescue, desk.ports.clones.rescue_stray):
        try:
            kept = keep(clone, gone.run.id, seen)
        except CloneFailed as failed:
            troubles.append(str(failed))
        else:
            refs += [kept] if kept is not None else []
    head = None
    try:
        head = desk.ports.clones.fetch_back(clone)
        told = desk.ports.clones.told_of(clone, head) if head is not None else ()
        # A ref stays; that it is there is told once.
        troubles += [each for each in told if not any(each in line.text for line in work.story)]
    except CloneFailed as failed:
        troubles.append(str(failed))
    had_begun = gone.sight.life not in NOT_BEGUN  # or it may have no worktree yet
    if had_begun and not seen.exists:
        troubles.append(
            f"its worktree is gone or no repository any more, and the next turn makes it anew ({clone.path})"
        )
    return _Saved(head=head, refs=tuple(refs), troubles=tuple(dict.fromkeys(troubles)))


def clone_of(desk: Desk, work: Work) -> WorkClone:
    """The clone of the work."""
    return WorkClone(
        issue=work.issue, branch=work.branch, base=work.base, path=desk.ports.clones.place_of(work.issue)
    )
