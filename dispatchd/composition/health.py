"""What is wrong with a workspace: its documents here, its installation by the doctor, and merges of its documents."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace
from dispatchd.composition.reading import open_read_model
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.application.ports.file_stamp import Proof
    from dispatchd.composition.doctoring.finding import Finding, Report, Treatment
    from dispatchd.documents.problems import DocumentProblem


def check_tree(workspace: Workspace) -> "Sequence[DocumentProblem]":
    """Every document read afresh, with the refusals that stand, and why files were not taken in that are as they were."""
    from dispatchd.adapters.agents.scripted import flaws_of_scripts
    from dispatchd.adapters.assets.packaged_assets import PackagedAssets
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.application.checking import check_tree as check
    from dispatchd.application.kinds.all_kinds import KINDS

    standing = _standing(workspace)
    tree = open_tree(workspace.tree, workspace.private)
    try:
        return check(tree, KINDS, standing, PackagedAssets().workflows(), flaws_of_scripts)
    finally:
        tree.close()


def _standing(workspace: Workspace) -> "Sequence[DocumentProblem]":
    from dispatchd.application.placed_problems import mendable_problems
    from dispatchd.documents.problems import DocumentProblem
    from dispatchd.domain.identifiers import DocumentPath
    from dispatchd.reconcile.places import FILE

    with closing(open_read_model(workspace)) as model:
        rows = mendable_problems(model)
        looks = model.looks() if any(row.anchor == FILE and not row.refusal for row in rows) else {}
        return tuple(
            DocumentProblem(path=DocumentPath(row.path), line=row.line, what=row.what, hint=row.hint)
            for row in rows
            if row.refusal
            or (
                row.anchor == FILE
                and _is_as_it_was(workspace.tree / row.path, looks.get(DocumentPath(row.path)))
            )
        )


def _is_as_it_was(file: Path, look: "Proof | None") -> bool:
    """Whether *file* is there, and as it was when it was last looked at, as far as that is known."""
    try:
        now = file.lstat()
    except OSError:
        return False
    return look is None or look[2:5] == (now.st_size, now.st_mtime_ns, now.st_ctime_ns)


def diagnose(start: Path) -> "Report":
    """Everything that can be examined of the workspace around *start*; nothing is changed."""
    from dispatchd.composition.doctoring.rounds import examine

    return examine(start)


def treat(start: Path, consent: "Callable[[Finding], bool]") -> "Treatment":
    """Mend what can be mended, asking *consent* first where the outcome could surprise."""
    from dispatchd.composition.doctoring.rounds import treat as mend_all

    return mend_all(start, consent)


def merge_documents(base: Path, ours: Path, theirs: Path, marker_size: int, path: str) -> int:
    """Git's merge driver: the merged document goes into *ours*; 1 where markers are left."""
    from dispatchd.reconcile.document_merge import merge_documents as merge

    texts = []
    for version in (base, ours, theirs):
        try:
            texts.append(version.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise WorkspaceError(f"{path}: not UTF-8, so it is not merged ({error})") from error
    merged = merge(texts[0], texts[1], texts[2], marker_size, path=path)
    ours.write_bytes(merged.text.encode())
    return 1 if merged.conflicts else 0
