"""Where the bytes of a save are: what INV1 asks of each of them."""

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dispatchd.adapters.system.control_client import call
from dispatchd.application.requests.request import Request, Verb, dump_request, result_of
from dispatchd.documents.digest import digest
from tests.system.desk import Desk


@dataclass(slots=True)
class Evidence:
    """What a workspace has kept, read once."""

    blobs: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    quarantine: set[str] = field(default_factory=set)
    committed: set[str] = field(default_factory=set)

    def fate_of(self, content: bytes) -> str | None:
        """Where *content* is kept; None if it is lost."""
        name = digest(content)
        for place in ("files", "blobs", "committed", "quarantine"):
            if name in getattr(self, place):
                return place
        return None


def gather(desk: Desk) -> Evidence:
    """Everything that a text of the tree may have been kept in."""
    found = Evidence()
    database = f"file:{desk.private / 'state.db'}?mode=ro"
    with contextlib.closing(sqlite3.connect(database, uri=True)) as connection:
        found.blobs = {row[0] for row in connection.execute("SELECT digest FROM blobs")}
    found.files = {digest(file.read_bytes()) for file in desk.tree.rglob("*.md")}
    for folder in ("quarantine", "tmp"):
        found.quarantine |= {digest(file.read_bytes()) for file in (desk.private / folder).iterdir()}
    found.committed = {digest(content) for content in committed_texts(desk)}
    return found


def committed_texts(desk: Desk) -> Iterable[bytes]:
    """Every content that any file of the branch ever had."""
    listed = desk.tree_git("log", "--raw", "--no-abbrev", "--format=", "--no-renames").splitlines()
    names = {line.split()[3] for line in listed if line.startswith(":")} - {"0" * 40}
    for name in names:
        yield desk.tree_git("cat-file", "blob", name).encode()


def set_facts(desk: Desk, subject: str, *changes: str) -> Mapping[str, object]:
    """What `dispatchd issue set` asks of the daemon, without the time that starting a command takes."""
    request = Request(verb=Verb.SET, arguments={"id": subject, "changes": list(changes)})
    message = {"call": "perform", "request": dump_request(request)}
    return result_of(call(desk.private, message, timeout=60))
