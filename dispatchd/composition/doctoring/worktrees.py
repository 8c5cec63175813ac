"""Where agents' worktrees stand, what those of finished issues take, and folders that no repository holds any more."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient, counted


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
    standing, finished = _standing(patient)
    fact = f"{standing} in {folder}" if folder.is_dir() and standing else "none"
    return Room(name="worktrees", fact=fact, findings=(*_left_behind(ours), *_of_nobody(others), *finished))


def _standing(patient: Patient) -> tuple[str, Sequence[Finding]]:
    """How many there are, and what those of finished issues take; without a database nobody knows."""
    from dispatchd.composition.agent_looks import look_at_agents

    if patient.database is None:
        return "some", ()
    with look_at_agents(patient.workspace) as look:
        standing, finished = len(look.clones.all()), look.finished()
        if not finished:
            return str(standing or ""), ()
        taken = look.room_of(finished)
    return f"{standing}, {len(finished)} of finished issues,", (_finished(len(finished), taken),)


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


def _finished(number: int, taken: str) -> Finding:
    whose = "a finished issue stands" if number == 1 else "finished issues stand"
    return Finding(
        code="worktrees-finished",
        gravity=Gravity.NOTE,
        what=f"{counted(number, 'worktree')} of {whose} there still: {taken}.",
        why="They stay until somebody takes them away, so that what an agent left can be looked at.",
        next_step="Run: dispatchd worktree clean  (branches stay, and what was not committed is kept in refs)",
    )


def _shown(found: Sequence[tuple[Path, str]]) -> tuple[str, ...]:
    return tuple(f"{place} (of {stood})" for place, stood in found)
