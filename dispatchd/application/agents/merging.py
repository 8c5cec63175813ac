"""The merge queue: one piece of submitted work after the other is joined, checked and put on the integration branch.

Nobody's checkout is touched: while the branch is checked out somewhere, merging waits. The branch moves only from the
head that was checked. What conflicts or fails goes back
to the agent that made it, with what it needs to mend it; after some times a person is asked.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress

from dispatchd.application.agents.checked_out import is_free, is_told
from dispatchd.application.agents.checking import run_checks
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import clone_of
from dispatchd.application.agents.outside import quoted
from dispatchd.application.agents.people_at_work import note_of, what_counts
from dispatchd.application.agents.permitting import (
    Leave,
    leave_for,
    protected_among,
    refusal,
    waits_for_leave,
)
from dispatchd.application.agents.stuck import ask_how_to_go_on, is_left_to_people
from dispatchd.application.agents.unmergeable import empty, unrelated
from dispatchd.application.ports.integration import IntegrationFailed, Joined
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed
from dispatchd.documents.config_values import Config
from dispatchd.documents.named_checks import why_none_is_merged
from dispatchd.documents.shown_text import legible, visible
from dispatchd.domain.agent_run import Work, WorkPhase, run_id
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import stuck_cause
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.run_command import BounceWork, NoteMerged

Turn = AbstractAsyncContextManager[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Next:
    issue: Issue
    work: Work


async def merge_next(turn: Turn, desk: Desk) -> bool:
    """Take the next piece of submitted work as far as it goes; whether there was one.

    *turn* is held while something is decided, and not while git or a check works.
    """
    settings = desk.ports.settings()
    into = settings.agents.into
    found, told = await desk.session.ports.store.transact(
        lambda work: (next_submitted(work), is_told(work, into))
    )
    try:
        if told and found is None:
            await is_free(turn, desk, into)
        if found is None or why_none_is_merged(settings):
            return False
        return await _take(turn, desk, settings, found)
    except (IntegrationFailed, CloneFailed) as failed:
        if found is None:
            return False  # it is asked again
        async with turn:
            await _ask_how(desk, found, f"what it submitted cannot be merged ({failed})")
        return False


async def _ask_how(desk: Desk, found: _Next, why: str) -> None:
    """Ask people, unless they have said meanwhile that it is to wait."""
    if await desk.session.ports.store.transact(lambda work: _is_still_wanted(work, found)):
        await ask_how_to_go_on(desk, found.issue.id, why)


async def _take(turn: Turn, desk: Desk, config: Config, found: _Next) -> bool:
    settings = config.agents
    commit = found.work.commit or ""
    there = await desk.session.run(lambda: _is_there_already(desk, settings.into, found.work, commit))
    if there is not None:
        await _note(turn, desk, found, there, settings.into)
        return True
    if not await is_free(turn, desk, settings.into):
        return False
    counts = await desk.session.run(lambda: what_counts(desk, found.work))
    if counts.commit is None:
        async with turn:
            await _ask_how(desk, found, counts.why)
        return False
    if counts.commit != commit:
        async with turn:
            with suppress(Rejected):  # it has changed meanwhile, and is looked at again
                await desk.act(note_of(found.work, counts))
        return True
    return await _merge(turn, desk, config, found, counts.stands)


async def _merge(turn: Turn, desk: Desk, config: Config, found: _Next, stands: str) -> bool:
    """Join and check what was submitted, whose branch *stands* there; land it, or send it back."""
    settings, commit = config.agents, found.work.commit or ""
    joined = await desk.session.run(lambda: _join(desk, settings.into, found, commit))
    if joined.unrelated:
        await _bounce(turn, desk, found, *unrelated(found.work, settings.into))
        return True
    if joined.commit is None:
        await _bounce_conflict(turn, desk, found, joined)
        return True
    if not joined.changed and await desk.session.run(lambda: _brings_nothing(desk, found.work, joined.onto)):
        refused = await desk.session.ports.store.transact(lambda work: refusal(work, found.work))
        await _bounce(turn, desk, found, *empty(found.work, settings.into, refused))
        return True
    if not await _may_change(turn, desk, found, protected_among(joined.changed, settings.protected)):
        return True
    red = await run_checks(desk, config, joined.commit, found.issue.id)
    if red is not None:
        await _bounce(turn, desk, found, red.why, red.findings)
        return True
    return await _land(turn, desk, found, joined, stands)


def next_submitted(work: UnitOfWork) -> _Next | None:
    """The work that waits longest among what is submitted, wanted and at rest."""
    if why_nothing_starts(work):
        return None
    for made in sorted(work.runs.works([WorkPhase.SUBMITTED]), key=lambda each: _turn_of(work, each)):
        issue = work.issue(made.issue)
        if issue is None or issue.removed or made.held or work.live_run(made.issue) is not None:
            continue
        if is_left_to_people(work, made.issue):
            continue
        wanted = issue.status in {IssueStatus.AWAITING_REVIEW, IssueStatus.IN_REVIEW}
        if wanted and not waits_for_leave(work, made):
            return _Next(issue=issue, work=made)
    return None


def _turn_of(work: UnitOfWork, made: Work) -> tuple[bool, str, str]:
    """When it is taken: what waits longest first; what could not be joined is tried again after all others."""
    failed = work.open_thread_about(stuck_cause(made.issue)) is not None
    return (failed, made.story[-1].at.isoformat() if made.story else "", made.issue)


def _is_there_already(desk: Desk, into: str, made: Work, commit: str) -> str | None:
    """The merge by which the branch has it: a daemon was killed between moving it and noting so.

    That the branch has the commit in its history proves nothing: another agent may have merged it and kept nothing of
    it, or it may be the work of others. Only a merge of ours counts, made for this issue and turn. What was to change
    nothing is there.
    """
    integration = desk.ports.integration
    head = integration.head(into, start=made.base)
    if commit == made.base and integration.is_ancestor(commit, head):
        return commit
    return integration.merge_of(commit, head, since=made.base, saying=_lineage(made))


def _join(desk: Desk, into: str, found: _Next, commit: str) -> Joined:
    made = found.work
    # Git takes no NUL, and whoever reads the log in a terminal is to be told nothing by other characters.
    said = f"Merge {found.issue.id}: {visible(found.issue.title)}\n\n{legible(made.summary)}".rstrip()
    desk.ports.integration.head(into, start=found.work.base)
    return desk.ports.integration.join(into, commit, f"{said}\n\n{_lineage(made)}")


def _brings_nothing(desk: Desk, made: Work, onto: str) -> bool:
    """Whether what changes nothing on the branch is no work of its own, or something of it is missing there after all."""
    integration, commit = desk.ports.integration, made.commit or ""
    return integration.is_ancestor(commit, onto) or bool(integration.missing(commit, onto, since=made.base))


def _lineage(made: Work) -> str:
    """The last paragraph of the merge's message: for which issue, agent and turn it was made."""
    said = {"Issue": made.issue, "Agent": made.agent, "Turn": run_id(made.issue, made.turns)}
    return "".join(f"Dispatch-{name}: {value}\n" for name, value in said.items())


async def _land(turn: Turn, desk: Desk, found: _Next, joined: Joined, stands: str) -> bool:
    """Move the branch, if the work is still wanted, nobody has stopped everything, and nobody has moved it or the branch of
    the work, which *stands*.
    """
    into = desk.ports.settings().agents.into
    still = await desk.session.ports.store.transact(
        lambda work: _is_still_wanted(work, found) and not why_nothing_starts(work)
    )
    target = joined.commit
    if not still or target is None:
        return True
    there = {found.work.branch: stands} if stands else {}
    moved = await desk.session.run(
        lambda: desk.ports.integration.move(into, to=target, expected=joined.onto, while_there=there)
    )
    if moved:
        await _note(turn, desk, found, target, into)
    return True


def _is_still_wanted(work: UnitOfWork, found: _Next) -> bool:
    again = _next_of(work, found.issue.id)
    return again is not None and again.commit == found.work.commit


def _next_of(work: UnitOfWork, issue_id: EntityId) -> Work | None:
    issue, made = work.issue(issue_id), work.work(issue_id)
    wanted = (
        issue is not None
        and not issue.removed
        and issue.status
        in {
            IssueStatus.AWAITING_REVIEW,
            IssueStatus.IN_REVIEW,
        }
    )
    return made if wanted and made is not None and not made.held else None


async def _note(turn: Turn, desk: Desk, found: _Next, merge: str, into: str) -> None:
    noted = NoteMerged(issue=found.issue.id, commit=found.work.commit or "", merge=merge, into=into)
    async with turn:
        try:
            await desk.act(noted)
        except Rejected as changed:
            await ask_how_to_go_on(desk, found.issue.id, f"it was merged while it changed ({changed})")


async def _bounce_conflict(turn: Turn, desk: Desk, found: _Next, joined: Joined) -> None:
    """Give it back with the branch it conflicts with at hand."""
    try:
        await desk.session.run(lambda: desk.ports.clones.bring_in(clone_of(desk, found.work), joined.onto))
        how = f"`git merge {joined.onto}` in your worktree shows both sides; mend them, commit, and submit again."
    except CloneFailed as failed:
        how = f"Your worktree could not be given the other side: {failed}"
    files = "\n".join(f"- `{path}`" for path in joined.conflicts)
    told = f"\n\n```\n{joined.told.strip()}\n```" if joined.told.strip() else ""
    findings = f"Your work conflicts with what was merged meanwhile, in:\n\n{files}\n\n{how}{told}"
    await _bounce(turn, desk, found, f"it conflicts in {', '.join(joined.conflicts)}", findings)


async def _may_change(turn: Turn, desk: Desk, found: _Next, guarded: Sequence[str]) -> bool:
    """Whether a person has allowed what the work changes of protected paths; nobody else can."""
    if not guarded:
        return True
    async with turn:
        leave, said = await leave_for(desk, found.issue, found.work, guarded)
    if leave is Leave.REFUSED:
        listed = "\n".join(f"- `{path}`" for path in guarded)
        why = f"\n\n{quoted(said)}" if said else ""
        findings = f"Take these changes back, a person does not want them:\n\n{listed}{why}"
        await _bounce(turn, desk, found, "it changes protected paths", findings)
    return leave is Leave.ALLOWED


async def _bounce(turn: Turn, desk: Desk, found: _Next, why: str, findings: str) -> None:
    """Send it back; once too often, and a person is asked instead."""
    most = desk.ports.settings().agents.bounces
    times = found.work.bounces + 1
    async with turn:
        await desk.act(BounceWork(issue=found.issue.id, why=why, findings=findings, most=most))
        if times >= most:
            told = (
                f"it came back {times} times, the last time because {why}"
                if times > 1
                else f"it came back, because {why}"
            )
            await ask_how_to_go_on(desk, found.issue.id, told)
