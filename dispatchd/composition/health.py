"""What is wrong with a workspace: its documents, its ties to the repository, whose decisions count here."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatchd.composition.acting import call_daemon, in_session, sync
from dispatchd.composition.leaking import leaks_of
from dispatchd.composition.looking import (
    Workspace,
    daemon_of,
    database_of,
    find_workspace,
)
from dispatchd.composition.reading import open_read_model
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.documents.problems import DocumentProblem

OLDEST_GIT: Final = (2, 39)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the installation, why that matters, and what to do."""

    what: str
    why: str
    next_step: str


def check_tree(workspace: Workspace) -> "Sequence[DocumentProblem]":
    """Every document read afresh, with the refusals that stand."""
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.application.checking import check_tree as check
    from dispatchd.application.kinds.all_kinds import KINDS

    standing = _standing(workspace)
    tree = open_tree(workspace.tree, workspace.private)
    try:
        return check(tree, KINDS, standing)
    finally:
        tree.close()


def _standing(workspace: Workspace) -> "Sequence[DocumentProblem]":
    from dispatchd.application.workspace_status import placed_problems
    from dispatchd.documents.problems import DocumentProblem
    from dispatchd.domain.identifiers import DocumentPath

    with closing(open_read_model(workspace)) as model:
        return tuple(
            DocumentProblem(path=DocumentPath(row.path), line=row.line, what=row.what, hint=row.hint)
            for row in placed_problems(model)
            if row.refusal
        )


def diagnose(start: Path) -> Sequence[Finding]:
    """The ties of the workspace around *start*, its file system, its database and its daemon, gravest first.

    Where the ties are broken, nothing else can be looked at: they are all that is said.
    """
    try:
        workspace = find_workspace(start)
    except WorkspaceError:
        broken = _ties(start)
        if not broken:
            raise
        return broken
    findings = [*_ties(workspace.tree.parent), *_mount(workspace), *_quarantine(workspace)]
    findings.extend(Finding(leak.what, leak.why, leak.mend) for leak in leaks_of(workspace))
    if not database_of(workspace).exists():
        findings.append(
            Finding(
                "There is no database yet.",
                "Commands make it from the tree, which takes a moment once.",
                "Run: dispatchd sync --wait",
            )
        )
    findings.extend(_cells(workspace))
    if daemon_of(workspace) is None:
        findings.append(
            Finding(
                "No daemon runs.",
                "What is saved is taken in only when a command is run or the daemon starts.",
                "Run: dispatchd up",
            )
        )
    return findings


def _cells(workspace: Workspace) -> list[Finding]:
    """Whether agents are kept in cells, where there are agents."""
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.composition.agents import containment_of

    if not any(workspace.tree.glob("agents/*/agent.md")):
        return []
    found = containment_of(workspace, Bubblewrap(Path.home()))
    if found.holds:
        return []
    return [
        Finding(
            f"Agents run uncontained: {found.why}.",
            "While one does, a gate, vote or answer that is ticked in a file is unconfirmed: the agent could have.",
            "Run: dispatchd confirm --all  once you have looked, or let agents run in a sandbox.",
        )
    ]


def restore_tree(start: Path) -> Sequence[str]:
    """Bring back the tree's folder and every file that is missing in it; says what was done."""
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.application.one_shot import restore_once
    from dispatchd.application.ports.tree_health import TreeFault
    from dispatchd.application.requests.request import result_of

    health = GitTreeHealth()
    done = [
        health.mend(start, finding.fault)
        for finding in health.findings(start)
        if finding.is_mendable and (finding.fault is TreeFault.FOLDER_GONE or not finding.asks_first)
    ]
    workspace = find_workspace(start)
    if daemon_of(workspace) is not None:
        restored = int(result_of(call_daemon(workspace, {"call": "reopen"})).get("restored", 0))
        sync(workspace, wait=True)
    else:
        restored = in_session(workspace, restore_once)
    if restored:
        files = "1 file is back as dispatchd last knew it." if restored == 1 else ""
        done.append(files or f"{restored} files are back as dispatchd last knew them.")
    return done


def _ties(start: Path) -> list[Finding]:
    from dispatchd.adapters.git.tree_health import GitTreeHealth

    return [
        Finding(finding.what, finding.why, finding.next_step) for finding in GitTreeHealth().findings(start)
    ]


def _mount(workspace: Workspace) -> list[Finding]:
    from dispatchd.adapters.tree.local_tree import open_tree

    tree = open_tree(workspace.tree, workspace.private)
    try:
        degraded = tree.degraded()
    finally:
        tree.close()
    if degraded is None:
        return []
    return [Finding(degraded, "A save at the same moment as a rewrite may have to be looked for.", "")]


def _quarantine(workspace: Workspace) -> list[Finding]:
    from dispatchd.adapters.tree.local_tree import open_tree

    tree = open_tree(workspace.tree, workspace.private)
    try:
        held = tree.held_in_quarantine()
    finally:
        tree.close()
    return [
        Finding(
            f"A version of {each.path} lies in quarantine ({each.held_as}).",
            each.why,
            "It is taken in when its writer lets go of it; nothing has to be done.",
        )
        for each in held
        if not each.is_passing
    ]


def refuse_broken_tree(workspace: Workspace) -> None:
    """Raise WorkspaceError if the tree does not hang on this repository as it must."""
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.application.ports.tree_health import TreeFault

    harmless = {TreeFault.UNLOCKED, TreeFault.FOREIGN_LOCK, TreeFault.OTHER_BRANCH}
    for finding in GitTreeHealth().findings(workspace.tree.parent):
        if finding.fault not in harmless:
            raise WorkspaceError(f"{finding.what} {finding.why} {finding.next_step}")


def merge_documents(base: Path, ours: Path, theirs: Path, marker_size: int, path: str) -> int:
    """Git's merge driver: the merged document goes into *ours*; 1 where markers are left."""
    from dispatchd.reconcile.document_merge import merge_documents as merge

    texts = []
    for version in (base, ours, theirs):
        try:
            texts.append(version.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise WorkspaceError(f"{path}: not UTF-8, so it is not merged ({error})") from error
    merged = merge(texts[0], texts[1], texts[2], marker_size)
    ours.write_bytes(merged.text.encode())
    return 1 if merged.conflicts else 0
