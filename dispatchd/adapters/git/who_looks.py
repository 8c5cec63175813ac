"""Who sits at this machine, for a look: asked of git directly, with nothing loaded for it, and never an error."""

import os
import pwd
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.environment import without_git
from dispatchd.adapters.processes.quick_answer import quick_answer
from dispatchd.application.ports.person_identity import PersonName

WANTED: Final = r"^(user|author)\.(name|email)$"


def person_in(answer: str) -> PersonName:
    """The identity in what `git config -z --get-regexp` said about `WANTED`; the login name at `local` in nothing."""
    settings: dict[str, str] = {}
    for entry in answer.split("\0"):
        key, _, value = entry.partition("\n")
        if value.strip():
            settings[key.lower()] = value.strip()
    email = settings.get("author.email") or settings.get("user.email")
    login = _login_name()
    name = settings.get("author.name") or settings.get("user.name") or login
    return PersonName(name=name, email=email or f"{login}@local", is_configured=email is not None)


def person_who_looks(common_dir: Path) -> PersonName:
    """The identity for the repository of *common_dir*."""
    words = ("git", f"--git-dir={common_dir}", "config", "-z", "--get-regexp", WANTED)
    return person_in((quick_answer(words, without_git()) or b"").decode("utf-8", "replace"))


def _login_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user{os.getuid()}"  # containers run as numbers that have no name
