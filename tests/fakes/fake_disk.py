"""A file system in memory: nodes, names, a coarse clock, and what a power cut leaves of them.

Names are journalled: a cut keeps the flushed ones and a prefix of those that came after. A file's bytes survive only as
they were when the file was last flushed; a file that never was comes back empty. No permissions but the owner's.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

TICK_NS = 4_000_000
START_NS = 1_700_000_000_000_000_000


@dataclass(eq=False, slots=True)
class Node:
    """An inode."""

    number: int
    device: int
    mode: int
    mtime_ns: int
    ctime_ns: int
    content: bytes = b""
    durable: bytes = b""
    target: str = ""
    links: int = 0
    writers: int = 0
    entries: dict[str, "Node"] = field(default_factory=dict)
    on_disk: dict[str, "Node"] = field(default_factory=dict)

    def status(self) -> os.stat_result:
        """What stat says."""
        times = (self.mtime_ns // 10**9, self.mtime_ns // 10**9, self.ctime_ns // 10**9)
        size = len(self.content) if stat.S_ISREG(self.mode) else len(self.target)
        plain = (self.mode, self.number, self.device, self.links, 0, 0, size, *times)
        fine = {"st_atime_ns": self.mtime_ns, "st_mtime_ns": self.mtime_ns, "st_ctime_ns": self.ctime_ns}
        return os.stat_result(plain, fine)


Change = tuple[Node, str, Node | None]


def failure(code: int, name: str = "") -> OSError:
    """The error a system call ends with."""
    return OSError(code, os.strerror(code), name)


class Disk:
    """All nodes, reached from one top folder."""

    def __init__(self) -> None:
        self.now_ns = START_NS
        self._numbers = 0
        self._pending: list[list[Change]] = []
        self.top = self.node(stat.S_IFDIR | 0o755, device=1)

    def node(self, mode: int, *, device: int, content: bytes = b"", target: str = "") -> Node:
        """A new inode without a name."""
        self._numbers += 1
        now = self.stamp_ns()
        return Node(
            number=self._numbers,
            device=device,
            mode=mode,
            mtime_ns=now,
            ctime_ns=now,
            content=content,
            target=target,
        )

    def stamp_ns(self) -> int:
        """The clock as files see it."""
        return self.now_ns - self.now_ns % TICK_NS

    def find(self, path: str) -> Node:
        """The node at an absolute path, no link followed."""
        node = self.top
        for part in path.strip("/").split("/"):
            node = self.child(node, part)
        return node

    def parent(self, path: str) -> tuple[Node, str]:
        """The folder an absolute path ends in, made if missing, and the last name."""
        *parts, name = path.strip("/").split("/")
        node = self.top
        for part in parts:
            if part not in node.entries:
                self.place(node, part, self.node(stat.S_IFDIR | 0o755, device=node.device))
            node = node.entries[part]
        return node, name

    def child(self, folder: Node, name: str) -> Node:
        """What has *name* in *folder*."""
        if not stat.S_ISDIR(folder.mode):
            raise failure(errno.ENOTDIR, name)
        if not folder.mode & stat.S_IXUSR:
            raise failure(errno.EACCES, name)
        if len(name.encode("utf-8", "surrogateescape")) > 255:
            raise failure(errno.ENAMETOOLONG, name)
        if name not in folder.entries:
            raise failure(errno.ENOENT, name)
        return folder.entries[name]

    def place(self, folder: Node, name: str, node: Node | None) -> None:
        """Give *node* a name, or take the name away."""
        self.place_all([(folder, name, node)])

    def place_all(self, changes: list[Change]) -> None:
        """Several at once, as one entry of the journal."""
        for folder, name, node in changes:
            before = folder.entries.pop(name, None)
            if before is not None:
                before.links -= 1
                before.ctime_ns = self.stamp_ns()
            if node is not None:
                folder.entries[name] = node
                node.links += 1
                node.ctime_ns = self.stamp_ns()
            folder.mtime_ns = folder.ctime_ns = self.stamp_ns()
        self._pending.append(changes)

    def store(self, node: Node, content: bytes) -> None:
        """Give a file new bytes, in the page cache."""
        node.content = content
        node.mtime_ns = node.ctime_ns = self.stamp_ns()

    def flush_names(self) -> None:
        """Commit the journal."""
        self._apply(len(self._pending))

    def flush_bytes(self, node: Node) -> None:
        """Write a file's bytes through; the journal goes with them."""
        node.durable = node.content
        self.flush_names()

    def flush_everything(self) -> None:
        """Write all files through."""
        for node in self.walk():
            node.durable = node.content
        self.flush_names()

    def cut_power(self, *, kept: int = 0) -> None:
        """Lose what was not flushed, but for the first *kept* later entries of the journal."""
        self._apply(min(kept, len(self._pending)))
        self._pending.clear()
        for node in [*self.walk(), *self._walk_disk(self.top)]:
            node.entries = dict(node.on_disk)
            node.content = node.durable
            node.writers = 0
        self._count_links()

    @property
    def unflushed(self) -> int:
        """How many entries of the journal a power cut may lose."""
        return len(self._pending)

    def walk(self) -> Iterator[Node]:
        """Every node that has a name."""
        waiting = [self.top]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.entries.values())

    def _walk_disk(self, node: Node) -> Iterator[Node]:
        yield node
        for below in node.on_disk.values():
            yield from self._walk_disk(below)

    def _apply(self, count: int) -> None:
        for changes in self._pending[:count]:
            for folder, name, node in changes:
                folder.on_disk.pop(name, None)
                if node is not None:
                    folder.on_disk[name] = node
        del self._pending[:count]

    def _count_links(self) -> None:
        nodes = list(self.walk())
        for node in nodes:
            node.links = 0
        for node in nodes:
            for below in node.entries.values():
                below.links += 1
