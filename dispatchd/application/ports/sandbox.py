"""What stands around an agent's process, so that it can write in its clone, its home and its scratch folder alone."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one process may see and do. Everything else of the file system is read-only, the homes and /tmp empty."""

    writable: tuple[Path, ...]
    readable: tuple[Path, ...] = ()
    """What would otherwise be hidden with the home: toolchains, the repository, the tree."""
    hidden: tuple[Path, ...] = ()
    """Folders that are empty inside: the transcript, tokens, the control socket."""
    foreign: tuple[Path, ...] = ()
    """Folders of others that are hidden where they would be seen: what other workspaces keep."""
    placed: Mapping[Path, Path] = field(default_factory=dict)
    """Files or folders of ours (value) shown read-only at another place (key); those that are not there are left out."""
    home: Path
    folder: Path
    network: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """What the self-test found. `holds` only where every attempt to get out failed."""

    holds: bool
    why: str = ""
    """What got out, or why there is no sandbox, in a sentence that says what to do."""
    is_known: bool = True
    """Whether it could be tried: a disk that is full, say, tells nothing of cells."""


class Sandbox(Protocol):
    def wrap(self, argv: tuple[str, ...], environment: Mapping[str, str], cell: Cell) -> tuple[str, ...]:
        """The command that runs *argv* in the cell; whoever starts it starts it with *environment* and nothing else.

        What stands in *environment* is on no command line, where any user could read it.
        """
        ...

    def prove(self, repository: Path, tree: Path, private: Path, scratch: Path) -> Containment:
        """Try from inside to write the tree, the repository's refs, objects, hooks and config, to reach the control
        socket, the session bus and the forge's credentials, and to undo the cell by mounting or by the kernel's settings;
        once, and again after a ref was rewritten meanwhile.
        """
        ...
