"""The checks that a merge has to pass: commands of the workspace's own, run in a scratch clone inside a cell.

Code that an agent wrote runs nowhere else.
"""

from dataclasses import dataclass

from dispatchd.application.agents.desk import Desk
from dispatchd.application.ports.integration import CheckResult
from dispatchd.domain.identifiers import EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """A check that failed, as a clause and, for the agent, as Markdown."""

    why: str
    findings: str


async def run_checks(desk: Desk, commit: str, issue: EntityId) -> Red | None:
    """Run every check on *commit*, one after the other; the first that fails, or None."""
    settings = desk.ports.settings()
    for name in settings.agents.checks:
        command = settings.commands.get(name)
        if command is None:
            return Red(why=f'the check "{name}" is no command', findings=_unknown(name))
        within = settings.agents.check_within.total_seconds()
        result = await desk.session.run(
            lambda: desk.ports.checks(commit, f"{issue}-{name}", command, within)  # noqa: B023 -- awaited here
        )
        if result.exit_code != 0:
            return _red(name, result, within)
    return None


def _unknown(name: str) -> str:
    return f'`[agents] checks` names "{name}", and `[commands]` in config.toml has no such command. Ask a person.'


def _red(name: str, result: CheckResult, within: float) -> Red:
    how = f"took longer than {within:.0f} s" if result.exit_code is None else f"failed ({result.exit_code})"
    findings = f"`{result.command}` {how} on your work merged with the integration branch.\n\n```\n{result.tail.strip()}\n```"
    return Red(why=f"{name} {how}", findings=findings)
