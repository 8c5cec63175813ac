"""One moment of a workspace, as the answers of the language server are given from it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from dispatchd.application.meaning import Foresight, Meaning
from dispatchd.application.ports.read_model import ReadModel
from dispatchd.application.ports.read_rows import NameRow
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.board import Rules
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.lsp.page import Page

EVERY_KIND: Final = tuple(EntityKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`tree` is the folder of documents. Without a database `model` is None and only the documents are known."""

    tree: Path
    foresight: Foresight
    model: ReadModel | None = None

    @property
    def rules(self) -> Rules:
        """The settings in force."""
        return self.foresight.work.rules if self.foresight.work is not None else Rules()

    def meaning_of(self, page: Page, text: str | None = None) -> Meaning:
        """What saving *page* (or *text* in its place) would mean."""
        return self.foresight.of(page.path, page.text if text is None else text)

    def named(self, entity_id: str) -> NameRow | None:
        """What is called *entity_id*."""
        return self.model.name_of(entity_id) if self.model is not None else None

    def is_offered_whole(self, path: DocumentPath) -> bool:
        """Whether every box of the file at *path* is the daemon's: WAITING.md offers nothing else."""
        return role_of(path) is PathRole.RENDERED


class Ground:
    """Where the language server stands: finds the workspace of a file, opens moments of it, and comes back later."""

    def __init__(
        self,
        *,
        tree_of: Callable[[Path], Path | None],
        open_moment: Callable[[Path], AbstractContextManager[Moment]],
        version_of: Callable[[Path], object],
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self.open_moment = open_moment
        self.version_of = version_of
        """Something that differs when the workspace has changed since."""
        self.later = later
        """Calls back after so many seconds, on the thread the server runs on."""
        self._tree_of = tree_of
        self._trees: dict[Path, Path | None] = {}

    def tree_of(self, file: Path) -> Path | None:
        """The folder of documents that *file* lies in; None for a file elsewhere."""
        folder = file.parent
        if folder not in self._trees:
            self._trees[folder] = self._tree_of(file)
        return self._trees[folder]
