"""Checkpoints of epics that name a command: run in a cell, on a clean checkout, when the stage's issues are done.

What is run on is where new work would begin: the integration branch, with all that was merged. One that does not pass is
run again when that has moved on, when the command is another one, or when a person says so.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.doubting import run_agents_files
from dispatchd.application.command_handler import Door
from dispatchd.application.evidence_kept import is_taken
from dispatchd.application.intake import Plan
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed
from dispatchd.documents.evidence_page import checkpoint_path, evidence_text
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.check_command import FailCheck, PassCheck
from dispatchd.domain.command import Command, DeliverAnswer, ReviseFile
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic, FailedCheck, GateKind, Stage, StageState
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Evidence
from dispatchd.domain.gate_rules import checkpoint_cause
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.domain.verifying import judged
from dispatchd.domain.workflow import Expectation

_MOST_KEPT: Final = 2000
_SHOWN: Final = 8
Turn = AbstractAsyncContextManager[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Awaited:
    """A command that a checkpoint waits for; `told` is the thread in which a person has said to run it again."""

    epic: Epic
    stage: Stage
    command: str
    told: Thread | None = None


async def run_checkpoint(turn: Turn, desk: Desk) -> bool:
    """Run one command that a checkpoint waits for, if one is to be run now; whether there was one."""
    awaited = await desk.session.ports.store.transact(awaited_checks)
    if not awaited:
        return False
    agents = desk.ports.settings().agents
    try:
        head = await desk.session.run(lambda: desk.ports.clones.base_for(agents.into, agents.base))
    except CloneFailed:
        return False  # there is no commit yet on which anything could be run
    commands = desk.ports.settings().commands
    due = next((each for each in awaited if _is_due(each, head, commands.get(each.command, ""))), None)
    if due is None:
        return False
    evidence = await run_agents_files(desk, lambda: _run(desk, due, head))
    now = desk.session.ports.clock.now()
    async with turn:
        try:
            await desk.plan(lambda door: _plan(door, due, evidence, now))
        except Rejected:
            return False  # the epic has changed meanwhile
    return True


def awaited_checks(work: UnitOfWork) -> list[_Awaited]:
    """The commands that checkpoints wait for, whether or not they are to be run now."""
    if why_nothing_starts(work):
        return []
    found: list[_Awaited] = []
    for epic in work.entities(EntityKind.EPIC):
        if isinstance(epic, Epic) and not epic.removed:
            for stage in epic.stages:
                found += _of_stage(work, epic, stage)
    return found


def _of_stage(work: UnitOfWork, epic: Epic, stage: Stage) -> list[_Awaited]:
    gate = stage.plan.gate
    if stage.state is not StageState.AWAITING_GATE or gate is None or gate.kind is not GateKind.CHECKPOINT:
        return []
    named = [each.command for each in gate.criteria if each.command is not None]
    missing = [each for each in dict.fromkeys(named) if each not in stage.gate.passed_checks]
    told = _told_again(work, epic, stage) if stage.gate.failed_checks else None
    return [_Awaited(epic=epic, stage=stage, command=each, told=told) for each in missing]


def _told_again(work: UnitOfWork, epic: Epic, stage: Stage) -> Thread | None:
    cause = checkpoint_cause(epic.id, stage.name)
    threads = (each for each in work.entities(EntityKind.THREAD) if isinstance(each, Thread))
    about = (each for each in threads if each.cause == cause and not each.delivered)
    return next((each for each in about if each.status is ThreadStatus.ANSWERED), None)


def _is_due(awaited: _Awaited, head: str, line: str) -> bool:
    failed = _failed(awaited)
    if failed is None or awaited.told is not None:
        return True
    if not line and not failed.ran:
        return False  # there is no such command, and nothing that is merged makes one
    return (failed.commit, failed.ran) != (head, line)


def _failed(awaited: _Awaited) -> FailedCheck | None:
    known = awaited.stage.gate.failed_checks
    return next((each for each in known if each.command == awaited.command), None)


def _run(desk: Desk, awaited: _Awaited, head: str) -> Evidence:
    """What the command shows. Blocks while it runs."""
    line = desk.ports.settings().commands.get(awaited.command)
    if line is None:
        why = f'there is no command "{awaited.command}" below [commands] in config.toml'
        return Evidence(commit=head, command="", why=why)
    within = desk.ports.settings().agents.check_within.total_seconds()
    done = desk.ports.checks(head, f"{awaited.epic.id}-gate", line, within)
    shown = judged(Expectation.PASS, done.exit_code, None, None)
    return Evidence(
        commit=head,
        command=line,
        exit_code=done.exit_code,
        as_expected=shown.as_expected,
        why=shown.why,
        tail=done.tail[-_MOST_KEPT:],
    )


def _plan(door: Door, awaited: _Awaited, evidence: Evidence, now: datetime) -> Plan:
    """What follows, and the page that keeps why."""
    epic, stage = awaited.epic, awaited.stage
    commands: list[Command] = []
    if evidence.command:
        page = _free_page(door, awaited, evidence.commit)
        evidence = replace(evidence, page=page)
        text = evidence_text(epic.title, f"{stage.name}: {awaited.command}", 1, now, evidence)
        commands.append(ReviseFile(path=page, blob=door.work.blobs.put(text.encode())))
    if awaited.told is not None:
        commands.append(DeliverAnswer(thread=awaited.told.id))
    if evidence.as_expected:
        shown = f"{awaited.command} passes on {evidence.commit[:_SHOWN]} ({evidence.page})"
        passed = PassCheck(epic=epic.id, stage=stage.name, command=awaited.command, shown=shown)
        return Plan(commands=[*commands, passed], subject=epic.id)
    before = _failed(awaited)
    failed = FailedCheck(
        command=awaited.command,
        commit=evidence.commit,
        ran=evidence.command,
        why=evidence.why,
        page=evidence.page,
        attempt=before.attempt + 1 if before is not None else 1,
    )
    commands.append(FailCheck(epic=epic.id, stage=stage.name, check=failed))
    return Plan(commands=commands, subject=epic.id)


def _free_page(door: Door, awaited: _Awaited, commit: str) -> DocumentPath:
    """A page of its own for each time: what the time before showed is what people were told then."""
    epic, stage = awaited.epic.id, awaited.stage.name
    pages = (checkpoint_path(epic, stage, awaited.command, commit, number) for number in count(1))
    return next(page for page in pages if not is_taken(door.work, page))
