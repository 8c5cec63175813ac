"""A tree with people around it, real or in memory, so that one suite can hold both to the port's contract."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from dispatchd.adapters.tree.linux_calls import LinuxCalls
from dispatchd.adapters.tree.local_tree import LocalTree
from dispatchd.application.ports.dispatch_tree import (
    DispatchTree,
    Displaced,
    WriteOutcome,
    WriteRequest,
    Written,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from tests.fakes.fake_tree import FakeTree

LOGIN = DocumentPath("issues/login timeout.md")
OTHER = DocumentPath("archive/2026/11/login.md")
OLD, NEW, THEIRS = b"old text\n", b"new text\n", b"what a person wrote\n"


class Hand(Protocol):
    """A program that has a file open for writing."""

    def write(self, content: bytes) -> None: ...
    def close(self) -> None: ...


class World(Protocol):
    """What happens around the tree; the names are those of `FakeTree`."""

    @property
    def tree(self) -> DispatchTree: ...
    def restart(self) -> None: ...
    def before_next(self, call: str, action: Callable[[], None]) -> None: ...
    def pass_time(self, seconds: float) -> None: ...
    def content(self, path: str) -> bytes | None: ...
    def save(self, path: str, content: bytes) -> None: ...
    def save_by_rename(self, path: str, content: bytes) -> None: ...
    def open_for_writing(self, path: str) -> Hand: ...
    def delete(self, path: str) -> None: ...
    def rename(self, path: str, to_path: str) -> None: ...
    def hard_link(self, path: str, to_path: str) -> None: ...
    def symlink(self, path: str, target: str) -> None: ...
    def pipe(self, path: str) -> None: ...
    def folder(self, path: str) -> None: ...
    def chmod(self, path: str, permissions: int) -> None: ...
    def remove_root(self) -> None: ...
    def private_contents(self, folder: str) -> list[bytes]: ...


class FakeWorld(FakeTree):
    """The tree in memory, whose next process is the same object to the suite."""

    @property
    def tree(self) -> DispatchTree:
        return self._current

    def __init__(self) -> None:
        super().__init__()
        self._current: DispatchTree = self

    def restart(self) -> None:
        self._current = FakeTree(system=self.system)


class HookedCalls(LinuxCalls):
    """The kernel, with a clock that a test can put forward and acts before chosen calls."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead_ns = 0
        self.hooks: dict[str, list[Callable[[], None]]] = {}

    def clock_ns(self, folder: int) -> int:
        return super().clock_ns(folder) + self.ahead_ns

    def exchange(self, folder: int, name: str, other_folder: int, other_name: str) -> None:
        self._act("exchange")
        super().exchange(folder, name, other_folder, other_name)

    def rename_new(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        self._act("rename_new")
        super().rename_new(folder, name, to_folder, to_name)

    def create(self, folder: int, name: str) -> int:
        self._act("create")
        return super().create(folder, name)

    def _act(self, call: str) -> None:
        if self.hooks.get(call):
            self.hooks[call].pop(0)()


class FileHand:
    """A real program's descriptor."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened

    def write(self, content: bytes) -> None:
        self._opened.seek(0)
        self._opened.truncate()
        self._opened.write(content)
        self._opened.flush()

    def close(self) -> None:
        self._opened.close()


class RealWorld:
    """A tree on this machine's disk."""

    def __init__(self, base: Path) -> None:
        self._root = base / "tree"
        self._private = base / "private"
        self._root.mkdir()
        self._calls = HookedCalls()
        self._tree = self._open()

    def _open(self) -> LocalTree:
        return LocalTree(self._calls, str(self._root), str(self._private))

    @property
    def tree(self) -> DispatchTree:
        return self._tree

    def end(self) -> None:
        self._tree.close()

    def restart(self) -> None:
        self._tree.close()
        self._tree = self._open()

    def before_next(self, call: str, action: Callable[[], None]) -> None:
        self._calls.hooks.setdefault(call, []).append(action)

    def pass_time(self, seconds: float) -> None:
        self._calls.ahead_ns += int(seconds * 1e9)

    def content(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None

    def save(self, path: str, content: bytes) -> None:
        self._ready(path).write_bytes(content)

    def save_by_rename(self, path: str, content: bytes) -> None:
        new = self._ready(path).with_name(".new~")
        new.write_bytes(content)
        new.replace(self._root / path)

    def open_for_writing(self, path: str) -> Hand:
        return FileHand((self._root / path).open("r+b"))

    def delete(self, path: str) -> None:
        (self._root / path).unlink()

    def rename(self, path: str, to_path: str) -> None:
        (self._root / path).rename(self._ready(to_path))

    def hard_link(self, path: str, to_path: str) -> None:
        self._ready(to_path).hardlink_to(self._root / path)

    def symlink(self, path: str, target: str) -> None:
        self._ready(path).symlink_to(target)

    def pipe(self, path: str) -> None:
        os.mkfifo(self._ready(path))

    def folder(self, path: str) -> None:
        (self._root / path).mkdir(parents=True)

    def chmod(self, path: str, permissions: int) -> None:
        (self._root / path).chmod(permissions)

    def remove_root(self) -> None:
        shutil.rmtree(self._root)

    def private_contents(self, folder: str) -> list[bytes]:
        return [path.read_bytes() for path in (self._private / folder).glob("*")]

    def _ready(self, path: str) -> Path:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def write(
    world: World, content: bytes = NEW, expected: bytes | None = OLD, path: DocumentPath = LOGIN, row: int = 7
) -> WriteOutcome:
    base = None if expected is None else digest(expected)
    return world.tree.write(WriteRequest(row=row, path=path, expected=base, content=content))


def swept(world: World) -> list[tuple[str, bytes, DocumentDigest | None]]:
    return [(found.path, found.content, found.expected) for found in world.tree.sweep_quarantine()]


def displace(world: World) -> Displaced:
    world.save(LOGIN, OLD)
    assert world.tree.degraded() is None
    world.before_next("exchange", lambda: world.save(LOGIN, THEIRS))
    outcome = write(world)
    assert isinstance(outcome, Written)
    assert outcome.displaced is not None
    return outcome.displaced
