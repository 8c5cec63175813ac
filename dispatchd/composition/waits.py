"""Why nothing, or not everything, goes on just now: git at work in the tree, a full disk, or what the daemon itself met.

A look asks this, so it loads little and waits for nobody.
"""

import contextlib
from typing import TYPE_CHECKING, Final

from dispatchd.composition.looking import Workspace, daemon_of

if TYPE_CHECKING:
    from dispatchd.adapters.system.disk_room import Room

FULL_BELOW: Final = 128 * 1024
"""Bytes that the database and a commit of git's need at the least."""
MAKE_ROOM: Final = "make room, and everything goes on by itself"
NOTE: Final = "waits"
"""The file, of this machine alone, that says what the daemon waits for."""


def paused(workspace: Workspace) -> str | None:
    """Why not everything is taken in, written or committed until somebody does something; None where all goes on."""
    from dispatchd.adapters.git.open_operations import plainly_open

    full = full_disk(workspace)
    return (
        plainly_open(workspace.places.admin_dir)
        or (f"{full}. Nothing that was saved is lost; {MAKE_ROOM}" if full else None)
        or _daemon_waits(workspace)
    )


def full_disk(workspace: Workspace) -> str | None:
    """That the disk of the tree, or of what is kept beside it, is full."""
    from dispatchd.adapters.system.disk_room import room_left

    for folder in (workspace.private, workspace.tree):
        room = room_left(folder)
        if room is not None and _is_little(room):
            return f"the disk of {folder} is full ({_left(room)})"
    return None


def _is_little(room: "Room") -> bool:
    return room.bytes < FULL_BELOW or room.files == 0


def _left(room: "Room") -> str:
    return f"{room.bytes // 1024} KiB left" if room.bytes < FULL_BELOW else "it holds no more files"


def note_waits(workspace: Workspace, why: str) -> None:
    """Keep what the daemon waits for where a look finds it; an empty text where it waits for nothing.

    A file, because asking the daemon itself would cost a look more than all else it does. Where not even that can be
    written the disk is full, which a look sees by itself.
    """
    note = workspace.private / NOTE
    with contextlib.suppress(OSError):
        if why:
            note.write_text(why, encoding="utf-8")
        else:
            note.unlink(missing_ok=True)


def _daemon_waits(workspace: Workspace) -> str | None:
    """What has halted the daemon, or only its commits. What a daemon that is gone left behind is not asked."""
    try:
        why = (workspace.private / NOTE).read_text(encoding="utf-8")
    except OSError:
        return None
    return (why or None) if daemon_of(workspace) is not None else None
