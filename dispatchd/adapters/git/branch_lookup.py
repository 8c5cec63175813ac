"""What a repository's references lead to: by its own plain files where they say so, and only else by asking git."""

from collections.abc import Callable, Sequence
from pathlib import Path

from dispatchd.adapters.git.reading import commits_named
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.git.written_branch import is_unwritten, written_commit


class BranchLookup:
    """Of the repository at *common_dir*. Everything may raise GitFailedError."""

    def __init__(self, common_dir: Path) -> None:
        self._git = GitRunner(common_dir)
        self._common_dir = common_dir

    def commit(self, name: str) -> str | None:
        """The commit that the reference with the full name *name* leads to; None where there is none."""
        written = written_commit(self._common_dir, name)
        if written is not None or is_unwritten(self._common_dir, name):
            return written
        asked = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        answer = self._git.feed(*asked, stdin=b"", accept=(0, 1, 128))
        return answer.line or None if answer.exit_code == 0 else None

    def first_of(self, names: Sequence[str]) -> str | None:
        """The commit of the first of *names*, full names or `HEAD`, that leads to one; None where none does."""
        for name in names:
            written = written_commit(self._common_dir, name)
            if written is not None:
                return written
            if not is_unwritten(self._common_dir, name):
                return next(filter(None, commits_named(self._git, names)), None)
        return None

    def keep(self, name: str, commit: str, *, branch: str, begins: Callable[[], str]) -> str:
        """Have *name* name the *commit*, and the *branch*, both full names, begin where *begins* says if there is none; its
        commit.
        """
        stands = self.commit(branch)
        orders = [] if written_commit(self._common_dir, name) == commit else [f"update {name}\0{commit}\0\0"]
        at = stands if stands is not None else begins()
        orders += [] if stands is not None else [f"create {branch}\0{at}\0"]
        if orders:
            self._git.feed("update-ref", "--no-deref", "-z", "--stdin", stdin="".join(orders).encode())
        return at
