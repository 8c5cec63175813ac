"""A repository beside the user's that borrows its objects: what `git clone --shared` makes, without its remote and refs."""

import tempfile
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.runner import GitRunner

_ATTRIBUTES: Final = "* -filter\n"
"""In `info/attributes`, which no `.gitattributes` overrules: a filter is a program of the user's, named by whoever writes
that file. What stands in the repository is so the very bytes of its commits, to read and to write.
"""


@lru_cache(maxsize=8)
def _object_format(common_dir: Path) -> str:
    """How objects of the repository are named, which never changes."""
    return GitRunner(common_dir).feed("rev-parse", "--show-object-format", stdin=b"").line


def make_folder(path: Path, common_dir: Path) -> None:
    """Make *path* for the repository at *common_dir*; one that was moved away gets no folder where it stood.

    Raises GitFailedError.
    """
    if not common_dir.is_dir():
        GitRunner(common_dir).feed("rev-parse", "--git-dir", stdin=b"")  # git says in its way that it is gone
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_borrower(path: Path, common_dir: Path) -> GitRunner:
    """An empty repository at *path* that sees every object of the one at *common_dir*. No template, no hooks, no filters."""
    make_folder(path, common_dir)
    for name, content in _empty_repository(path.parent, common_dir).items():
        if content is None:
            (path / name).mkdir(exist_ok=True)
        else:
            (path / name).write_bytes(content)
    alternates = path / ".git" / "objects" / "info" / "alternates"
    alternates.write_text(borrowed_objects(common_dir), encoding="utf-8")
    (path / ".git" / "info").mkdir(exist_ok=True)
    (path / ".git" / "info" / "attributes").write_text(_ATTRIBUTES, encoding="utf-8")
    shallow = common_dir / "shallow"
    if shallow.is_file():
        (path / ".git" / "shallow").write_bytes(shallow.read_bytes())
    return GitRunner(path / ".git", path, path)


def borrowed_objects(common_dir: Path) -> str:
    """Where a borrower of that repository looks for objects, as its `objects/info/alternates` says."""
    return f"{common_dir / 'objects'}\n"


@lru_cache(maxsize=8)
def _empty_repository(folder: Path, common_dir: Path) -> dict[PurePath, bytes | None]:
    """What git lays down for an empty repository in *folder*: bytes for files, None for folders, each before its parts.

    It tries what the file system can do, and writes that down; the same is true of all that stand there.
    """
    form = _object_format(common_dir)
    with tempfile.TemporaryDirectory(prefix=".empty-", dir=folder) as made:
        place = Path(made)
        GitRunner(place / ".git").feed(
            "init", "--quiet", "--template=", f"--object-format={form}", made, stdin=b""
        )
        found = sorted(place.rglob("*"))
        return {each.relative_to(place): None if each.is_dir() else each.read_bytes() for each in found}
