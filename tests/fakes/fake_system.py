"""The system calls of the tree adapter on a disk in memory, where a test can step in before any of them.

`script` holds what happens before which call: an action of somebody else's, an error, a crash. Calls are numbered
from `calls_made`; what people do (see `fake_tree`) goes straight to the disk and is no call.
"""

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field

from dispatchd.adapters.tree.calls import SystemCalls
from tests.fakes.fake_disk import Disk, Node, failure


class Crashed(BaseException):
    """The process ended here; nothing below it runs any more."""


@dataclass(slots=True)
class _Open:
    node: Node
    writes: bool = False


@dataclass(slots=True)
class Script:
    """What happens before which call."""

    before: dict[int, Callable[[], None]] = field(default_factory=dict)
    failing: dict[str, list[int]] = field(default_factory=dict)
    """Errnos by call name, used up one a call."""
    before_next: dict[str, list[Callable[[], None]]] = field(default_factory=dict)
    """Acts by call name, used up one a call."""
    on_every_call: Callable[[str], None] | None = None


class FakeSystem:
    """A process on a machine with one disk."""

    def __init__(self, disk: Disk | None = None) -> None:
        self.disk = disk or Disk()
        self.script = Script()
        self.calls_made = 0
        self.call_names: list[str] = []
        self.lacks: set[str] = set()
        """Among exchange, rename_new, link, leases: what this mount cannot do."""
        self.running: set[int] = set()
        self._open: dict[int, _Open] = {}
        self._descriptors = 3
        self._is_down = False

    def crash(self) -> None:
        """End the process: its descriptors are gone, its calls fail."""
        self._is_down = True
        for opened in self._open.values():
            opened.node.writers -= opened.writes
        self._open.clear()
        raise Crashed

    def descriptors_open(self) -> int:
        """How many descriptors nobody has closed yet."""
        return len(self._open)

    def _enter(self, call: str) -> None:
        if self._is_down:
            raise Crashed
        number = self.calls_made
        self.calls_made += 1
        self.call_names.append(call)
        if self.script.on_every_call is not None:
            self.script.on_every_call(call)
        action = self.script.before.pop(number, None)
        if action is not None:
            action()
        if self.script.before_next.get(call):
            self.script.before_next[call].pop(0)()
        if self.script.failing.get(call):
            raise failure(self.script.failing[call].pop(0))

    def _opened(self, node: Node, *, writes: bool = False) -> int:
        self._descriptors += 1
        self._open[self._descriptors] = _Open(node, writes)
        node.writers += writes
        return self._descriptors

    def _node(self, descriptor: int) -> Node:
        if descriptor not in self._open:
            raise failure(errno.EBADF)
        return self._open[descriptor].node

    def _named(self, folder: int, name: str) -> Node:
        return self.disk.child(self._node(folder), name)

    def _vacant(self, folder: int, name: str) -> Node:
        node = self._node(folder)
        if name in node.entries:
            raise failure(errno.EEXIST, name)
        if len(name.encode("utf-8", "surrogateescape")) > 255:
            raise failure(errno.ENAMETOOLONG, name)
        if not node.mode & stat.S_IWUSR:
            raise failure(errno.EACCES, name)
        return node

    def open_top(self, path: str) -> int:
        self._enter("open_top")
        return self._open_as_folder(self.disk.find(path))

    def top_status(self, path: str) -> os.stat_result:
        self._enter("top_status")
        return self.disk.find(path).status()

    def open_folder(self, folder: int, name: str) -> int:
        self._enter("open_folder")
        return self._open_as_folder(self._named(folder, name))

    def _open_as_folder(self, node: Node) -> int:
        if not stat.S_ISDIR(node.mode):
            raise failure(errno.ENOTDIR)
        if not node.mode & stat.S_IRUSR:
            raise failure(errno.EACCES)
        return self._opened(node)

    def make_folder(self, folder: int, name: str) -> None:
        self._enter("make_folder")
        above = self._vacant(folder, name)
        self.disk.place(above, name, self.disk.node(stat.S_IFDIR | 0o755, device=above.device))

    def entries(self, folder: int) -> list[tuple[str, os.stat_result]]:
        self._enter("entries")
        return [(name, node.status()) for name, node in self._node(folder).entries.items()]

    def status(self, folder: int, name: str) -> os.stat_result:
        self._enter("status")
        return self._named(folder, name).status()

    def open_file(self, folder: int, name: str) -> int:
        self._enter("open_file")
        node = self._named(folder, name)
        if stat.S_ISLNK(node.mode):
            raise failure(errno.ELOOP, name)
        if not node.mode & stat.S_IRUSR:
            raise failure(errno.EACCES, name)
        return self._opened(node)

    def file_status(self, descriptor: int) -> os.stat_result:
        self._enter("file_status")
        return self._node(descriptor).status()

    def read(self, descriptor: int, limit: int) -> bytes:
        self._enter("read")
        node = self._node(descriptor)
        if stat.S_ISDIR(node.mode):
            raise failure(errno.EISDIR)
        return node.content[:limit]

    def create(self, folder: int, name: str) -> int:
        self._enter("create")
        above = self._vacant(folder, name)
        node = self.disk.node(stat.S_IFREG | 0o644, device=above.device)
        self.disk.place(above, name, node)
        return self._opened(node, writes=True)

    def write(self, descriptor: int, content: bytes) -> None:
        half = len(content) // 2
        node = self._node(descriptor)
        self._enter("write")
        self.disk.store(node, node.content + content[:half])
        self._enter("write")
        self.disk.store(node, node.content + content[half:])

    def set_mode(self, descriptor: int, permissions: int) -> None:
        self._enter("set_mode")
        node = self._node(descriptor)
        node.mode = stat.S_IFMT(node.mode) | permissions

    def flush(self, descriptor: int) -> None:
        self._enter("flush")
        self.disk.flush_bytes(self._node(descriptor))

    def flush_all(self, descriptor: int) -> None:
        self._enter("flush_all")
        self._node(descriptor)
        self.disk.flush_everything()

    def close(self, descriptor: int) -> None:
        if self._is_down:
            return
        opened = self._open.pop(descriptor)
        opened.node.writers -= opened.writes

    def rename(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        self._enter("rename")
        node = self._named(folder, name)
        self._same_device(node, to_folder)
        self.disk.place_all([(self._node(folder), name, None), (self._node(to_folder), to_name, node)])

    def rename_new(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        self._enter("rename_new")
        if "rename_new" in self.lacks:
            raise failure(errno.EINVAL)
        node = self._named(folder, name)
        above = self._vacant(to_folder, to_name)
        self._same_device(node, to_folder)
        self.disk.place_all([(self._node(folder), name, None), (above, to_name, node)])

    def exchange(self, folder: int, name: str, other_folder: int, other_name: str) -> None:
        self._enter("exchange")
        if "exchange" in self.lacks:
            raise failure(errno.EINVAL)
        one, other = self._named(folder, name), self._named(other_folder, other_name)
        self._same_device(one, other_folder)
        here, there = self._node(folder), self._node(other_folder)
        self.disk.place_all([(here, name, other), (there, other_name, one)])

    def link(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        self._enter("link")
        if "link" in self.lacks:
            raise failure(errno.EPERM)
        node = self._named(folder, name)
        self.disk.place(self._vacant(to_folder, to_name), to_name, node)

    def _same_device(self, node: Node, folder: int) -> None:
        if node.device != self._node(folder).device:
            raise failure(errno.EXDEV)

    def read_link(self, folder: int, name: str) -> str:
        self._enter("read_link")
        node = self._named(folder, name)
        if not stat.S_ISLNK(node.mode):
            raise failure(errno.EINVAL, name)
        return node.target

    def unlink(self, folder: int, name: str) -> None:
        self._enter("unlink")
        self._named(folder, name)
        self.disk.place(self._node(folder), name, None)

    def is_open_for_writing(self, descriptor: int) -> bool | None:
        self._enter("is_open_for_writing")
        return None if "leases" in self.lacks else self._node(descriptor).writers > 0

    def clock_ns(self, folder: int) -> int:
        self._node(folder)
        return self.disk.stamp_ns()

    def process_number(self) -> int:
        return 77

    def process_runs(self, pid: int) -> bool:
        return pid in self.running

    def host_name(self) -> str:
        return "fakehost"


_seam: type[SystemCalls] = FakeSystem
