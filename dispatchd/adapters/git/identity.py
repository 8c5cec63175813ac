"""Who sits at this machine: the git identity in force for a repository, or the login name at `local`.

Only what a person configured counts. Git's own guess from login and host name is not taken, since it differs from
machine to machine and nobody chose it.
"""

from pathlib import Path

from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.who_looks import WANTED, person_in
from dispatchd.application.ports.person_identity import PersonIdentity, PersonName
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.errors import WorkspaceError


class GitPersonIdentity:
    """Reads the identity from git's configuration, all its files and conditional includes regarded."""

    def user_identity(self, places: RepositoryPlaces) -> PersonName:
        """The identity for a workspace."""
        return identity_in(places.common_dir)


def identity_in(common_dir: Path) -> PersonName:
    """The identity for the repository of *common_dir*."""
    try:
        # Fed, though with nothing: `status` asks for this, and must start fast (see GitRunner.ask).
        answer = GitRunner(common_dir).feed("config", "-z", "--get-regexp", WANTED, stdin=b"", accept=(0, 1))
    except GitFailedError as error:
        raise WorkspaceError(str(error)) from error
    return person_in(answer.stdout.decode("utf-8", "replace"))


_port: type[PersonIdentity] = GitPersonIdentity
