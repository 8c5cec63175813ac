"""The workflows of a workspace, read afresh from their files: a look, which changes nothing."""

from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace, config_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatchd.application.workflows import KnownWorkflow


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
    return known_workflows(files, PackagedAssets(), config_of(workspace).commands)
