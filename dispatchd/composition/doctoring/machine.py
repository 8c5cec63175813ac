"""What the machine gives: the file system under the tree, and watches to hear of changes by."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient, counted
from dispatchd.composition.looking import database_of

if TYPE_CHECKING:
    from dispatchd.adapters.system.processes_beside import WatchUse


def mount_room(patient: Patient) -> Room:
    """What the file system under the tree can do."""
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.adapters.tree.mounts import is_remote, mount_kind

    kind = mount_kind(patient.tree)
    tree = open_tree(patient.tree, patient.private)
    try:
        degraded = tree.degraded()
    finally:
        tree.close()
    findings = [*_full(patient), *_misplaced_database(patient)]
    if degraded is not None:
        findings.append(_degraded(degraded))
    if is_remote(kind):
        findings.append(_silent(kind))
    able = "swaps names, tells writers" if degraded is None else "does less than a local disk"
    return Room(name="file system", fact=f"{kind or 'unknown'}; {able}", findings=tuple(findings))


def _full(patient: Patient) -> Iterator[Finding]:
    from dispatchd.composition.waits import MAKE_ROOM, full_disk

    full = full_disk(patient.workspace)
    if full is not None:
        yield Finding(
            code="disk-full",
            gravity=Gravity.BROKEN,
            what=f"T{full[1:]}.",
            why="Until there is room nothing is taken in, written or committed. Nothing that was saved is lost.",
            next_step=f"M{MAKE_ROOM[1:]}.",
        )


def _misplaced_database(patient: Patient) -> Iterator[Finding]:
    from dispatchd.adapters.sqlite.mounts import refuse_shared_file_system
    from dispatchd.application.ports.store_failures import DatabaseUnplaceable

    try:
        refuse_shared_file_system(database_of(patient.workspace))
    except DatabaseUnplaceable as error:
        yield Finding(
            code="database-on-shared-mount",
            gravity=Gravity.BROKEN,
            what=f"The database would lie on {error.file_system}, a network or shared file system.",
            why="Locks cannot be trusted there, and two machines that write damage it.",
            next_step="Move the repository to a local disk.",
        )


def _degraded(said: str) -> Finding:
    return Finding(
        code="mount-degraded",
        gravity=Gravity.RISK,
        what=said,
        why="A save at the same moment as a rewrite may have to be looked for.",
        next_step="Move the repository to a local disk if that matters to you.",
    )


def _silent(kind: str) -> Finding:
    return Finding(
        code="mount-silent",
        gravity=Gravity.NOTE,
        what=f"The tree lies on {kind}, which does not tell what others change there.",
        why="The folder is looked at every two seconds instead.",
        next_step="Nothing has to be done.",
    )


def watching_room(patient: Patient) -> Room:
    """Whether changes are heard of when they happen."""
    from dispatchd.adapters.system.processes_beside import try_to_watch, watch_use
    from dispatchd.adapters.tree.obstacles import folders_below

    use = watch_use()
    folders = folders_below(patient.tree)
    poll = (patient.said or {}).get("poll")
    lacking = try_to_watch(patient.tree)
    if lacking is None and poll is None and patient.daemon is None:
        lacking = _too_few(use, folders)
    findings = tuple(_limits(lacking, use, folders) if lacking else ())
    if poll is not None and not findings:
        findings = (_polls(float(poll)),)
    taken = f"{use.watches} of {use.most_watches}" if use.most_watches is not None else str(use.watches)
    how = f"every {float(poll):g} s" if poll is not None else "by inotify"
    fact = f"{counted(folders, 'folder')}, {how}; {taken} watches of this user are taken"
    return Room(name="watching", fact=fact, findings=findings)


def _too_few(use: "WatchUse", folders: int) -> str | None:
    if use.most_watches is not None and use.watches + folders > use.most_watches:
        return "watches"
    if use.most_instances is not None and use.instances + 1 > use.most_instances:
        return "instances"
    return None


def _limits(lacking: str, use: "WatchUse", folders: int) -> Iterator[Finding]:
    taken, most = (
        (use.watches, use.most_watches) if lacking == "watches" else (use.instances, use.most_instances)
    )
    wanted = 524288 if lacking == "watches" else 1024
    line = f"fs.inotify.max_user_{lacking}={max(wanted, (most or 0) * 2)}"
    yield Finding(
        code="watch-limit",
        gravity=Gravity.RISK,
        what=f"This user has no inotify {lacking} left: {taken} of {most} are taken, and the tree needs "
        f"{folders if lacking == 'watches' else 1}.",
        why="Without them the folder is looked at again and again, so that edits are seen seconds later.",
        next_step=f"Run: sudo sysctl {line}; to keep it: echo {line} | sudo tee /etc/sysctl.d/60-dispatchd.conf",
    )


def _polls(seconds: float) -> Finding:
    return Finding(
        code="watch-polling",
        gravity=Gravity.NOTE,
        what=f"The daemon looks at the folder every {seconds:g} s instead of being told of changes.",
        why="The file system does not tell, or watching failed; edits are seen a little later.",
        next_step="If it should not: dispatchd down && dispatchd up",
    )
