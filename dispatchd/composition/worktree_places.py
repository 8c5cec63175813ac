"""Where agents' worktrees stand: in a folder that belongs to one repository, wherever that is moved."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace, config_of
from dispatchd.composition.other_workspaces import name_in_state, state_folder

if TYPE_CHECKING:
    from dispatchd.adapters.git.clone_folders import CloneFolders

LOG = logging.getLogger(__name__)


def clones_folder(workspace: Workspace) -> Path:
    """Where agents' worktrees stand: as set, or in the user's state folder, apart for each repository."""
    return _folders(workspace, config_of(workspace).agents.clones).find()


def held_clones_folder(workspace: Workspace) -> Callable[[], Path]:
    """The same, asked again and again by whoever makes worktrees there: no other repository gets that folder."""
    from dispatchd.adapters.git.runner import GitFailedError

    held: dict[str | None, Path] = {}

    def folder() -> Path:
        written = config_of(workspace).agents.clones
        if written in held:
            return held[written]
        folders = _folders(workspace, written)
        try:
            held[written] = folders.hold(state_folder() / "lock")
        except (GitFailedError, OSError) as error:
            action = {"action": "worktrees_not_held"}
            LOG.warning("the folder of the worktrees does not say whose it is: %s", error, extra=action)
            return folders.find()
        return held[written]

    return folder


def orphaned_folders(workspace: Workspace) -> tuple[tuple[Path, str], ...]:
    """Folders of worktrees, all of this user's, that belong to no repository any more, each with where that stood."""
    from dispatchd.adapters.git.clone_folders import orphaned

    written = config_of(workspace).agents.clones
    places = (state_folder(), *((Path(written).expanduser(),) if written else ()))
    return tuple(each for place in places for each in orphaned(place))


def _folders(workspace: Workspace, written: str | None) -> "CloneFolders":
    from dispatchd.adapters.git.clone_folders import CloneFolders

    name = f"{workspace.root.name}-{name_in_state(workspace)}"
    common_dir = workspace.places.common_dir
    if not written:
        return CloneFolders(common_dir, state_folder(), name)
    base = Path(written).expanduser()
    return CloneFolders(common_dir, base, name, setting=str(base), itself=True)
