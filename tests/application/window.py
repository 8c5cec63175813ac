"""What can be seen of a workspace from outside: files, the log, the branch, and the database's records of them."""

import json
from collections.abc import Iterable
from typing import Any

from dispatchd.application.ports.audit_log import ForeignCommit
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord, UnitOfWork
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import DocumentPath, EventPosition
from tests.fakes.fake_audit_log import FakeAuditLog
from tests.fakes.fake_tree import FakeTree
from tests.fakes.instant_store import InstantStore


class Window:
    """Looks, and changes nothing."""

    tree: FakeTree
    store: InstantStore
    log: FakeAuditLog

    def read(self, path: str) -> str:
        """The file, as a person sees it."""
        content = self.tree.content(path)
        assert content is not None, f"nothing is at {path}; there are {self.paths()}"
        return content.decode()

    def paths(self, folder: str = "") -> list[DocumentPath]:
        """The documents that stand in *folder*."""
        return sorted(path for path in self.tree.scan().files if path.startswith(folder))

    def field(self, path: str, key: str) -> str:
        """What stands behind a key of the front matter, a comment included."""
        return next(
            line.partition(":")[2].strip()
            for line in self.read(path).splitlines()
            if line.startswith(f"{key}:")
        )

    def events(self) -> list[RecordedEvent]:
        """The whole log."""
        return self.store.look(lambda work: [recorded for recorded, _ in _all_events(work)])

    def told(self) -> list[str]:
        """The whole log in plain words."""
        return self.store.look(lambda work: [told for _, told in _all_events(work)])

    def happened(self, name: str) -> list[Any]:
        """The events of one type."""
        return [recorded.event for recorded in self.events() if type(recorded.event).__name__ == name]

    def entity(self, subject: str) -> Any:
        """Any entity by its id."""
        return self.store.look(lambda work: work.entity(subject))

    def record(self, path: str) -> DocumentRecord | None:
        """What the database knows of a file."""
        return self.store.look(lambda work: work.documents.at(DocumentPath(path)))

    def at(self, path: str) -> Any:
        """The entity of the file at *path*."""
        record = self.record(path)
        assert record is not None, f"nothing is known of {path}"
        return self.entity(record.subject)

    def problems(self) -> list[ProblemRecord]:
        """What is listed as wrong."""
        return self.store.look(lambda work: list(work.problems.all()))

    def commits(self) -> list[ForeignCommit]:
        """The branch, oldest first, without its beginning."""
        return list(self.log.commits_between(None, self.log.head()))[2:]

    def subjects(self) -> list[str]:
        """Author and subject of each commit."""
        return [f"{commit.author.name}: {commit.subject}" for commit in self.commits()]

    def committed_events(self) -> list[str]:
        """The ids of the events in all commits."""
        return [json.loads(line)["id"] for commit in self.commits() for line in commit.events]

    def on_branch(self, path: str) -> str | None:
        """The file as the branch has it."""
        content = self.log.read(self.log.head(), DocumentPath(path))
        return None if content is None else content.decode(errors="surrogateescape")


def _all_events(work: UnitOfWork) -> Iterable[tuple[RecordedEvent, str]]:
    position = 1
    while True:
        try:
            yield work.event_at(EventPosition(position))
        except KeyError:
            return
        position += 1
