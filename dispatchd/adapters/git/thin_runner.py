"""Git through GitPython as a thin runner, for what is done once and by a process that ends then: making a workspace.

It keeps nothing open between calls. Neither its index nor its model of objects is used.
"""

from collections.abc import Collection
from pathlib import Path

import git

from dispatchd.adapters.git.runner import LIMIT_SECONDS, VARIABLES, GitAnswer, GitRunner, missing
from dispatchd.adapters.processes.environment import inherited, without_git


class ThinRunner(GitRunner):
    """What is fed to git goes as with any runner, since GitPython cannot feed bytes."""

    def ask(self, verb: str, *arguments: str | Path, accept: Collection[int] = (0,)) -> GitAnswer:
        try:
            exit_code, stdout, stderr = git.Git(self._git_dir).execute(
                [*_without_git_variables(), *self._command(verb, arguments)],
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                env=VARIABLES,
                shell=False,
                kill_after_timeout=LIMIT_SECONDS,
                start_new_session=True,
            )
        except git.GitCommandNotFound as error:
            raise missing(verb, self._git_dir) from error
        return self._accepted(verb, GitAnswer(exit_code=exit_code, stdout=stdout, stderr=stderr), accept)


def _without_git_variables() -> list[str]:
    # GitPython always passes our own environment on, so what it must not carry is taken out by env(1).
    names = sorted(inherited().keys() - without_git().keys() - VARIABLES.keys())
    return ["env", *(part for name in names for part in ("-u", name))] if names else []
