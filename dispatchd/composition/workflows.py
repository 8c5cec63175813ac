"""The workflows of a workspace, read afresh from their files: a look, which changes nothing."""

from dataclasses import replace
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace, config_of, database_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dispatchd.application.workflows import KnownWorkflow
    from dispatchd.domain.identifiers import DocumentPath


def workflows_of(workspace: Workspace) -> "Sequence[KnownWorkflow]":
    """Those in the tree, and those that come with dispatchd."""
    from dispatchd.adapters.assets.packaged_assets import PackagedAssets
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.application.workflows import is_workflow, known_workflows

    tree = open_tree(workspace.tree, workspace.private)
    try:
        paths = [path for path in tree.scan().files if is_workflow(path)]
        read = ((path, tree.read(path)) for path in paths)
        files = {path: found.content for path, found in read if found is not None}
    finally:
        tree.close()
    known = known_workflows(files, PackagedAssets(), config_of(workspace).commands)
    waiting = _waiting(workspace, files)
    return [replace(each, waits=each.path in waiting) for each in known]


def _waiting(workspace: Workspace, files: "Mapping[DocumentPath, bytes]") -> "set[DocumentPath]":
    """Those of *files* of which something else counts than stands there now."""
    from contextlib import closing

    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import StoreFailure
    from dispatchd.application.texts_in_force import waits_for_a_word

    try:
        with closing(open_read_only(database_of(workspace))) as model:
            return {path for path, content in files.items() if waits_for_a_word(model.note, path, content)}
    except StoreFailure:  # no database yet, or none that reads: then nothing is known to wait
        return set()
