"""Finding the texts that come with dispatchd, installed or in a checkout.

A wheel carries `templates/` and `prompts/` inside this package; an editable installation does not, so there the
checkout's own folders are used. Names that begin with a dot are stored as `dot-…`: in this repository they are
data and must not act on it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dispatchd.application.ports.assets import Assets
from dispatchd.documents.tree_paths import STATUS, WAITING
from dispatchd.documents.workflow_document import FOLDER
from dispatchd.domain.errors import WorkspaceError
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import Role

_DOT: Final = "dot-"


class PackagedAssets:
    """The texts beside this file or, failing that, at the root of the checkout. *package* is this file's folder."""

    def __init__(self, package: Path = Path(__file__).parent) -> None:
        self._package = package

    def laid_files(self) -> Mapping[DocumentPath, bytes]:
        root = self._folder("templates")
        found = {_laid_as(file.relative_to(root)): file for file in root.rglob("*") if file.is_file()}
        for page in (STATUS, WAITING):
            found.pop(page, None)
        return {path: found[path].read_bytes() for path in sorted(found) if not path.startswith(FOLDER)}

    def first_pages(self) -> Mapping[DocumentPath, bytes]:
        return {page: self._read(self._folder("templates") / page) for page in (STATUS, WAITING)}

    def workflows(self) -> Mapping[str, str]:
        folder = self._folder("templates") / FOLDER
        return {file.stem: self._read(file).decode() for file in sorted(folder.glob("*.toml"))}

    def prompt(self, role: Role) -> str:
        return self._read(self._folder("prompts") / f"{role}.md").decode()

    def _folder(self, name: str) -> Path:
        checkout = self._package.parents[2]
        for candidate in (self._package / name, checkout / name):
            if candidate.is_dir() and (candidate.parent == self._package or _is_checkout(checkout)):
                return candidate
        raise WorkspaceError(f"This installation lacks its folder {name}/. Install dispatchd again.")

    def _read(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except FileNotFoundError:
            raise WorkspaceError(f"This installation lacks {file}. Install dispatchd again.") from None


_port: type[Assets] = PackagedAssets


def _laid_as(relative: Path) -> DocumentPath:
    parts = (f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in relative.parts)
    return DocumentPath("/".join(parts))


def _is_checkout(folder: Path) -> bool:
    """Whether *folder* is this project's source and not, say, site-packages with a foreign `templates` in it."""
    return (folder / "pyproject.toml").is_file() and (folder / "dispatchd").is_dir()
