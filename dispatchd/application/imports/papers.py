"""Documents and decisions of other trackers: files in `context/` that say in their first lines where they are from."""

import re
from dataclasses import field
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.imports.answer import ItemState, Outcome
from dispatchd.application.plain_files import revise_by_command
from dispatchd.application.ports.unit_of_work import IMPORTED, DocumentRecord
from dispatchd.documents.foreign.item import ForeignItem
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.command import Circumstance, ReviseFile
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

FOLDER: Final = "context/"
_SOURCE: Final = re.compile(
    rb'\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(?:[^\n]*\n){0,40}?source:[ \t]*"?([^"\r\n]+?)"?[ \t]*\r?\n'
)
_LONGEST_HEAD: Final = 4096


@dataclass(slots=True, kw_only=True)
class Papers:
    """Takes in documents within one unit of work."""

    door: Door
    by: Circumstance
    dry_run: bool = False
    _here: dict[str, DocumentPath] | None = field(default=None)

    def take(self, item: ForeignItem) -> Outcome:
        """Write *item* where nothing stands, unless it came before: moved, changed or deleted since."""
        here = self._known().get(item.source) or self.door.work.note(IMPORTED + item.source)
        if here is not None:
            return Outcome(source=item.source, state=ItemState.HERE, id=here)
        path = self._free(DocumentPath(item.place))
        if role_of(path) is not PathRole.CONTEXT:
            why = f"{item.place} is no place for a document"
            return Outcome(source=item.source, state=ItemState.SKIPPED, why=why)
        if not self.dry_run:
            blob = self.door.work.blobs.put(item.body.encode(errors="replace"))
            self.door.handle(ReviseFile(path=path, blob=blob, source=item.source), self.by)
            revise_by_command(self.door, path, blob, self.by)
        self._known()[item.source] = path
        return Outcome(source=item.source, state=ItemState.IMPORTED, id=path)

    def _known(self) -> dict[str, DocumentPath]:
        """Documents by what they say of where they came from."""
        if self._here is None:
            self._here = {}
            for record in self.door.work.documents.all():
                source = self._source_of(record) if record.path.startswith(FOLDER) else None
                if source is not None:
                    self._here[source] = record.path
        return self._here

    def _source_of(self, record: DocumentRecord) -> str | None:
        if record.current is None:
            return None
        found = _SOURCE.match(self.door.work.blobs.get(record.current)[:_LONGEST_HEAD])
        return found[1].decode(errors="replace") if found else None

    def _free(self, path: DocumentPath) -> DocumentPath:
        """*path*, or one beside it where something else stands."""
        stem, number = path.removesuffix(".md"), 1
        while self.door.work.documents.at(path) is not None:
            number += 1
            path = DocumentPath(f"{stem}-{number}.md")
        return path
