"""Hands, and what crashed editors leave, which is none."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dispatchd.adapters.tree.linux_calls import LinuxCalls
from dispatchd.adapters.tree.local_tree import open_tree
from dispatchd.application.ports.dispatch_tree import Hand
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.fake_tree import FakeTree

PATH = DocumentPath("issues/a.md")
HERE = "fakehost"


def swap_file(*, pid: int, host: str) -> bytes:
    """vim's first block, saying that there are unsaved changes."""
    block = bytearray(4096)
    block[0:2] = b"b0"
    block[24:28] = pid.to_bytes(4, "little")
    block[68 : 68 + len(host)] = host.encode()
    block[1007] = 0x55
    return bytes(block)


@pytest.fixture
def tree() -> FakeTree:
    return FakeTree({PATH: b"x"})


def test_the_swap_file_of_a_vim_that_died_is_no_hand(tree: FakeTree) -> None:
    tree.save("issues/.a.md.swp", swap_file(pid=4242, host=HERE))
    assert tree.hand_on(PATH) is None
    tree.system.running.add(4242)
    assert tree.hand_on(PATH) is Hand.VIM_MODIFIED


def test_the_swap_file_of_a_vim_elsewhere_counts_though_its_process_is_not_here(tree: FakeTree) -> None:
    tree.save("issues/.a.md.swp", swap_file(pid=4242, host="elsewhere"))
    assert tree.hand_on(PATH) is Hand.VIM_MODIFIED


@pytest.mark.parametrize("content", [b"", b"b0", b"not a swap file" * 100, b"x" * 1007 + b"\x55"])
def test_what_is_no_swap_file_is_no_hand(tree: FakeTree, content: bytes) -> None:
    tree.save("issues/.a.md.swp", content)
    assert tree.hand_on(PATH) is None


def test_a_swap_file_that_is_a_pipe_or_a_link_is_no_hand_and_not_waited_for(tree: FakeTree) -> None:
    tree.pipe("issues/.a.md.swp")
    tree.symlink("issues/.a.md.swo", "/etc/passwd")
    assert tree.hand_on(PATH) is None


def test_the_lock_of_an_emacs_that_died_is_no_hand(tree: FakeTree) -> None:
    tree.symlink("issues/.#a.md", f"alice@{HERE}.4242:1700000000")
    assert tree.hand_on(PATH) is None
    tree.system.running.add(4242)
    assert tree.hand_on(PATH) is Hand.EMACS_LOCK


def test_a_lock_that_is_a_plain_file_counts(tree: FakeTree) -> None:
    tree.save("issues/.#a.md", b"alice@elsewhere.4242")
    assert tree.hand_on(PATH) is Hand.EMACS_LOCK


def test_swap_files_in_a_folder_of_the_editors_own_are_looked_at(tmp_path: Path) -> None:
    root, swaps = tmp_path / "tree", tmp_path / "swap"
    (root / "issues").mkdir(parents=True)
    (root / PATH).write_bytes(b"x")
    swaps.mkdir()
    tree = open_tree(root, tmp_path / "private", (swaps, tmp_path / "absent"))
    assert tree.hand_on(PATH) is None
    quoted = str(root / PATH).replace("/", "%")
    (swaps / f"{quoted}.swp").write_bytes(swap_file(pid=1, host="elsewhere"))
    assert tree.hand_on(PATH) is Hand.VIM_MODIFIED


def test_a_mapped_file_counts_as_open_for_writing_after_its_descriptor_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "mapped"
    path.write_bytes(b"x" * 4096)
    script = (
        "import mmap, os, sys\n"
        "descriptor = os.open(sys.argv[1], os.O_RDWR)\n"
        "mapped = mmap.mmap(descriptor, 4096)\n"
        "os.close(descriptor)\n"
        "print('mapped', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"mapped\n"
        assert _is_open_for_writing(path) is True
        program.communicate(timeout=20)
    assert _is_open_for_writing(path) is False


def test_a_writer_that_comes_while_the_lease_stands_neither_waits_long_nor_kills_us(tmp_path: Path) -> None:
    path = tmp_path / "contended"
    path.write_bytes(b"x")
    script = (
        "import os, sys\n"
        "print('ready', flush=True)\n"
        "for _ in range(20000):\n"
        "    os.close(os.open(sys.argv[1], os.O_WRONLY))\n"
    )
    assert signal.getsignal(signal.SIGIO) is signal.SIG_DFL
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        answers = [_is_open_for_writing(path)]
        while program.poll() is None:
            answers.append(_is_open_for_writing(path))
    assert set(answers) <= {True, False}
    assert len(answers) > 100


def test_another_programs_read_lease_does_not_look_like_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "contended"
    path.write_bytes(b"x")
    descriptor = os.open(path, os.O_RDONLY)
    held = os.open(path, os.O_RDONLY)
    try:
        fcntl.fcntl(held, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        assert LinuxCalls().is_open_for_writing(descriptor) is False
    finally:
        os.close(held)
        os.close(descriptor)


def _is_open_for_writing(path: Path) -> bool | None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return LinuxCalls().is_open_for_writing(descriptor)
    finally:
        os.close(descriptor)
