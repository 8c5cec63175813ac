"""Running a check of the merge queue: a command of the workspace's own, on a scratch clone of one commit, in a cell."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from dispatchd.composition.looking import Workspace
from dispatchd.composition.other_workspaces import kept_by_others
from dispatchd.documents.junit_report import LONGEST

if TYPE_CHECKING:
    from dispatchd.adapters.git.integration import GitIntegration
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.application.ports.integration import CheckResult

_TAIL: Final = 4000
Environment = Callable[[Sequence[str]], Mapping[str, str]]


class Checks:
    """*sandbox* is None where cells do not hold: then what is checked was written outside of one as well."""

    def __init__(
        self,
        workspace: Workspace,
        integration: "GitIntegration",
        sandbox: "Bubblewrap | None",
        environment: Environment,
        readable: tuple[Path, ...],
    ) -> None:
        self._workspace = workspace
        self._integration = integration
        self._sandbox = sandbox
        self._environment = environment
        self._readable = readable

    def __call__(
        self, commit: str, name: str, command: str, within: float, report: str = ""
    ) -> "CheckResult":
        """Run *command* on *commit*, *within* so many seconds; *name* tells its folder from others.

        What it leaves in the file *report* comes along.
        """
        from dispatchd.adapters.processes.owned_check import run_owned
        from dispatchd.adapters.processes.runner import ProgramTimedOutError
        from dispatchd.application.ports.integration import CheckResult

        path = self._integration.check_out(commit, name)
        home = path.with_name(f"{path.name}.home")
        home.mkdir(mode=0o700, exist_ok=True)
        variables = {**self._environment(()), "HOME": str(home), "TMPDIR": str(home)}
        argv = self._contained(("/bin/sh", "-c", command), variables, path, home)
        began = time.monotonic()
        code: int | None = None
        left: bytes | None = None
        try:
            runs = self._workspace.private / "runs"
            ended = run_owned(argv, runs=runs, env=variables, cwd=path, timeout=within, most=4 * _TAIL)
            code, said = ended.exit_code, ended.stdout
            left = _left_in(path, report) if report else None
        except ProgramTimedOutError as slow:
            said = slow.said + f"\n{slow}".encode()
        finally:
            self._integration.drop_checkout(path)
            self._integration.drop_checkout(home)
        tail = said.decode("utf-8", errors="replace")[-_TAIL:]
        return CheckResult(
            command=command, exit_code=code, tail=tail, seconds=time.monotonic() - began, report=left
        )

    def _contained(
        self, argv: tuple[str, ...], variables: Mapping[str, str], path: Path, home: Path
    ) -> tuple[str, ...]:
        from dispatchd.application.ports.sandbox import Cell

        if self._sandbox is None:
            return argv
        cell = Cell(
            writable=(path, home),
            readable=(self._workspace.places.common_dir, *self._readable),
            hidden=(self._workspace.private,),
            foreign=kept_by_others(self._workspace),
            home=home,
            folder=path,
        )
        return self._sandbox.wrap(argv, variables, cell)


def end_what_is_left(workspace: Workspace) -> None:
    """End what checks of a daemon before this one have left running, as far as its environment tells of it."""
    from dispatchd.adapters.processes.owned_check import end_marked

    end_marked(f"{workspace.private / 'runs'}/")


def _left_in(folder: Path, report: str) -> bytes | None:
    """The file *report* below *folder*, unless it leads out of it or is none: what ran there has written it."""
    from dispatchd.adapters.processes.confined_files import read_confined

    return read_confined(folder, PurePath(report), LONGEST)
