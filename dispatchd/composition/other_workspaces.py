"""Where this user's other workspaces keep what is theirs: a cell hides it, as far as it is known.

Each daemon that begins leaves a link to its own private folder in the user's state folder; nobody has to take it away.
"""

import contextlib
import logging
from pathlib import Path
from typing import Final

from dispatchd.composition.looking import Workspace

LOG = logging.getLogger(__name__)
_LINKS: Final = "workspaces"


def state_folder() -> Path:
    """Where programs keep what is this user's on this machine, ours in a folder of its own."""
    from dispatchd.adapters.processes.environment import inherited

    state = inherited().get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "dispatchd"


def name_in_state(workspace: Workspace) -> str:
    """What tells the repository of *workspace* from every other of this machine."""
    import hashlib

    return hashlib.sha256(str(workspace.places.common_dir.resolve()).encode()).hexdigest()[:12]


def make_known(workspace: Workspace) -> None:
    """Have the cells of this user's other workspaces hide what *workspace* keeps, in turns that begin from now on."""
    link = state_folder() / _LINKS / name_in_state(workspace)
    private = workspace.private.resolve()
    try:
        if link.is_symlink() and link.readlink() == private:
            return
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(private)
    except OSError as error:
        LOG.warning(
            "other workspaces do not know of this one: %s", error, extra={"action": "workspace_not_known"}
        )


def kept_by_others(workspace: Workspace) -> tuple[Path, ...]:
    """The private folders of this user's other workspaces, as far as they are known; some may be gone."""
    own = workspace.private.resolve()
    found: list[Path] = []
    with contextlib.suppress(OSError):
        for link in sorted((state_folder() / _LINKS).iterdir()):
            with contextlib.suppress(OSError):
                found.append(link.readlink())
    return tuple(each for each in found if each != own and each.is_absolute() and each.name == own.name)
