"""The checks that a merge, and if wished a submission, has to pass: commands of the workspace's own, run in a scratch clone inside a cell.

Code that an agent wrote runs nowhere else; where no cell holds, it runs as what it is, an agent's.
"""

from collections.abc import Sequence

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.doubting import run_agents_files
from dispatchd.application.ports.integration import CheckResult
from dispatchd.documents.config_values import Config
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """A check that failed, as a clause and, for the agent, as Markdown."""

    why: str
    findings: str


async def run_checks(desk: Desk, settings: Config, commit: str, issue: EntityId) -> Red | None:
    """Run every check of merges on *commit*, one after the other; the first that fails, or None.

    *settings* are those by which `why_none_is_merged` names none that is missing.
    """
    names = settings.agents.checks
    return await _run(desk, settings, commit, issue, names, "on your work merged with the integration branch")


async def run_submit_checks(desk: Desk, settings: Config, commit: str, issue: EntityId) -> Red | None:
    """Run what a submission has to pass on *commit*, the head of its branch; the first that fails, or None.

    *settings* are those by which `why_none_could_submit` names none that is missing.
    """
    names = settings.agents.submit_checks
    return await _run(desk, settings, commit, f"{issue}-submitted", names, "on the head of your branch")


async def _run(
    desk: Desk, settings: Config, commit: str, called: str, names: Sequence[str], where: str
) -> Red | None:
    for name in names:
        command = settings.commands[name]
        within = settings.agents.check_within.total_seconds()
        result = await run_agents_files(
            desk,
            lambda: desk.ports.checks(commit, f"{called}-{name}", command, within),  # noqa: B023 -- awaited here
        )
        if result.exit_code != 0:
            return _red(name, result, within, where)
    return None


def _red(name: str, result: CheckResult, within: float, where: str) -> Red:
    how = f"took longer than {within:.0f} s" if result.exit_code is None else f"failed ({result.exit_code})"
    findings = f"`{result.command}` {how} {where}.\n\n```\n{result.tail.strip()}\n```"
    return Red(why=f"{name} {how}", findings=findings)
