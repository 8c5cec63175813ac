"""Looking at what was handed in: are the tests what they were, does the check do what it should, what follows.

The phase ends by what is found here. While a command runs nothing is held; what was found is taken only if the phase is
still the one it was found for, by the workflow that is in force by then: a gate that a person writes meanwhile is asked.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.doubting import run_agents_files
from dispatchd.application.agents.flows.standing import Standing, standing, standings
from dispatchd.application.agents.flows.verifying import verify
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.evidence_page import evidence_path, evidence_text
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.command import ReviseFile
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Evidence, FlowState
from dispatchd.domain.flow_command import EndPhase, FlowCommand, PassCheckOfPhase
from dispatchd.domain.flow_evidence import lacks_check
from dispatchd.domain.workflow import Way

Turn = AbstractAsyncContextManager[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """`tests`: what the files of tests are at the commit that was handed in."""

    how: str
    tests: str = ""
    evidence: Evidence | None = None


async def look_at_what_was_handed_in(turn: Turn, desk: Desk) -> bool:
    """Take one phase that was handed in to its end, or to its gate; whether there was one."""
    at = await desk.session.ports.store.transact(lambda work: next_handed_in(work, desk))
    if at is None:
        return False
    found = await run_agents_files(desk, lambda: _look(desk, at))
    now = desk.session.ports.clock.now()
    async with turn:
        try:
            await desk.plan(lambda door: _plan(door, desk, at, found, now))
        except Rejected:
            return False  # its issue was moved, or its workflow changed, meanwhile
    return True


def next_handed_in(work: UnitOfWork, desk: Desk) -> Standing | None:
    """The phase that waits longest to be looked at."""
    if why_nothing_starts(work):
        return None
    found = (
        each
        for each in standings(work, desk.ports.assets, FlowState.HANDED_IN, FlowState.GATE)
        if each.flow.state is FlowState.HANDED_IN or lacks_check(each.flow, each.phase)
    )
    return min(found, key=lambda each: (each.work.story[-1].at, each.issue.id), default=None)


def _look(desk: Desk, at: Standing) -> _Found:
    if at.flow.verdict:
        return _Found(how=at.flow.verdict)
    tests = ""
    if at.workflow.tests and at.flow.commit:
        tests = desk.ports.commits.fingerprint(at.flow.commit, at.workflow.tests)
    since = at.flow.last(at.phase.since) if at.phase.since is not None else None
    if since is not None and since.tests and since.tests != tests:
        return _Found(how=Way.CHANGED, tests=tests)
    if at.phase.check is None:
        return _Found(how=Way.NEXT, tests=tests)
    evidence = verify(desk, at)
    return _Found(how=Way.NEXT if evidence.as_expected else Way.OTHERWISE, tests=tests, evidence=evidence)


def _plan(door: Door, desk: Desk, looked: Standing, found: _Found, now: datetime) -> Plan:
    """What follows by the workflow as it is now, and the page that keeps why.

    Where it was looked for something else than what is to be shown now, nothing follows, and it is looked again.
    """
    issue = door.work.issue(looked.issue.id)
    at = standing(door.work, desk.ports.assets, issue) if issue is not None else None
    if not isinstance(at, Standing) or not _still_shows(desk, looked, at, found):
        return Plan(commands=[], subject=looked.issue.id)
    evidence = found.evidence
    if evidence is None:
        return Plan(commands=[_follows(at, found)], subject=at.issue.id)
    path = evidence_path(at.issue.id, at.flow.phase, at.flow.ordinal)
    kept = replace(found, evidence=replace(evidence, page=path))
    text = evidence_text(at.issue.title, at.flow.phase, at.flow.round, now, evidence)
    write = ReviseFile(path=path, blob=door.work.blobs.put(text.encode()))
    return Plan(commands=[_follows(at, kept), write], subject=at.issue.id)


def _still_shows(desk: Desk, looked: Standing, at: Standing, found: _Found) -> bool:
    """Whether what was found is still what is to be known: of the same commit, by the same command, compared alike."""
    if (at.flow.now, at.flow.turns, at.flow.commit) != (
        looked.flow.now,
        looked.flow.turns,
        looked.flow.commit,
    ):
        return False
    if _looks_for(at) != _looks_for(looked):
        return False
    command = desk.ports.settings().commands.get(at.phase.check or "")
    return found.evidence is None or command is None or found.evidence.command == command


def _looks_for(at: Standing) -> tuple[object, ...]:
    phase = at.phase
    return (at.workflow.tests, phase.check, phase.expect, phase.report, phase.since, phase.verdicts)


def _follows(at: Standing, found: _Found) -> FlowCommand:
    if found.how == Way.NEXT and at.phase.gate:
        return PassCheckOfPhase(
            issue=at.issue.id,
            phase=at.flow.phase,
            round=at.flow.round,
            evidence=found.evidence,
            tests=found.tests,
        )
    return EndPhase(
        issue=at.issue.id,
        workflow=at.workflow,
        phase=at.flow.phase,
        round=at.flow.round,
        how=found.how,
        evidence=found.evidence,
        tests=found.tests,
    )
