"""Starting the process of a turn that has been written down: its clone, its prompt, its cell, its order.

Every step may find that it was taken already, by a daemon that was killed right after it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from dispatchd.application.agents.circuit import not_installed, note_missing
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import why_unwanted
from dispatchd.application.agents.engine_choice import command_named, engine_named
from dispatchd.application.agents.run_brief import RunBrief, brief_for
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.agent_engine import AgentEngine, LaunchPlan, TurnSpec
from dispatchd.application.ports.run_room import Life, RunOrder
from dispatchd.application.ports.sandbox import Cell
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from dispatchd.domain.agent import words_of
from dispatchd.domain.agent_run import AgentRun, RunId, RunOutcome
from dispatchd.domain.errors import DispatchdError
from dispatchd.domain.run_command import EndRun, StopRun

T = TypeVar("T")
MOST_PROCESSES: Final = 512
MOST_FILES: Final = 4096
MOST_FILE_BYTES: Final = 4 << 30


class _CannotStartError(DispatchdError):
    """The turn cannot begin; the message says why, and what a person can do."""


class _ProgramMissingError(_CannotStartError):
    """What the engine runs is not there, for this turn and every other on it."""

    def __init__(self, program: str) -> None:
        super().__init__(not_installed(program))
        self.program = program


_FAILURES: Final = (CloneFailed, _CannotStartError, OSError)
_Failure = CloneFailed | _CannotStartError | OSError


async def launch(desk: Desk, runs: Sequence[AgentRun]) -> None:
    """Start the processes of *runs*, where that was not done. What cannot be started has ended."""
    if not runs:
        return
    store = desk.session.ports.store
    briefs = await store.transact(lambda work: [brief_for(desk.ports.assets, work, run) for run in runs])
    changes = store.changes
    prepared = await desk.beside(
        [partial(_or_why, partial(_prepare, desk, *each)) for each in zip(runs, briefs, strict=True)]
    )
    failed = {
        run.id: found for run, found in zip(runs, prepared, strict=True) if isinstance(found, _FAILURES)
    }
    memories = {
        run.id: found for run, found in zip(runs, prepared, strict=True) if not isinstance(found, _FAILURES)
    }
    wanted = set(memories)
    if any(memories.values()) or store.changes != changes:
        wanted = await store.transact(
            lambda work: {each for each in memories if _remember(work, each, memories[each])}
        )
    begins = [each for each in wanted if memories[each] is not None]
    begun = await desk.session.run(lambda: [_or_why(partial(desk.ports.room.begin, each)) for each in begins])
    failed |= {each: found for each, found in zip(begins, begun, strict=True) if found is not None}
    desk.heard |= dict.fromkeys(wanted - set(failed), desk.now())
    await _let_go(desk, runs, failed, unwanted=set(memories) - wanted)


def _or_why(do: Callable[[], T]) -> T | _Failure:
    try:
        return do()
    except _FAILURES as failed:
        return failed


async def _let_go(
    desk: Desk, runs: Sequence[AgentRun], failed: Mapping[RunId, _Failure], unwanted: Collection[RunId]
) -> None:
    """Note what is not to begin after all, and what cannot."""
    stops = [
        StopRun(issue=run.issue, run=run.id, outcome=RunOutcome.CANCELLED)
        for run in runs
        if run.id in unwanted
    ]

    def end(run: AgentRun, door: Door) -> Plan:
        why = failed[run.id]
        if isinstance(why, _ProgramMissingError):
            note_missing(door.work, run, why.program)
        return Plan(commands=[EndRun(run=run.id, outcome=RunOutcome.FAILED_TO_START, said=str(why))])

    for stop in stops:
        await desk.act(stop)
    for run in runs:
        if run.id in failed:
            await desk.plan(partial(end, run))


def _remember(work: UnitOfWork, run_id: RunId, memory: str | None) -> bool:
    """Keep what decoding begins with, before there is a line to decode; whether the turn is still to begin."""
    progress = work.runs.progress(run_id)
    if memory and progress.offset == 0:
        work.runs.save_progress(replace(progress, decoder=memory))
    run = work.runs.get(run_id)
    return run is not None and run.stopping is None and not why_unwanted(work, run)


def _prepare(desk: Desk, run: AgentRun, brief: RunBrief) -> str | None:
    """Lay everything out, and give back what decoding begins with; None where it was begun before."""
    if desk.ports.room.look(run.id).life not in {Life.ABSENT, Life.PREPARED}:
        return None
    if not brief.prompt:
        raise _CannotStartError("what the agent was to be told is not known here any more")
    engine = engine_named(desk.ports.engines, run.engine)
    if engine is None:
        known = ", ".join(desk.ports.engines)
        raise _CannotStartError(f"{brief.card(run, 'engine')}: {_no_engine(run)}; write one of {known}")
    _check_card(run, engine, brief)
    missing = desk.ports.missing(engine.programs)
    if missing is not None:
        raise _ProgramMissingError(missing)
    clone = _folder_of(desk, run, brief)
    order, memory = _order(desk, run, engine, clone, brief)
    desk.ports.room.prepare(run.id, order)
    return memory


def _folder_of(desk: Desk, run: AgentRun, brief: RunBrief) -> WorkClone:
    """Where the agent works: the issue's clone; for an answer or a vote an empty folder that goes with the run."""
    if not run.works:
        room = desk.ports.room.folders(run.id).work / "room"
        return WorkClone(issue=run.issue, branch="", base="", path=room)
    return desk.ports.clones.make(run.issue, brief.work.branch, brief.work.base)


def _no_engine(run: AgentRun) -> str:
    return f'there is no engine "{run.engine}"' if run.engine else "the engine that it names is not known"


def _check_card(run: AgentRun, engine: AgentEngine, brief: RunBrief) -> None:
    """Refuse what the card says and its engine has no ear for: left out in silence, it would be taken for obeyed."""
    card = brief.agent
    if card is not None and card.model and not engine.abilities.models:
        raise _CannotStartError(
            f"{brief.card(run, 'model')}: {run.engine} cannot be told which model to use; take the line out"
        )
    if card is not None and card.arguments and not engine.abilities.arguments:
        raise _CannotStartError(
            f"{brief.card(run, 'arguments')}: {run.engine} takes no more arguments; take the line out"
        )


def _command(desk: Desk, run: AgentRun, engine: AgentEngine) -> str:
    if not engine.abilities.commanded:
        return ""
    name = command_named(run.engine)
    command = desk.ports.settings().commands.get(name)
    if command is None:
        raise _CannotStartError(
            f'there is no command "{name}" below [commands] in config.toml; write it there, or mend engine: in '
            f"agents/{run.agent}/agent.md"
        )
    return command


def _order(
    desk: Desk, run: AgentRun, engine: AgentEngine, clone: WorkClone, brief: RunBrief
) -> tuple[RunOrder, str]:
    home = desk.places.homes / run.agent
    scratch = desk.ports.room.folders(run.id).work
    turn = _turn(desk, run, engine, clone, brief)
    plan = _checked(engine.plan(turn), home, scratch)
    environment = {
        **desk.ports.environment(plan.passes),
        **_signs_as(run.agent),
        "HOME": str(home),
        "TMPDIR": str(scratch / "tmp"),
        **turn.tools_environment,
        **plan.environment,
    }
    argv = plan.argv
    if run.contained:
        cell = _cell(desk, plan, clone, home, scratch)
        needs = (*cell.readable, *desk.ports.installed(engine.programs))
        argv = desk.ports.sandbox.wrap(argv, environment, replace(cell, readable=needs))
    order = RunOrder(
        argv=argv,
        environment=environment,
        folder=clone.path,
        lays=plan.files,
        makes=(home, scratch / "tmp", *(() if run.works else (clone.path,))),
        first_lines=plan.first_lines,
        keeps_reading=plan.keeps_reading,
        most_processes=MOST_PROCESSES,
        most_files=MOST_FILES,
        most_file_bytes=MOST_FILE_BYTES,
    )
    return order, plan.memory


def _turn(desk: Desk, run: AgentRun, engine: AgentEngine, clone: WorkClone, brief: RunBrief) -> TurnSpec:
    scratch = desk.ports.room.folders(run.id).work
    return TurnSpec(
        run=run.id,
        agent=run.agent,
        issue=run.issue,
        prompt=brief.prompt,
        system=brief.system,
        folder=clone.path,
        home=desk.places.homes / run.agent,
        scratch=scratch,
        session=run.session,
        fresh_session=desk.ports.random_uuid(run.id),
        tools_command=desk.ports.tools(run.id),
        tools_environment={
            "DISPATCHD_RUN": run.id,
            "DISPATCHD_TOKEN": desk.ports.token(run.id),
            "DISPATCHD_TALK": str(scratch / "talk.sock"),
        },
        contained=run.contained,
        model=(brief.agent.model or "") if brief.agent else "",
        arguments=words_of(brief.agent.arguments or "") if brief.agent else (),
        command=_command(desk, run, engine),
        spent_before=brief.spent,
    )


def _signs_as(agent: str) -> dict[str, str]:
    """Whose the commits are that the agent makes."""
    who = agent_actor(agent)
    return {
        f"GIT_{whose}_{what}": value
        for whose in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", who.name), ("EMAIL", who.email))
    }


def _checked(plan: LaunchPlan, home: Path, scratch: Path) -> LaunchPlan:
    """*plan*, if the files that it wants laid are in the agent's own folders."""
    for path in plan.files:
        if ".." in path.parts or not (path.is_relative_to(home) or path.is_relative_to(scratch)):
            raise _CannotStartError(f"the engine wants to write {path}, which is none of the agent's folders")
    return plan


def _cell(desk: Desk, plan: LaunchPlan, clone: WorkClone, home: Path, scratch: Path) -> Cell:
    places = desk.places
    credentials = {home / name: places.user_home / name for name in plan.credentials}
    return Cell(
        writable=(clone.path, home, scratch),
        readable=(places.repository, places.tree, *places.readable),
        hidden=(places.private,),
        foreign=places.foreign(),
        placed=credentials,
        home=home,
        folder=clone.path,
    )
