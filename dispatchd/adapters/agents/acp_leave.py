"""What an agent of the protocol may do inside a cell without asking: its own files, its own branch, and our tools.

Each agent words its requests in its own way; what is not known for certain is asked.
"""

import re
import shlex
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from dispatchd.adapters.agents.acp_words import SERVER
from dispatchd.adapters.agents.reading_json import Json, objects, text

_OWN_WORK: Final = frozenset({"read", "edit", "delete", "move", "search", "think"})
"""Kinds of tools that stay in the agent's own clone as long as the places they name do."""
_GIT: Final = frozenset({"status", "diff", "log", "show", "add", "commit", "merge"})
_SEVERAL: Final = re.compile(r"[;&|<>`$()\n]")
"""What makes a shell do more than the one command, or write elsewhere."""


def needs_no_leave(call: Json, known: Mapping[str, str], folder: str) -> bool:
    """Whether the call, of which *known* is told besides, is answered yes at once. *folder*: the agent's clone."""
    command = known.get("command", "")
    if command:
        return is_own_git(command)
    if text(call, "kind") == "execute":
        return False
    return _is_ours(call, known) or _is_own_work(call, known, folder)


def is_own_git(command: str) -> bool:
    """Whether *command* is one of git's that stay in the clone, and nothing else."""
    if _SEVERAL.search(command):
        return False
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    return len(words) > 1 and words[0] == "git" and words[1] in _GIT


def _is_ours(call: Json, known: Mapping[str, str]) -> bool:
    """A tool of our server's; the run's socket says what its agent may."""
    title = text(call, "title")
    return (
        known.get("server") == SERVER
        or title.endswith(f"({SERVER} MCP Server)")
        or title.startswith(f"{SERVER}_")
    )


def _is_own_work(call: Json, known: Mapping[str, str], folder: str) -> bool:
    if text(call, "kind") not in _OWN_WORK:
        return False
    places = [text(each, "path") for each in objects(call, "locations")] or [known.get("path", "")]
    return bool(folder) and all(_is_below(each, folder) for each in places)


def _is_below(path: str, folder: str) -> bool:
    inner = PurePosixPath(folder, path)
    return bool(path) and ".." not in inner.parts and inner.is_relative_to(folder)
