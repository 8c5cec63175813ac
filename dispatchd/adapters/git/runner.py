"""Starts git, always in the same way: nothing of the caller's environment, hooks, signing or housekeeping leaks in.

Commands go through the processes adapter. GitPython, which says of itself that it is not made for processes that run
long, is 4 MB and a tenth of a daemon's start: only what is done once goes through it (`thin_runner`). What an answer
means is left to the callers.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.environment import without_git
from dispatchd.adapters.processes.orphans import owners_mark
from dispatchd.adapters.processes.runner import ProgramMissingError, ProgramTimedOutError, run
from dispatchd.domain.dataclass import dataclass

LIMIT_SECONDS: Final = 300.0
"""For what may have to read or write a whole tree."""
SHORT_LIMIT: Final = 30.0
"""For what looks something up, or writes down a name: it takes a few milliseconds."""
REST: Final = 10.0
"""Seconds in which nothing at all moves in a git that works on this machine alone: then it waits for what never comes."""
_SHORT: Final = frozenset({"version", "config", "rev-parse", "symbolic-ref", "update-ref", "commit-tree"})
_SETTINGS: Final = (
    "core.hooksPath=/dev/null",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    # A monitor would start a process of its own in the tree; replaced, grafted or re-coded history is not the log.
    "core.fsmonitor=false",
    "core.sparseCheckout=false",
    # A repository within another has settings of its own, of whoever made it.
    "submodule.recurse=false",
    "i18n.logOutputEncoding=UTF-8",
    "advice.detachedHead=false",
)
VARIABLES: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LANGUAGE": "C",
    "LC_ALL": "C",
}


_QUOTED: Final = 600
"""Characters of either end of what git says: it names whole paths, of whatever length, and all of it goes into files."""


def bounded(said: str) -> str:
    """*said*, without its middle where it is long."""
    if len(said) <= 2 * _QUOTED:
        return said
    left_out = len(said) - 2 * _QUOTED
    return f"{said[:_QUOTED]} … ({left_out:,} characters left out) … {said[-_QUOTED:]}"


class GitFailedError(Exception):
    """Git ended in a way its caller did not expect."""

    def __init__(self, verb: str, place: Path, answer: "GitAnswer") -> None:
        said = bounded(answer.stderr.strip()) or "it gave no reason"
        super().__init__(f"git {verb} failed in {place} (exit {answer.exit_code}): {said}")
        self.stderr = answer.stderr


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAnswer:
    """What git printed, and how it ended."""

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def line(self) -> str:
        """The first line printed."""
        return os.fsdecode(self.stdout.split(b"\n", 1)[0])


class GitRunner:
    """Git in one repository, seen from one of its worktrees or from none."""

    def __init__(self, git_dir: Path, work_tree: Path | None = None, folder: Path | None = None) -> None:
        """*folder* is where commands that are fed run: a remote's address may be relative to it."""
        self._git_dir = git_dir
        self._folder = folder or git_dir
        self._work_tree = work_tree

    def ask(self, verb: str, *arguments: str | Path, accept: Collection[int] = (0,)) -> GitAnswer:
        """Run one git command with nothing on standard input; raises GitFailedError unless it ends as accepted."""
        return self.feed(verb, *arguments, stdin=b"", accept=accept)

    def feed(
        self,
        verb: str,
        *arguments: str | Path,
        stdin: bytes,
        variables: Mapping[str, str] | None = None,
        settings: Sequence[str] = (),
        accept: Collection[int] = (0,),
        limit: float | None = None,
        rest: float | None = None,
    ) -> GitAnswer:
        """Run one git command on *stdin*; raises GitFailedError unless it ends as accepted, within *limit* seconds.

        *rest* is how many seconds nothing may move in it: `REST`, where nothing else is said.
        """
        env = without_git() | owners_mark() | VARIABLES | dict(variables or {})
        command = self._command(verb, arguments, settings)
        within = _limit_of(verb) if limit is None else limit
        longest = REST if rest is None else rest
        try:
            ended = run(command, env=env, cwd=self._cwd(), stdin=stdin, timeout=within, rest=longest)
        except ProgramMissingError as error:
            raise missing(verb, self._git_dir) from error
        except ProgramTimedOutError as error:
            slow = GitAnswer(exit_code=-9, stdout=b"", stderr=str(error))
            raise GitFailedError(verb, self._git_dir, slow) from error
        answer = GitAnswer(
            exit_code=ended.exit_code, stdout=ended.stdout, stderr=ended.stderr.decode(errors="replace")
        )
        return self._accepted(verb, answer, accept)

    def _command(
        self, verb: str, arguments: tuple[str | Path, ...], settings: Sequence[str] = ()
    ) -> list[str]:
        command = ["git", f"--git-dir={self._git_dir}"]
        if self._work_tree is not None:
            command.append(f"--work-tree={self._work_tree}")
        for setting in (*_SETTINGS, *settings):
            command += ["-c", setting]
        return [*command, verb, *map(str, arguments)]

    def _cwd(self) -> Path | None:
        # Where the directory is gone, git shall be the one to say so.
        return self._folder if self._folder.is_dir() else None

    def _accepted(self, verb: str, answer: GitAnswer, accept: Collection[int]) -> GitAnswer:
        if answer.exit_code not in accept:
            raise GitFailedError(verb, self._git_dir, answer)
        return answer


def _limit_of(verb: str) -> float:
    return SHORT_LIMIT if verb in _SHORT else LIMIT_SECONDS


def missing(verb: str, place: Path) -> GitFailedError:
    absent = GitAnswer(exit_code=127, stdout=b"", stderr="git is not installed, or not on PATH")
    return GitFailedError(verb, place, absent)
