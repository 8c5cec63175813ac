"""A process that reads and swaps one file until it is killed, and notes down whatever it came to know. Run as: BASE PATH.

It notes a text before it lets go of it, so that a test can tell afterwards what a kill at any instant lost. It prints a
line a swap, and ends when standard input does.
"""

import os
import select
import sys
from pathlib import Path

from dispatchd.adapters.tree.local_tree import LocalTree, open_tree
from dispatchd.application.ports.dispatch_tree import Changed, Displaced, FileContent, WriteRequest, Written
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath


class Notes:
    """The first lines of the complete texts that were seen, in a file that survives the process."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def take(self, content: bytes) -> None:
        """Note a text whose end is there; a torn one is followed by its rest."""
        first = content.partition(b"\n")[0]
        if content.endswith(b"\nend of %s\n" % first.removeprefix(b"person ")):
            os.write(self._descriptor, first + b"\n")


def ingest(tree: LocalTree, notes: Notes, displaced: Displaced) -> None:
    """Take a displaced save in, and say so."""
    notes.take(displaced.content)
    tree.settle(displaced)


def turn(tree: LocalTree, notes: Notes, path: DocumentPath, row: int) -> bool:
    """Read, and write over what was read; whether it was written."""
    found = tree.read(path)
    if found is None:
        return False
    notes.take(found.content)
    content = b"daemon %d of %d\n" % (row, os.getpid())
    outcome = tree.write(WriteRequest(row=row, path=path, expected=digest(found.content), content=content))
    match outcome:
        case Written(displaced=Displaced() as displaced):
            ingest(tree, notes, displaced)
        case Changed(found=FileContent(content=theirs)):
            notes.take(theirs)
        case _:
            pass
    return isinstance(outcome, Written)


def run(base: Path, path: DocumentPath) -> None:
    """Recover, then go on until standard input ends."""
    tree = open_tree(base / "tree", base / "private")
    notes = Notes(base / "notes")
    for displaced in tree.recover():
        ingest(tree, notes, displaced)
    row = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        row += 1
        if turn(tree, notes, path, row):
            sys.stdout.write(".\n")
            sys.stdout.flush()
        if row % 10 == 0:
            for displaced in tree.sweep_quarantine():
                ingest(tree, notes, displaced)


if __name__ == "__main__":
    run(Path(sys.argv[1]), DocumentPath(sys.argv[2]))
