"""The doctor's rounds: which rooms are looked at, in which order, and how findings are mended one after the other.

Where the tree does not hang on its repository nothing else can be looked at: then that is all that is said.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from dispatchd.composition.doctoring.agents import agents_room
from dispatchd.composition.doctoring.branch import branch_room
from dispatchd.composition.doctoring.daemons import daemon_room
from dispatchd.composition.doctoring.database import clock_room, database_room, writes_room
from dispatchd.composition.doctoring.files import permissions_room, quarantine_room
from dispatchd.composition.doctoring.finding import Done, Finding, Gravity, Report, Room, Treatment
from dispatchd.composition.doctoring.machine import mount_room, watching_room
from dispatchd.composition.doctoring.notifications import notifications_room
from dispatchd.composition.doctoring.papers import project_room, settings_room
from dispatchd.composition.doctoring.patient import Patient
from dispatchd.composition.doctoring.repository import merging_room, repository_room
from dispatchd.composition.doctoring.ties import tree_room
from dispatchd.composition.doctoring.worktrees import worktrees_room
from dispatchd.composition.looking import Workspace
from dispatchd.domain.errors import DispatchdError, WorkspaceError

ROOMS: Final[tuple[tuple[str, Callable[[Patient], Room]], ...]] = (
    ("branch", branch_room),
    ("repository", repository_room),
    ("merging", merging_room),
    ("database", database_room),
    ("writes", writes_room),
    ("recovered", quarantine_room),
    ("daemon", daemon_room),
    ("watching", watching_room),
    ("file system", mount_room),
    ("permissions", permissions_room),
    ("clock", clock_room),
    ("settings", settings_room),
    ("project", project_room),
    ("agents", agents_room),
    ("worktrees", worktrees_room),
    ("notifications", notifications_room),
)
MOST_MENDS: Final = 50
"""What is mended may bring more to light; in a house so bad that this is not enough, one asks again."""


def examine(start: Path) -> Report:
    """Look at everything around *start*. Raises WorkspaceError where there is no workspace."""
    from dispatchd.adapters.git.repository import locate
    from dispatchd.adapters.system.system_clock import SystemClock

    now = SystemClock().now()
    tree = tree_room(start, now)
    try:
        patient = Patient(Workspace(locate(start)))
    except WorkspaceError:
        return Report(place=start.absolute(), rooms=(tree,))
    return Report(
        place=patient.workspace.root, rooms=(tree, *(_looked_at(name, look, patient) for name, look in ROOMS))
    )


def _looked_at(name: str, look: Callable[[Patient], Room], patient: Patient) -> Room:
    """A room; one that cannot be entered is a finding too, and the others are looked at all the same."""
    from dispatchd.adapters.git.runner import GitFailedError

    try:
        return look(patient)
    except (DispatchdError, GitFailedError, OSError) as error:
        unseen = Finding(
            code=f"{name.replace(' ', '-')}-unseen",
            gravity=Gravity.RISK,
            what=f"This could not be looked at: {error}",
            why="Whether anything is wrong there is not known.",
            next_step="Put that right, then: dispatchd doctor",
        )
        return Room(name=name, fact="could not be looked at", findings=(unseen,))


def treat(start: Path, consent: Callable[[Finding], bool]) -> Treatment:
    """Mend what can be mended around *start*; *consent* is asked where the outcome could surprise."""
    done: list[Done] = []
    tried: set[tuple[str, str]] = set()
    report = examine(start)
    for _ in range(MOST_MENDS):
        new = (each for _, each in report.findings if each.mend and (each.code, each.what) not in tried)
        finding = next(new, None)
        if finding is None:
            break
        tried.add((finding.code, finding.what))
        done.append(_mended(finding, consent))
        report = examine(start)
    return Treatment(done=tuple(done), report=report)


def _mended(finding: Finding, consent: Callable[[Finding], bool]) -> Done:
    from dispatchd.adapters.git.runner import GitFailedError

    mend = finding.mend
    if mend is None or (mend.asks and not consent(finding)):
        return Done(code=finding.code, what=finding.what, said="Left as it is.", is_mended=False)
    try:
        return Done(code=finding.code, what=finding.what, said=mend.do(), is_mended=True)
    except (DispatchdError, GitFailedError, OSError) as error:
        return Done(
            code=finding.code, what=finding.what, said=f"It could not be mended: {error}", is_mended=False
        )
