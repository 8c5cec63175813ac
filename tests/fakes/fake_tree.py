"""The tree in memory: the adapter's own protocol on a disk that a test can write to, fail, fill and cut off.

People's hands are the methods that name a path; each is one instant to the adapter. `step` puts such an act, an error or
a crash before one of the adapter's system calls, so that a test can try every place between two of them.
"""

import stat
from collections.abc import Callable, Mapping
from typing import Self

from dispatchd.adapters.tree.local_tree import LocalTree
from dispatchd.application.ports.dispatch_tree import DispatchTree
from tests.fakes.fake_disk import Disk, Node, failure
from tests.fakes.fake_system import FakeSystem

ROOT = "/work/.dispatch"
PRIVATE = "/work/.git/dispatchd"


class OpenHand:
    """A program that has a file open for writing."""

    def __init__(self, disk: Disk, node: Node) -> None:
        self._disk = disk
        self._node = node
        node.writers += 1

    def write(self, content: bytes) -> None:
        """Make *content* the file's bytes, wherever the file is by now."""
        self._disk.store(self._node, content)

    def close(self) -> None:
        """Let go of it."""
        self._node.writers -= 1


class FakeTree(LocalTree):
    """The port's promises, kept in memory; `system` and `disk` are what a test steps in with."""

    def __init__(self, files: Mapping[str, bytes] | None = None, *, system: FakeSystem | None = None) -> None:
        self.system = system or FakeSystem()
        self.disk = self.system.disk
        for folder in (f"{ROOT}/README.md", f"{PRIVATE}/lock"):
            self.disk.parent(folder)
        for path, content in (files or {}).items():
            self.save(path, content)
        self.disk.flush_everything()
        super().__init__(self.system, ROOT, PRIVATE)

    def restarted(self) -> Self:
        """The tree as the next process opens it."""
        system = FakeSystem(self.disk)
        system.lacks = self.system.lacks
        return type(self)(system=system)

    def step(self, ahead: int, action: Callable[[], None]) -> None:
        """Do *action* just before the adapter's call that is *ahead* calls from now (0 is the next)."""
        self.system.script.before[self.system.calls_made + ahead] = action

    def before_next(self, call: str, action: Callable[[], None]) -> None:
        """Do *action* just before the adapter's next call of that name."""
        self.system.script.before_next.setdefault(call, []).append(action)

    def fail(self, call: str, *codes: int) -> None:
        """Let the next calls of that name end with these errnos."""
        self.system.script.failing.setdefault(call, []).extend(codes)

    def pass_time(self, seconds: float) -> None:
        """Let the disk's clock run."""
        self.disk.now_ns += int(seconds * 1e9)

    def content(self, path: str) -> bytes | None:
        """The bytes at *path* as a person would see them, None if nothing is there."""
        try:
            return self.disk.find(f"{ROOT}/{path}").content
        except FileNotFoundError:
            return None

    def save(self, path: str, content: bytes) -> None:
        """Save in place, as most programs do."""
        folder, name = self.disk.parent(f"{ROOT}/{path}")
        node = folder.entries.get(name)
        if node is None:
            node = self.disk.node(stat.S_IFREG | 0o644, device=folder.device)
            self.disk.place(folder, name, node)
        self.disk.store(node, content)

    def save_by_rename(self, path: str, content: bytes) -> None:
        """Save by putting a new file in the old one's place."""
        folder, name = self.disk.parent(f"{ROOT}/{path}")
        node = self.disk.node(stat.S_IFREG | 0o644, device=folder.device, content=content)
        self.disk.place(folder, name, node)

    def open_for_writing(self, path: str) -> OpenHand:
        """Open without changing anything yet."""
        return OpenHand(self.disk, self.disk.find(f"{ROOT}/{path}"))

    def delete(self, path: str) -> None:
        """Delete a file or a folder."""
        folder, name = self.disk.parent(f"{ROOT}/{path}")
        self.disk.child(folder, name)
        self.disk.place(folder, name, None)

    def rename(self, path: str, to_path: str) -> None:
        """Rename, overwriting what is there."""
        folder, name = self.disk.parent(f"{ROOT}/{path}")
        to_folder, to_name = self.disk.parent(f"{ROOT}/{to_path}")
        node = self.disk.child(folder, name)
        self.disk.place_all([(folder, name, None), (to_folder, to_name, node)])

    def hard_link(self, path: str, to_path: str) -> None:
        """Give a file a second name."""
        folder, name = self.disk.parent(f"{ROOT}/{to_path}")
        self.disk.place(folder, name, self.disk.find(f"{ROOT}/{path}"))

    def symlink(self, path: str, target: str) -> None:
        """Put a symbolic link there."""
        self._special(path, stat.S_IFLNK | 0o777, target=target)

    def pipe(self, path: str) -> None:
        """Put a named pipe there."""
        self._special(path, stat.S_IFIFO | 0o644)

    def folder(self, path: str) -> None:
        """Make an empty folder."""
        self._special(path, stat.S_IFDIR | 0o755)

    def chmod(self, path: str, permissions: int) -> None:
        """Change the permissions."""
        node = self.disk.find(f"{ROOT}/{path}")
        node.mode = stat.S_IFMT(node.mode) | permissions
        node.ctime_ns = self.disk.stamp_ns()

    def touch_back(self, path: str, mtime_ns: int) -> None:
        """Set the time of the last change, as `touch -r` does."""
        node = self.disk.find(f"{ROOT}/{path}")
        node.mtime_ns, node.ctime_ns = mtime_ns, self.disk.stamp_ns()

    def remove_root(self) -> None:
        """Delete the whole tree, as `git clean -ffdx` does."""
        folder, name = self.disk.parent(ROOT)
        self.disk.place(folder, name, None)

    def private_names(self, folder: str) -> list[str]:
        """What lies in `tmp` or `quarantine`."""
        try:
            return sorted(self.disk.find(f"{PRIVATE}/{folder}").entries)
        except FileNotFoundError:
            return []

    def private_contents(self, folder: str) -> list[bytes]:
        """The bytes of the files in `tmp` or `quarantine`."""
        try:
            nodes = self.disk.find(f"{PRIVATE}/{folder}").entries.values()
        except FileNotFoundError:
            return []
        return [node.content for node in nodes]

    def _special(self, path: str, mode: int, target: str = "") -> None:
        folder, name = self.disk.parent(f"{ROOT}/{path}")
        if name in folder.entries:
            raise failure(17, name)
        self.disk.place(folder, name, self.disk.node(mode, device=folder.device, target=target))


_port: type[DispatchTree] = FakeTree
