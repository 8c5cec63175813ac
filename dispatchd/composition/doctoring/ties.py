"""Whether the tree hangs on its repository, and whether somebody else works in it with git just now."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend, Room
from dispatchd.composition.doctoring.patient import age

if TYPE_CHECKING:
    from dispatchd.application.ports.tree_health import TreeFinding

_RISKS: Final = frozenset({"unlocked"})
_BY_THE_BRANCH: Final = "branch_gone"
_WILL: Final[Mapping[str, str]] = {
    "link_gone": "Writes the file again that ties the folder to this repository.",
    "copied": "Ties this copy of the folder to this copy of the repository; the original is left alone.",
    "moved": "Ties the folder to the place the repository has now.",
    "unregistered": "Makes git's record of the folder again, for its files as they stand.",
    "unlocked": "Locks the worktree, as `dispatchd init` does.",
}


def tree_room(start: Path, now: datetime) -> Room:
    """The ties of the workspace around *start*; raises WorkspaceError where there is none at all."""
    from dispatchd.adapters.git.tree_health import GitTreeHealth

    found = [each for each in GitTreeHealth().findings(start) if each.fault != _BY_THE_BRANCH]
    findings = tuple(_finding(start, each, now) for each in found)
    fact = "worktree of the branch dispatch, tied to this repository and locked"
    return Room(name="tree", fact=findings[0].what if findings else fact, findings=findings)


def _finding(start: Path, found: "TreeFinding", now: datetime) -> Finding:
    code = found.fault.value.replace("_", "-")
    details = _lock_details(start, now) if code == "foreign-lock" else ()
    what = "Git's index.lock stands in .dispatch, and it is not ours." if details else _sentence(found.what)
    return Finding(
        code=f"tree-{code}",
        gravity=Gravity.RISK if found.fault in _RISKS else Gravity.BROKEN,
        what=what,
        why=_sentence(found.why),
        next_step=_sentence(found.next_step),
        details=details,
        mend=_mend(start, found),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


def _mend(start: Path, found: "TreeFinding") -> Mend | None:
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.composition.restoring import restore_tree

    def restore() -> str:
        return " ".join(_sentence(each) for each in restore_tree(start)) or "Nothing was missing."

    fault = found.fault
    if fault == "folder_gone":
        will = "Brings the folder back from its branch, with every file as it was last known."
        return Mend(will=will, do=restore, asks=True)
    if fault == "folder_replaced":
        return Mend(
            will="Moves what stands there aside, untouched, and brings the folder back from its branch.",
            do=lambda: f"{_moved_aside(start)} {restore()}",
            asks=True,
        )
    if not found.is_mendable or fault not in _WILL:
        return None
    return Mend(
        will=_WILL[fault],
        do=lambda: _sentence(GitTreeHealth().mend(start, fault)),
        asks=found.asks_first,
    )


def _moved_aside(start: Path) -> str:
    from dispatchd.adapters.git.repository import checkout_around, find_tree

    tree = find_tree(checkout_around(start))
    if tree is None:
        return ""
    number = 1
    while (aside := tree.with_name(f"{tree.name}.other-{number}")).exists() or aside.is_symlink():
        number += 1
    tree.rename(aside)
    return f"Moved what stood there to {aside}."


def _lock_details(start: Path, now: datetime) -> tuple[str, ...]:
    """How old the lock is, and which git commands could hold it."""
    from dispatchd.adapters.git.repository import locate
    from dispatchd.adapters.system.processes_beside import working_in

    places = locate(start)
    lock = places.admin_dir / "index.lock"
    details = [str(lock)]
    with contextlib.suppress(FileNotFoundError):
        since = datetime.fromtimestamp(lock.lstat().st_mtime, UTC)
        details.append(f"since {since:%Y-%m-%d %H:%M:%SZ}, {age((now - since).total_seconds())} ago")
    beside = working_in((places.tree, places.admin_dir), "git")
    if beside:
        details.append(f"at work there: {', '.join(map(str, beside))}")
    else:
        details.append("no git command is seen at work there, so one that was killed may have left it")
    return tuple(details)
