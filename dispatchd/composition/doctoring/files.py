"""Whether files can be read and written by us, and by nobody who should not; and what lies in quarantine."""

import contextlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend, Room
from dispatchd.composition.doctoring.patient import Patient, counted, shown

if TYPE_CHECKING:
    from dispatchd.adapters.tree.obstacles import Obstacle

MOST: Final = 10
"""How many of many are named."""


def permissions_room(patient: Patient) -> Room:
    """Modes and owners in the tree, and of what is private."""
    from dispatchd.adapters.tree.obstacles import obstacles_below

    found = tuple(obstacles_below(patient.tree))
    ours = tuple(each for each in found if each.is_ours)
    others = tuple(each for each in found if not each.is_ours)
    findings = (
        *((_unreadable(patient, ours),) if ours else ()),
        *((_foreign(patient, others),) if others else ()),
        *_private(patient),
    )
    fact = (
        findings[0].what if findings else "every file is yours to read and write; what is private is private"
    )
    return Room(name="permissions", fact=fact, findings=findings)


def _named(patient: Patient, found: "tuple[Obstacle, ...]") -> tuple[str, ...]:
    lines = [f"{shown(each.path, patient.tree.parent)}: {each.why}" for each in found[:MOST]]
    return (*lines, *((f"and {len(found) - MOST} more",) if len(found) > MOST else ()))


def _unreadable(patient: Patient, found: "tuple[Obstacle, ...]") -> Finding:
    from dispatchd.adapters.tree.obstacles import grant

    def give() -> str:
        for each in found:
            grant(each.path)
        return f"Made {counted(len(found), 'file or folder', 'files and folders')} readable and writable for you."

    return Finding(
        code="files-unreadable",
        gravity=Gravity.BROKEN,
        what=f"{counted(len(found), 'file or folder', 'files and folders')} of the tree cannot be read or written.",
        why="Edits there are not seen, and answers to them cannot be written.",
        next_step=f"Run: chmod -R u+rwX {patient.tree}",
        details=_named(patient, found),
        mend=Mend(will="Adds your own right to read and write to each of them.", do=give, asks=True),
    )


def _foreign(patient: Patient, found: "tuple[Obstacle, ...]") -> Finding:
    return Finding(
        code="files-of-others",
        gravity=Gravity.RISK,
        what=f"{counted(len(found), 'file or folder', 'files and folders')} of the tree belong to another user.",
        why="That happens where dispatchd or an editor ran with sudo; your own processes may not be able to write there.",
        next_step=f"Run: sudo chown -R $(id -u):$(id -g) {patient.tree}",
        details=_named(patient, found),
    )


def _private(patient: Patient) -> Iterator[Finding]:
    if not patient.private.exists():
        return
    mode = stat.S_IMODE(patient.private.stat().st_mode)
    if mode & 0o077:
        yield Finding(
            code="private-open",
            gravity=Gravity.RISK,
            what=f"Other users can enter {patient.private} (mode {mode:04o}).",
            why="Its database holds every text and decision, and its socket speaks for you.",
            next_step=f"Run: chmod 700 {patient.private}",
            mend=Mend(will="Closes it to others (mode 0700).", do=lambda: _close(patient.private, 0o700)),
        )
    for name in ("control.sock", "commands.sock"):
        yield from _socket(patient.private / name)


def _socket(socket: Path) -> Iterator[Finding]:
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(socket.lstat().st_mode)
        if mode & 0o077:
            yield Finding(
                code="socket-open",
                gravity=Gravity.RISK,
                what=f"Other users can reach the daemon's {socket.name} (mode {mode:04o}).",
                why="The daemon refuses them by their user id; the mode should refuse them first.",
                next_step=f"Run: chmod 600 {socket}",
                mend=Mend(will="Closes it to others (mode 0600).", do=lambda: _close(socket, 0o600)),
            )


def _close(path: Path, mode: int) -> str:
    path.chmod(mode)
    return f"{path} has the mode {mode:04o}."


def quarantine_room(patient: Patient) -> Room:
    """What writes took out of the tree and nobody has dealt with, and databases that were put aside."""
    from dispatchd.adapters.sqlite.soundness import put_aside_before
    from dispatchd.adapters.tree.local_tree import open_tree

    tree = open_tree(patient.tree, patient.private)
    try:
        held = tuple(each for each in tree.held_in_quarantine() if not each.is_passing)
    finally:
        tree.close()
    folder = patient.private / "quarantine"
    findings = [_held(patient, each.path, folder / each.held_as, each.why) for each in held]
    aside = put_aside_before(patient.private / "state.db")
    if aside:
        findings.append(_put_aside(patient, aside))
    fact = f"{counted(len(held), 'file')} in quarantine" if held else "nothing was left over"
    return Room(name="recovered", fact=fact, findings=tuple(findings))


def _held(patient: Patient, path: str, file: Path, why: str) -> Finding:
    root = patient.tree.parent
    near = shown(file, root)
    is_to_come = "about to be taken in" in why
    look = f"diff {shown(patient.tree / path, root)} {near}" if path else f"less {near}"
    let_go = "It is taken in by: dispatchd sync --wait" if is_to_come else f"To let go of it: rm {near}"

    def take_in() -> str:
        from dispatchd.composition.acting import sync

        sync(patient.workspace, wait=True)
        return f"Took in the save of {path}."

    return Finding(
        code="quarantined",
        gravity=Gravity.RISK,
        what=f"A version of {path or 'no known file'} lies in quarantine: {why}.",
        why="It may be somebody's save, so it is kept until its writer lets go of it or you do.",
        next_step=f"To look at it: {look}. {let_go}",
        details=(near,),
        mend=Mend(will="Takes it in, as a save of that file.", do=take_in) if is_to_come else None,
    )


def _put_aside(patient: Patient, found: tuple[Path, ...]) -> Finding:
    names = tuple(shown(each, patient.tree.parent) for each in found)
    return Finding(
        code="databases-aside",
        gravity=Gravity.NOTE,
        what=f"{counted(len(found), 'database was', 'databases were')} put aside earlier, and nothing reads "
        f"{'it' if len(found) == 1 else 'them'} any more.",
        why="One was damaged, or came from before another clone decided here. They are kept in case something is missed.",
        next_step=f"When nothing is missed: rm {names[0]}*",
        details=names,
    )
