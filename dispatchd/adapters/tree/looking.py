"""One look at the tree for those who only look: nothing is loaded for it that writes."""

from collections.abc import Mapping
from pathlib import Path

from dispatchd.adapters.tree.descriptors import Root
from dispatchd.adapters.tree.linux_calls import LinuxCalls
from dispatchd.adapters.tree.mounts import is_remote, mount_kind
from dispatchd.adapters.tree.scan import scan
from dispatchd.application.ports.dispatch_tree import Scan
from dispatchd.application.ports.file_stamp import Proof
from dispatchd.domain.identifiers import DocumentPath


def look_at(root: Path, known: Mapping[DocumentPath, Proof | None]) -> Scan:
    """Everything in the tree in the folder *root*; of what looks as *known* says only that it stands. Raises TreeGone."""
    calls = LinuxCalls(remote=is_remote(mount_kind(root)))
    opened = Root(calls, str(root))
    try:
        return scan(calls, opened.descriptor, known)
    finally:
        opened.close()
