"""Starting the process of a turn that has been written down: its clone, its prompt, its cell, its order.

Every step may find that it was taken already, by a daemon that was killed right after it.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Final

from dispatchd.application.agents.answering import answering_system
from dispatchd.application.agents.circuit import not_installed, note_missing
from dispatchd.application.agents.context import system_for
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import why_unwanted
from dispatchd.application.agents.engine_choice import command_named, engine_named
from dispatchd.application.agents.voting.briefing import voting_system
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.agent_engine import AgentEngine, LaunchPlan, TurnSpec
from dispatchd.application.ports.run_room import Life, RunOrder
from dispatchd.application.ports.sandbox import Cell
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from dispatchd.documents.agent_document import parse_agent
from dispatchd.domain.agent import Agent, words_of
from dispatchd.domain.agent_run import NOTHING_SPENT, AgentRun, RunId, RunOutcome, Spent, Work
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError
from dispatchd.domain.run_command import EndRun, StopRun

MOST_PROCESSES: Final = 512
MOST_FILES: Final = 4096
MOST_FILE_BYTES: Final = 4 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brief:
    work: Work
    prompt: str
    system: str
    spent: Spent = NOTHING_SPENT
    """What the conversation has used so far."""
    agent: Agent | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    """On which line of its card each key stands."""

    def card(self, run: AgentRun, key: str) -> str:
        """Where its card says *key*, as `path:line`."""
        path = f"agents/{run.agent}/agent.md"
        return f"{path}:{self.lines[key]}" if key in self.lines else path


class _CannotStartError(DispatchdError):
    """The turn cannot begin; the message says why, and what a person can do."""


class _ProgramMissingError(_CannotStartError):
    """What the engine runs is not there, for this turn and every other on it."""

    def __init__(self, program: str) -> None:
        super().__init__(not_installed(program))
        self.program = program


async def launch(desk: Desk, run: AgentRun) -> None:
    """Start the process of *run*, if that was not done. What cannot be started has ended."""
    brief = await desk.session.ports.store.transact(lambda work: _brief(desk, work, run))
    changes = desk.session.ports.store.changes
    try:
        memory = await desk.beside(lambda: _prepare(desk, run, brief))
        is_news = bool(memory) or desk.session.ports.store.changes != changes
        if is_news and not await desk.session.ports.store.transact(
            lambda work: _remember(work, run.id, memory or "")
        ):
            await desk.act(StopRun(issue=run.issue, run=run.id, outcome=RunOutcome.CANCELLED))
            return
        if memory is not None:
            await desk.session.run(lambda: desk.ports.room.begin(run.id))
    except (CloneFailed, _CannotStartError, OSError) as failed:
        if isinstance(failed, _ProgramMissingError):
            program = failed.program
            await desk.session.ports.store.transact(lambda work: note_missing(work, run, program))
        await desk.act(EndRun(run=run.id, outcome=RunOutcome.FAILED_TO_START, said=str(failed)))
        return
    desk.heard[run.id] = desk.now()


def _brief(desk: Desk, work: UnitOfWork, run: AgentRun) -> _Brief:
    made = work.work(run.issue) if run.works else _nothing(run)
    digest = work.runs.progress(run.id).prompt
    if made is None or digest is None:
        # A rebuilt database knows of the turn, and not what it was to be told: that was of the machine that began it.
        return _Brief(work=made or _nothing(run), prompt="", system="")
    agent = work.agent(run.agent)
    prompt = work.blobs.get(digest).decode()
    assets = desk.ports.assets
    if run.is_for_answer:
        system = answering_system(work, assets, agent, run.agent)
    elif run.is_for_vote:
        system = voting_system(work, assets, agent, run.agent)
    else:
        system = system_for(work, assets, agent, made)
    lines = _lines_of_card(work, run.agent)
    return _Brief(
        work=made, prompt=prompt, system=system, spent=_spent_before(work, run), agent=agent, lines=lines
    )


def _lines_of_card(work: UnitOfWork, agent: str) -> Mapping[str, int]:
    record = work.documents.of(agent)
    if record is None or record.current is None:
        return {}
    front = parse_agent(work.blobs.get(record.current).decode("utf-8", errors="replace")).front
    return {key: entry.first + 1 for key, entry in front.entries.items()}


def _spent_before(work: UnitOfWork, run: AgentRun) -> Spent:
    """What the earlier turns of the same conversation have used: some engines count all of them together."""
    earlier = (
        each for each in work.runs.of_issue(run.issue) if each.id != run.id and each.session == run.session
    )
    return sum((each.spent for each in earlier), NOTHING_SPENT) if run.session else NOTHING_SPENT


def _remember(work: UnitOfWork, run_id: RunId, memory: str) -> bool:
    """Keep what decoding begins with, before there is a line to decode; whether the turn is still to begin."""
    progress = work.runs.progress(run_id)
    if memory and progress.offset == 0:
        work.runs.save_progress(replace(progress, decoder=memory))
    run = work.runs.get(run_id)
    return run is not None and run.stopping is None and not why_unwanted(work, run)


def _nothing(run: AgentRun) -> Work:
    return Work(issue=run.issue, agent=run.agent, branch="", base=run.base or "")


def _prepare(desk: Desk, run: AgentRun, brief: _Brief) -> str | None:
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


def _folder_of(desk: Desk, run: AgentRun, brief: _Brief) -> WorkClone:
    """Where the agent works: the issue's clone; for an answer or a vote an empty folder that goes with the run."""
    if not run.works:
        room = desk.ports.room.folders(run.id).work / "room"
        return WorkClone(issue=run.issue, branch="", base="", path=room)
    return desk.ports.clones.make(run.issue, brief.work.branch, brief.work.base)


def _no_engine(run: AgentRun) -> str:
    return f'there is no engine "{run.engine}"' if run.engine else "the engine that it names is not known"


def _check_card(run: AgentRun, engine: AgentEngine, brief: _Brief) -> None:
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
    desk: Desk, run: AgentRun, engine: AgentEngine, clone: WorkClone, brief: _Brief
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


def _turn(desk: Desk, run: AgentRun, engine: AgentEngine, clone: WorkClone, brief: _Brief) -> TurnSpec:
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
        placed=credentials,
        home=home,
        folder=clone.path,
    )
