"""INV1 against a real file system and a separate process that saves as fast as it can."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dispatchd.adapters.tree.local_tree import LocalTree, open_tree
from dispatchd.application.ports.dispatch_tree import (
    Changed,
    Displaced,
    FileContent,
    Refused,
    WriteRequest,
    Written,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes import racing_writer
from tests.system.patience import until

PATH = DocumentPath("issues/contended.md")
SWAPS = 300
BEGINNING = b"beginning\n"


@dataclass(kw_only=True)
class Daemon:
    """Reads the file and writes its own text over what it read, knowing only what the port tells it."""

    tree: LocalTree
    known: set[bytes] = field(default_factory=set)
    swaps: int = 0
    changed: int = 0
    displaced: int = 0
    row: int = 0

    def turn(self) -> None:
        self.row += 1
        found = self.tree.read(PATH)
        if found is None:
            return
        self.known.add(found.content)
        content = b"daemon %d\n" % self.row
        outcome = self.tree.write(
            WriteRequest(row=self.row, path=PATH, expected=digest(found.content), content=content)
        )
        match outcome:
            case Written(displaced=None):
                self.swaps += 1
            case Written(displaced=Displaced() as displaced):
                self.swaps += 1
                self._take(displaced)
            case Changed(found=FileContent(content=theirs)):
                self.changed += 1
                self.known.add(theirs)
            case Refused():
                raise AssertionError(outcome)
        if self.row % 20 == 0:
            self.sweep()

    def sweep(self) -> None:
        for displaced in self.tree.sweep_quarantine():
            self._take(displaced)

    def _take(self, displaced: Displaced) -> None:
        self.displaced += 1
        self.known.add(displaced.content)
        self.tree.settle(displaced)


@pytest.fixture
def tree(tmp_path: Path) -> LocalTree:
    (tmp_path / "tree" / "issues").mkdir(parents=True)
    (tmp_path / "tree" / PATH).write_bytes(BEGINNING)
    return open_tree(tmp_path / "tree", tmp_path / "private")


@pytest.mark.parametrize("style", racing_writer.STYLES)
def test_inv1_no_save_is_lost_to_a_write_however_the_person_saves(
    style: str, tree: LocalTree, tmp_path: Path
) -> None:
    daemon = Daemon(tree=tree)
    path = tmp_path / "tree" / PATH
    command = [sys.executable, racing_writer.__file__, str(path), style, "7"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        until(lambda: path.read_bytes() != BEGINNING, "nobody saves")
        while daemon.swaps < SWAPS and writer.poll() is None:
            daemon.turn()
        output, _ = writer.communicate(timeout=30)
    assert writer.returncode == 0
    daemon.sweep()

    lines = [line.split(" ", 1) for line in output.splitlines()]
    superseded = {replaced.encode() for _, replaced in lines}
    final = path.read_bytes()
    fates = {"the file": 0, "superseded by a later save": 0, "known to the daemon": 0}
    lost = []
    for number, _ in lines:
        text = racing_writer.text_of(int(number))
        if text in daemon.known:
            fates["known to the daemon"] += 1
        elif text.partition(b"\n")[0] in superseded:
            fates["superseded by a later save"] += 1
        elif text == final:
            fates["the file"] += 1
        else:
            lost.append(number)
    print(
        f"{style}: {len(lines)} saves against {daemon.swaps} swaps, {daemon.changed} times changed, "
        f"{daemon.displaced} displaced; {fates}; lost {len(lost)}"
    )
    assert not lost
    assert len(lines) > 50
    assert tree.held_in_quarantine() == () or all(
        "ten seconds" in held.why for held in tree.held_in_quarantine()
    )
