"""The branch of the tree: whether it is there, stands where it was left, and holds all that was committed."""

from pathlib import Path

from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend, Room
from dispatchd.composition.doctoring.patient import Patient, counted


def branch_room(patient: Patient) -> Room:
    """The branch, by git's own word and by what the database remembers of it."""
    from dispatchd.adapters.git.git_state import branch_head
    from dispatchd.adapters.git.installation import checked_out_elsewhere

    head = branch_head(patient.common_dir)
    found = [_gone(patient)] if head is None else [*_moved(patient, head), *_left_behind(patient)]
    found += [_elsewhere(folder) for folder in checked_out_elsewhere(patient.common_dir, patient.tree)]
    fact = found[0].what if found else f"dispatch, at {str(head)[:10]}"
    return Room(name="branch", fact=fact, findings=tuple(found))


def _elsewhere(folder: Path) -> Finding:
    return Finding(
        code="branch-elsewhere",
        gravity=Gravity.RISK,
        what=f"The branch dispatch is checked out in {folder} too.",
        why="When either moves it, the other one's files look like edits that undo what was done.",
        next_step=f"Run: git -C {folder} switch --detach",
    )


def _gone(patient: Patient) -> Finding:
    from dispatchd.adapters.git.audit_branch import GitAuditLog
    from dispatchd.adapters.git.branch_past import is_here, last_known
    from dispatchd.application.history import HEAD
    from dispatchd.application.ports.audit_log import CommitId

    remembered = (patient.note(HEAD), last_known(patient.common_dir, patient.admin_dir))
    at = next((each for each in remembered if each and is_here(patient.common_dir, CommitId(each))), None)

    def make_again() -> str:
        GitAuditLog(patient.workspace.places).restore_branch(CommitId(str(at)))
        return f"Made the branch dispatch again at {str(at)[:10]}, where it was last known."

    return Finding(
        code="branch-gone",
        gravity=Gravity.BROKEN,
        what="The branch dispatch is gone: somebody deleted or renamed it.",
        why="It is the log of everything that was done here, and nothing can be committed without it.",
        next_step=f"Run: git branch dispatch {str(at)[:10]}"
        if at
        else "Its commits are not here any more. Fetch it from a clone that has it: git fetch ORIGIN dispatch:dispatch",
        mend=Mend(will=f"Makes it again at {str(at)[:10]}, where it was last known.", do=make_again)
        if at
        else None,
    )


def _moved(patient: Patient, head: str) -> list[Finding]:
    """Moved by somebody to where it does not follow from where the database left it."""
    from dispatchd.adapters.git.branch_past import is_here
    from dispatchd.adapters.git.git_state import relation
    from dispatchd.adapters.git.runner import GitRunner
    from dispatchd.application.history import HEAD
    from dispatchd.application.ports.audit_log import CommitId, HeadRelation

    known = patient.note(HEAD)
    if known is None or known == head:
        return []
    runner = GitRunner(patient.common_dir)
    left = CommitId(known)
    if relation(runner, left, CommitId(head)) is not HeadRelation.TRAVELLED:
        return []
    is_back = is_here(patient.common_dir, left) and (
        relation(runner, CommitId(head), left) is HeadRelation.DESCENDS
    )
    where = "back to an earlier commit" if is_back else "to a commit that does not come after it"
    return [
        Finding(
            code="branch-moved",
            gravity=Gravity.RISK,
            what=f"The branch dispatch was moved {where}: from {known[:10]} to {head[:10]}.",
            why="What was decided in between stays decided in the database, but the log no longer shows it.",
            next_step=f"If nobody meant it: git -C {patient.tree} reset --soft {known[:10]}. "
            "If somebody did: dispatchd sync --wait takes the texts as they are now.",
            mend=_forward(patient, left, head) if is_back else None,
        )
    ]


def _forward(patient: Patient, left: str, head: str) -> Mend:
    from dispatchd.adapters.git.runner import GitRunner
    from dispatchd.application.ports.branch_names import BRANCH_REF

    def move() -> str:
        reason = "doctor: forward to where it was left"
        GitRunner(patient.common_dir).feed("update-ref", "-m", reason, BRANCH_REF, left, head, stdin=b"")
        return f"Moved the branch dispatch forward to {left[:10]}; files and staging were left as they are."

    return Mend(
        will=f"Moves it forward to {left[:10]} again. Files stay as they are; what differs counts as saved.",
        do=move,
        asks=True,
    )


def _left_behind(patient: Patient) -> list[Finding]:
    """Commits that events stand in, and that the branch does not hold any more."""
    from dispatchd.adapters.git.branch_past import is_kept, not_on_branch, tips_of
    from dispatchd.adapters.sqlite.soundness import commits_named
    from dispatchd.application.history import HEAD
    from dispatchd.application.ports.audit_log import CommitId

    if patient.database is None:
        return []
    known = patient.note(HEAD)
    named = [CommitId(each) for each in commits_named(patient.database)]
    lost = not_on_branch(patient.common_dir, named)
    if not lost or (known is not None and known in not_on_branch(patient.common_dir, [CommitId(known)])):
        return []  # a branch that was only just moved is told of as that
    tips = tips_of(patient.common_dir, lost)
    loose = tuple(each for each in tips if not is_kept(patient.common_dir, each))
    return [_aside(patient, lost, tips, loose) if tips else _collected(lost)]


def _aside(patient: Patient, lost: tuple[str, ...], tips: tuple[str, ...], loose: tuple[str, ...]) -> Finding:
    from dispatchd.adapters.git.branch_past import keep
    from dispatchd.application.ports.audit_log import CommitId

    def keep_all() -> str:
        names = [keep(patient.common_dir, CommitId(each)) for each in loose]
        return f"Kept {counted(len(lost), 'commit')} under {', '.join(names)}, where git collects nothing."

    those = "it" if len(lost) == 1 else "them"
    return Finding(
        code="history-aside",
        gravity=Gravity.RISK if loose else Gravity.NOTE,
        what=f"{counted(len(lost), 'commit')} with events of this workspace "
        f"{'is' if len(lost) == 1 else 'are'} not on the branch dispatch any more.",
        why=f"The branch was moved through its history. The database holds those events, the log shows {those} aside"
        + (f", and git would one day collect {those}." if loose else "."),
        next_step=f"To look: git log dispatch..{tips[-1][:10]}",
        details=tuple(each[:10] for each in tips),
        mend=Mend(will=f"Gives {those} a reference, so that git keeps {those}.", do=keep_all)
        if loose
        else None,
    )


def _collected(lost: tuple[str, ...]) -> Finding:
    return Finding(
        code="history-lost",
        gravity=Gravity.RISK,
        what=f"{counted(len(lost), 'commit')} with events of this workspace "
        f"{'is' if len(lost) == 1 else 'are'} gone from this repository.",
        why="The branch was moved through its history and git collected the rest. Only the database holds those events.",
        next_step="Keep .git/dispatchd/backups/. If a clone has the commits: git fetch it, and look again.",
    )
