"""A repository beside the user's that borrows its objects: what `git clone --shared` makes, without its remote and refs."""

from functools import lru_cache
from pathlib import Path

from dispatchd.adapters.git.runner import GitRunner


@lru_cache(maxsize=8)
def _object_format(common_dir: Path) -> str:
    """How objects of the repository are named, which never changes."""
    return GitRunner(common_dir).ask("rev-parse", "--show-object-format").line


def make_folder(path: Path, common_dir: Path) -> None:
    """Make *path* for the repository at *common_dir*; one that was moved away gets no folder where it stood.

    Raises GitFailedError.
    """
    if not common_dir.is_dir():
        GitRunner(common_dir).feed("rev-parse", "--git-dir", stdin=b"")  # git says in its way that it is gone
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_borrower(path: Path, common_dir: Path) -> GitRunner:
    """An empty repository at *path* that sees every object of the one at *common_dir*. No template, no hooks."""
    make_folder(path, common_dir)
    form = _object_format(common_dir)
    GitRunner(path / ".git").feed(
        "init", "--quiet", "--template=", f"--object-format={form}", str(path), stdin=b""
    )
    alternates = path / ".git" / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text(f"{common_dir / 'objects'}\n", encoding="utf-8")
    shallow = common_dir / "shallow"
    if shallow.is_file():
        (path / ".git" / "shallow").write_bytes(shallow.read_bytes())
    return GitRunner(path / ".git", path, path)
