"""The database: whether it is sound, whole, and able to do what it owes the tree; and whether its times can be true."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from dispatchd.composition.doctoring.files import MOST
from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend, Room
from dispatchd.composition.doctoring.patient import Patient, age, counted
from dispatchd.composition.looking import database_of

STUCK_AFTER: Final = 60.0
"""Seconds after which a write that is owed is more than a write on its way."""
FUTURE: Final = timedelta(minutes=2)
"""Clocks of two machines differ; by so much nobody is ahead of time."""


def database_room(patient: Patient) -> Room:
    """The file itself, then what stands in it."""
    from dispatchd.adapters.sqlite.soundness import damage_in, events_counted, lost_texts
    from dispatchd.application.ports.store_failures import DatabaseTooNew

    path = database_of(patient.workspace)
    if not path.exists():
        return Room(name="database", fact="not made yet", findings=(_missing(),))
    damage = damage_in(path, thoroughly=patient.daemon is None)
    if damage:
        findings: tuple[Finding, ...] = (_damaged(patient, path, damage),)
        return Room(name="database", fact="damaged", findings=findings)
    if patient.database is None:
        try:
            _open(path)
        except DatabaseTooNew as error:
            return Room(name="database", fact="of a later dispatchd", findings=(_too_new(str(error)),))
        return Room(name="database", fact="of an earlier dispatchd; the next command brings it up to date")
    lost = lost_texts(path)
    older = tuple(_older(patient))
    findings = (*older, *(_lost(patient, path, lost) if lost else ()))
    fact = f"{'older than the history' if older else 'sound'}; {counted(events_counted(path), 'event')}"
    return Room(name="database", fact=fact, findings=findings)


def _open(path: Path) -> None:
    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import DatabaseMissing

    try:
        open_read_only(path).close()
    except DatabaseMissing:
        return


def _missing() -> Finding:
    return Finding(
        code="database-missing",
        gravity=Gravity.NOTE,
        what="There is no database yet.",
        why="The next command makes it from the branch and the files, which takes a moment once.",
        next_step="Run: dispatchd sync --wait",
    )


def _too_new(said: str) -> Finding:
    return Finding(
        code="database-too-new",
        gravity=Gravity.BROKEN,
        what=said,
        why="This version does not know what a later one keeps there, and would lose it.",
        next_step="Update dispatchd, or go on with the version that wrote it.",
    )


def _older(patient: Patient) -> Iterator[Finding]:
    from dispatchd.composition.rolled_back import rolled_back

    found = rolled_back(patient.workspace) if patient.daemon is None else None
    if found is not None:
        yield Finding(
            code="database-outdated",
            gravity=Gravity.BROKEN,
            what=f"{found.fault[:1].upper()}{found.fault[1:]}.",
            why="A disk or a copy was rolled back. What looks shows the old state, and nothing acts on it: the files "
            "would be taken for edits that undo what was decided. Which of two ways leads out is yours to say.",
            next_step="Run: dispatchd rebuild (makes it anew from the history; nothing decided is lost), or: "
            "dispatchd backup restore (takes the newest backup, and what the history knows since).",
        )


def _damaged(patient: Patient, path: Path, damage: tuple[str, ...]) -> Finding:
    return Finding(
        code="database-damaged",
        gravity=Gravity.BROKEN,
        what=f"The database {path.name} is damaged.",
        why="Nothing is written while it is. Your files and their history are untouched: it is made again from them.",
        next_step="Run: dispatchd doctor --fix",
        details=damage,
        mend=Mend(
            will="Puts it aside under another name and makes it again from the branch and the files.",
            do=lambda: _made_again(patient, path),
            asks=True,
        ),
    )


def _lost(patient: Patient, path: Path, lost: tuple[str, ...]) -> Iterator[Finding]:
    yield Finding(
        code="texts-lost",
        gravity=Gravity.BROKEN,
        what=f"The database owes {counted(len(lost), 'file')} a text that it does not hold.",
        why="Such a write can never be made, and what it says about the file is not to be believed.",
        next_step="Run: dispatchd doctor --fix",
        details=lost[:MOST],
        mend=Mend(
            will="Puts it aside under another name and makes it again from the branch and the files.",
            do=lambda: _made_again(patient, path),
            asks=True,
        ),
    )


def _made_again(patient: Patient, path: Path) -> str:
    from dispatchd.adapters.sqlite.soundness import put_aside
    from dispatchd.composition.acting import sync

    with patient.without_daemon():
        aside = put_aside(path)
        sync(patient.workspace, wait=True)
    return f"Made the database again from the branch and the files; the old one is {aside}."


def writes_room(patient: Patient) -> Room:
    """What the database still owes the tree, and what keeps it from being done."""
    from dispatchd.adapters.sqlite.soundness import owed_writes, parked_files
    from dispatchd.adapters.tree.obstacles import why_unwritable

    if patient.database is None:
        return Room(name="writes", fact="nothing is known to be owed")
    owed = owed_writes(patient.database)
    stuck, late = [], []
    for each in owed:
        why = why_unwritable(patient.tree, each.wanted_path or each.path)
        since = (patient.now - each.since).total_seconds() if each.since else 0.0
        if why is not None:
            stuck.append(f"{each.path}: {why}")
        elif since > STUCK_AFTER:
            late.append(f"{each.path}: since {age(since)}, tried {counted(each.attempts, 'time')}")
    parked = parked_files(patient.database)
    findings = (*_stuck(stuck), *_late(patient, late), *_parked(parked))
    said = [f"{counted(len(owed), 'file')} still to be written"] if owed else []
    said += [f"{counted(len(parked), 'file')} that cannot be read"] if parked else []
    fact = ", ".join(said) or "nothing is owed to any file"
    return Room(name="writes", fact=fact, findings=tuple(findings))


def _stuck(stuck: list[str]) -> Iterator[Finding]:
    if stuck:
        yield Finding(
            code="writes-blocked",
            gravity=Gravity.BROKEN,
            what=f"{counted(len(stuck), 'file')} cannot be written as {'it' if len(stuck) == 1 else 'they'} should be.",
            why="Something else stands where the file belongs; dispatchd never removes what it did not make.",
            next_step="Move that away; the file is then written by itself.",
            details=tuple(stuck[:MOST]),
        )


def _parked(parked: Sequence[str]) -> Iterator[Finding]:
    if parked:
        yield Finding(
            code="files-unreadable",
            gravity=Gravity.RISK,
            what=f"{counted(len(parked), 'file')} cannot be read as {'it stands' if len(parked) == 1 else 'they stand'}.",
            why="Its last good state stays in force, and dispatchd writes nothing into it: what to keep is yours to say."
            if len(parked) == 1
            else "Their last good states stay in force, and dispatchd writes nothing into them: what to keep is yours to say.",
            next_step="Put it right by hand, as said here, and save; it is then taken in by itself.",
            details=tuple(parked[:MOST]),
        )


def _late(patient: Patient, late: list[str]) -> Iterator[Finding]:
    from dispatchd.composition.acting import sync

    def write_now() -> str:
        held = sync(patient.workspace, wait=True).get("held", ())
        return f"Written, except for {', '.join(map(str, held))}, which a hand is on." if held else "Written."

    if late:
        yield Finding(
            code="writes-late",
            gravity=Gravity.RISK,
            what=f"{counted(len(late), 'file')} should have been written by now.",
            why="An editor may hold the file, or no daemon has run since.",
            next_step="Run: dispatchd sync --wait",
            details=tuple(late[:MOST]),
            mend=Mend(will="Writes what can be written now.", do=write_now),
        )


def clock_room(patient: Patient) -> Room:
    """Whether the clock has been ahead of itself: events and files that are dated in the future."""
    from dispatchd.adapters.sqlite.soundness import events_after
    from dispatchd.adapters.tree.obstacles import dated_after

    limit = patient.now + FUTURE
    late = events_after(patient.database, limit) if patient.database else ()
    files = [each.name for each in dated_after(patient.tree, limit.timestamp())]
    findings = []
    if late:
        findings.append(
            Finding(
                code="clock-jumped",
                gravity=Gravity.RISK,
                what=f"{counted(len(late), 'event is', 'events are')} dated in the future, up to "
                f"{late[0].at:%Y-%m-%d %H:%M:%SZ}.",
                why="The clock was ahead when they happened, or is behind now. Their order is kept by number, not by time; "
                "deadlines and `log --since` go by the clock.",
                next_step=f"Compare with the right time: date -u says {patient.now:%Y-%m-%d %H:%M:%SZ}.",
                details=tuple(f"{each.at:%Y-%m-%d %H:%M:%SZ} {each.told}" for each in late[:MOST]),
            )
        )
    if files:
        findings.append(
            Finding(
                code="files-from-the-future",
                gravity=Gravity.NOTE,
                what=f"{counted(len(files), 'file says it was', 'files say they were')} changed in the future.",
                why="A clock was ahead, or an archive brought such times along. They are read each time, and nothing is lost.",
                next_step="To put it right: touch them.",
                details=tuple(files[:MOST]),
            )
        )
    fact = findings[0].what if findings else f"{patient.now:%Y-%m-%d %H:%M:%SZ}; nothing is dated after it"
    return Room(name="clock", fact=fact, findings=tuple(findings))
