"""What `check` says: every document read afresh, and what stands refused."""

from collections.abc import Iterable

from dispatchd.application.document_kinds import Kinds
from dispatchd.application.ports.dispatch_tree import DispatchTree, Unreadable
from dispatchd.documents.config_document import read_config
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import PathRole, entity_kind_at, role_of
from dispatchd.documents.workflow_document import read_workflow, workflow_name
from dispatchd.domain.identifiers import DocumentPath, EntityKind


def check_tree(
    tree: DispatchTree, kinds: Kinds, standing: Iterable[DocumentProblem]
) -> tuple[DocumentProblem, ...]:
    """Problems of every file of the tree, and the refusals that *standing* remembers, by path and line."""
    scan = tree.scan()
    found = [
        DocumentProblem(path=refused.path, what=refused.why, hint=refused.hint) for refused in scan.refused
    ]
    for path in scan.files:
        found.extend(problem.at(path) for problem in _problems_of(tree, kinds, path))
    found.extend(standing)
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line)))


def _problems_of(tree: DispatchTree, kinds: Kinds, path: DocumentPath) -> Iterable[DocumentProblem]:
    role = role_of(path)
    if role is PathRole.MISPLACED:
        return (misplaced(path),)
    if role not in {PathRole.ENTITY, PathRole.CONFIG, PathRole.WORKFLOW}:
        return ()
    try:
        found = tree.read(path)
    except Unreadable as unreadable:
        return (DocumentProblem(what=unreadable.why, hint=unreadable.hint),)
    if found is None or not found.content.strip():
        return ()
    text = decode(found.content)
    if isinstance(text, DocumentProblem):
        return (text,)
    if role is PathRole.CONFIG:
        return read_config(text).problems
    if role is PathRole.WORKFLOW:
        return read_workflow(text, workflow_name(path)).problems
    kind = kinds[entity_kind_at(path) or EntityKind.ISSUE]
    return kind.read(text).problems


def misplaced(path: DocumentPath) -> DocumentProblem:
    """A Markdown file where none is expected, or a text whose name does not end as a document's does."""
    if not path.endswith(".md"):
        name = path.rpartition("/")[2]
        stem = name.rpartition(".")[0] or name
        return DocumentProblem(
            path=path,
            what="Nothing is done with this file, because its name does not end in .md",
            hint=f"Call it {stem}.md, or give it a name that begins with _",
        )
    return DocumentProblem(
        path=path,
        what="Nothing is done with this file, because of the folder it is in",
        hint="Move it into issues/, epics/, proposals/ or context/, or give it a name that begins with _",
    )
