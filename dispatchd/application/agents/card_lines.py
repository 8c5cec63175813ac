"""A card whose engine runs a command that `[commands]` does not have is answered at that line, until there is one.

Nothing is refused: the line counts, no turn begins on it, and what waits begins by itself once the command is there.
"""

from collections.abc import Mapping
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.documents.named_checks import NO_COMMAND, no_command_of_card
from dispatchd.reconcile.fact_intents import key_anchor

_LINE: Final = key_anchor("engine")


async def answer_card_lines(desk: Desk) -> None:
    """Write the answers that are missing, and take back those that are over."""
    commands = desk.ports.settings().commands
    wanted = await desk.session.ports.store.transact(lambda work: _wanted(work, commands))
    if wanted:
        await desk.plan(lambda door: _answer(door, wanted, desk))


def _wanted(work: UnitOfWork, commands: Mapping[str, str]) -> dict[str, str]:
    """What should be said, by agent, where something else is said now; empty where nothing is to be said."""
    found: dict[str, str] = {}
    for agent in work.agents():
        slip = None if agent.removed else no_command_of_card(agent.engine, commands)
        what = f"{slip.what}. {slip.hint}" if slip is not None else ""
        said = next((each.what for each in work.problems.of(agent.name) if _is_ours(each)), "")
        if what != said:
            found[agent.name] = what
    return found


def _is_ours(problem: ProblemRecord) -> bool:
    """Whether it is an answer of this kind, and no refusal of the line."""
    return problem.anchor == _LINE and problem.what.startswith(NO_COMMAND)


def _answer(door: Door, wanted: dict[str, str], desk: Desk) -> Plan:
    at = desk.session.ports.clock.now()
    for name, what in wanted.items():
        record = door.work.documents.of(name)
        if record is None:
            continue
        left = [each for each in door.work.problems.of(name) if not _is_ours(each)]
        said = ProblemRecord(subject=name, path=record.path, anchor=_LINE, what=what, refusal=True, since=at)
        door.work.problems.replace(name, [*left, said] if what else left)
        door.touched.setdefault(name, by_daemon(at))
    return Plan(commands=[])
