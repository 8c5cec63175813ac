"""INV1 and INV8 on a real file system: a writer that never rests, and a process killed in the middle of its swaps."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from dispatchd.adapters.tree.local_tree import open_tree
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes import killed_daemon, racing_writer

PATH = DocumentPath("issues/contended.md")
KILLS = 6


@pytest.mark.parametrize("style", ["in place", "mixed"])
def test_inv8_a_daemon_killed_again_and_again_loses_no_save(style: str, tmp_path: Path) -> None:
    file = tmp_path / "tree" / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(b"beginning\n")
    dice = random.Random(style)  # noqa: S311 - a seed reproduces the run
    writing = [sys.executable, racing_writer.__file__, str(file), style, "7"]
    with subprocess.Popen(writing, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        for _ in range(KILLS):
            run_and_kill(tmp_path, after_swaps=dice.randrange(1, 40))
        output, _ = writer.communicate(timeout=30)
    assert writer.returncode == 0
    tree = open_tree(tmp_path / "tree", tmp_path / "private")
    notes = killed_daemon.Notes(tmp_path / "notes")
    for displaced in tree.recover():
        killed_daemon.ingest(tree, notes, displaced)

    known = set((tmp_path / "notes").read_bytes().splitlines())
    lines = [line.split(" ", 1) for line in output.splitlines()]
    superseded = {replaced.encode() for _, replaced in lines}
    final = file.read_bytes().partition(b"\n")[0]
    saves = {racing_writer.text_of(int(number)).partition(b"\n")[0] for number, _ in lines}
    lost = saves - known - superseded - {final}
    print(f"{style}: {len(saves)} saves, {KILLS} kills, {len(saves & known)} known, lost {len(lost)}")
    assert not lost
    assert len(saves) > 50
    assert not any((tmp_path / "private" / "tmp").iterdir())


def run_and_kill(base: Path, *, after_swaps: int) -> None:
    command = [sys.executable, killed_daemon.__file__, str(base), PATH]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        for _ in range(after_swaps):
            assert daemon.stdout.readline() == b".\n"
        daemon.kill()
