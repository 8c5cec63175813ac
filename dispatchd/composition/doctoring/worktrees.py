"""Where agents' worktrees stand, and folders of worktrees that no repository holds any more."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient


def worktrees_room(patient: Patient) -> Room:
    """The folder of this repository's worktrees, and those that were left behind."""
    from dispatchd.adapters.git.clone_folders import began_here
    from dispatchd.composition.worktree_places import clones_folder, orphaned_folders

    folder = clones_folder(patient.workspace)
    found = [
        (place, stood, began_here(place, patient.common_dir))
        for place, stood in orphaned_folders(patient.workspace)
    ]
    ours = [(place, stood) for place, stood, is_ours in found if is_ours]
    others = [(place, stood) for place, stood, is_ours in found if not is_ours]
    fact = f"in {folder}" if folder.is_dir() else "none yet"
    return Room(name="worktrees", fact=fact, findings=(*_left_behind(ours), *_of_nobody(others)))


def _left_behind(found: Sequence[tuple[Path, str]]) -> Iterator[Finding]:
    if found:
        yield Finding(
            code="worktrees-left-behind",
            gravity=Gravity.RISK,
            what="Worktrees of work in this repository stand in a folder that it does not use.",
            why="The repository was moved or copied, and with what stands uncommitted there no agent goes on.",
            next_step="Look there, copy what you want to keep, and remove the folder.",
            details=_shown(found),
        )


def _of_nobody(found: Sequence[tuple[Path, str]]) -> Iterator[Finding]:
    if found:
        yield Finding(
            code="worktrees-of-nobody",
            gravity=Gravity.NOTE,
            what="Worktrees stand in folders whose repository is gone, or is another one by now.",
            why="Nothing cleans them, and files that agents changed and did not commit may stand there.",
            next_step="Put the repository back and start its daemon, or look there and remove the folder.",
            details=_shown(found),
        )


def _shown(found: Sequence[tuple[Path, str]]) -> tuple[str, ...]:
    return tuple(f"{place} (of {stood})" for place, stood in found)
