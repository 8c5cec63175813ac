"""Who sits at this machine: the git identity in force for a repository, or the login name at `local`.

Only what a person configured counts. Git's own guess from login and host name is not taken, since it differs from
machine to machine and nobody chose it.
"""

import os
import pwd
from pathlib import Path

from dispatchd.adapters.git.runner import GitFailedError, GitRunner
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
        answer = GitRunner(common_dir).feed(
            "config", "-z", "--get-regexp", r"^(user|author)\.(name|email)$", stdin=b"", accept=(0, 1)
        )
    except GitFailedError as error:
        raise WorkspaceError(str(error)) from error
    settings: dict[str, str] = {}
    for entry in answer.stdout.decode("utf-8", "replace").split("\0"):
        key, _, value = entry.partition("\n")
        if value.strip():
            settings[key.lower()] = value.strip()
    email = settings.get("author.email") or settings.get("user.email")
    login = _login_name()
    name = settings.get("author.name") or settings.get("user.name") or login
    return PersonName(name=name, email=email or f"{login}@local", is_configured=email is not None)


def _login_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user{os.getuid()}"  # containers run as numbers that have no name


_port: type[PersonIdentity] = GitPersonIdentity
