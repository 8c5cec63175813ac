"""The daemon: whether it runs, answers, is this version, and whether the lock is held by whom it says."""

from collections.abc import Iterator

from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend, Room
from dispatchd.composition.doctoring.patient import Patient


def daemon_room(patient: Patient) -> Room:
    """Who works in the workspace."""
    from dispatchd.adapters.system.lock_holders import holders_of
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock

    lock = patient.private / "lock"
    named = FlockWorkspaceLock(lock).holder()
    holders = holders_of(lock)
    if patient.daemon is None or (holders and patient.daemon.pid not in {*holders, 0}):
        if holders and (named is None or named.process.pid not in {*holders, 0}):
            return Room(name="daemon", fact="unknown", findings=(_nameless(patient, holders),))
        return Room(name="daemon", fact="none runs", findings=(_none(),) if patient.daemon is None else ())
    since = f"pid {patient.daemon.pid}, since {patient.daemon.since:%Y-%m-%d %H:%MZ}"
    if patient.said is None:
        return Room(name="daemon", fact=f"{since}; silent", findings=(_silent(patient, patient.daemon.pid),))
    findings = (*_halted(patient), *_other_version(patient))
    return Room(name="daemon", fact=f"{since}; answers", findings=findings)


def _none() -> Finding:
    return Finding(
        code="daemon-none",
        gravity=Gravity.NOTE,
        what="No daemon runs.",
        why="What is saved is taken in only when a command is run or the daemon starts.",
        next_step="Run: dispatchd up",
    )


def _nameless(patient: Patient, holders: tuple[int, ...]) -> Finding:
    from dispatchd.adapters.system.lock_holders import neighbour

    shown = [str(neighbour(pid) or f"pid {pid}, out of sight") if pid else "out of sight" for pid in holders]
    pid = next((each for each in holders if each), None)
    return Finding(
        code="lock-of-another",
        gravity=Gravity.BROKEN,
        what="Another process holds this workspace than the one whose name stands in its lock.",
        why="A daemon ended and left a process behind that inherited the lock, or one runs in a container. "
        "A name alone is not believed: pids are given out again.",
        next_step=f"See what it is: ps -fp {pid}. End it if it is left over: kill {pid}"
        if pid
        else f"Run: fuser {patient.private / 'lock'}",
        details=tuple(shown),
    )


def _silent(patient: Patient, pid: int) -> Finding:
    from dispatchd.adapters.system.lock_holders import neighbour
    from dispatchd.composition.running_daemon import how_to_go_on, stopped_by_signal

    beside = neighbour(pid)
    if beside is not None and beside.is_stopped:
        what, next_step = stopped_by_signal(pid), how_to_go_on(pid)
    else:
        what = f"The daemon (pid {pid}) holds the workspace and does not answer."
        next_step = f"See its log in {patient.private / 'logs'}. To end it: kill {pid}; then: dispatchd up"
    return Finding(
        code="daemon-silent",
        gravity=Gravity.BROKEN,
        what=what,
        why="While it holds the workspace nothing is taken in, and commands wait for it.",
        next_step=next_step,
    )


def _halted(patient: Patient) -> Iterator[Finding]:
    why = (patient.said or {}).get("halted")
    if why:
        yield Finding(
            code="daemon-halted",
            gravity=Gravity.BROKEN,
            what=f"The daemon waits: {why}",
            why="Nothing is read or written until that is put right; nothing is lost meanwhile.",
            next_step="Put right what it names; it goes on by itself.",
        )


def _other_version(patient: Patient) -> Iterator[Finding]:
    from dispatchd import __version__
    from dispatchd.composition.running import start_daemon, stop_daemon
    from dispatchd.composition.running_daemon import RESTART, other_version

    def restart() -> str:
        stop_daemon(patient.workspace)
        return f"Started the daemon again; its pid is {start_daemon(patient.workspace).pid}."

    running = str((patient.said or {}).get("version", ""))
    if running != __version__:
        yield Finding(
            code="daemon-of-another-version",
            gravity=Gravity.RISK,
            what=other_version(running),
            why="It goes by its own rules, and may not understand what is asked of it.",
            next_step=RESTART,
            mend=Mend(will="Stops it and starts this version.", do=restart, asks=True),
        )
