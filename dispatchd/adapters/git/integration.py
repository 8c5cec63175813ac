"""The branch that agents' work comes together on: merged as objects, moved by compare and swap, never under a checkout."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from dispatchd.adapters.git.borrowing import make_borrower
from dispatchd.adapters.git.checkouts import checked_out_at, held_at, rebased_at
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.symbolic import leads_to, why_not_moved
from dispatchd.adapters.git.telling import telling
from dispatchd.application.ports.integration import Integration, IntegrationFailed, Joined

_AUTHOR: Final = {
    "GIT_AUTHOR_NAME": "dispatchd",
    "GIT_AUTHOR_EMAIL": "dispatchd@local",
    "GIT_COMMITTER_NAME": "dispatchd",
    "GIT_COMMITTER_EMAIL": "dispatchd@local",
}
_STAGED: Final = re.compile(r"\d{6} [0-9a-f]+ [123]\t(.*)", re.DOTALL)


class GitIntegration:
    """*scratch* is where commits are checked out to be tried."""

    def __init__(self, common_dir: Path, scratch: Path) -> None:
        self._git = GitRunner(common_dir)
        self._common_dir = common_dir
        self._scratch = scratch

    @telling(IntegrationFailed)
    def head(self, branch: str, *, start: str) -> str:
        """Where *branch* points; it is made at *start* where there is none."""
        name = f"refs/heads/{branch}"
        found = self._git.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", accept=(0, 1, 128))
        if found.exit_code == 0:
            return found.line
        alias = why_not_moved(self._git, self._common_dir, branch)
        if alias:
            raise IntegrationFailed(alias)
        made = ("update-ref", "--no-deref", "--create-reflog", name, start, "0" * len(start))
        self._git.feed(*made, stdin=b"")
        return start

    @telling(IntegrationFailed)
    def leads_to(self, branch: str) -> str | None:
        """The full name of what *branch* is another name of; None where it stands for itself."""
        return leads_to(self._git, self._common_dir, f"refs/heads/{branch}")

    @telling(IntegrationFailed)
    def exists(self, branch: str) -> bool:
        """Whether there is a branch of that name."""
        name = f"refs/heads/{branch}^{{commit}}"
        return self._git.ask("rev-parse", "--verify", "--quiet", name, accept=(0, 1, 128)).exit_code == 0

    @telling(IntegrationFailed)
    def join(self, branch: str, commit: str, message: str) -> Joined:
        """What merging *commit* into *branch* would give."""
        onto = self.head(branch, start=commit)
        trees = ("merge-tree", "--write-tree", "-z", "--messages", onto, commit)
        try:
            merged = self._git.feed(*trees, stdin=b"", accept=(0, 1))
        except GitFailedError:
            if self._git.ask("merge-base", onto, commit, accept=(0, 1)).exit_code:
                return Joined(commit=None, onto=onto, unrelated=True)
            raise
        parts = merged.stdout.decode("utf-8", errors="replace").split("\0")
        tree = parts[0].strip()
        if merged.exit_code:
            found = (match[1] for part in parts[1:] if (match := _STAGED.fullmatch(part)))
            return Joined(commit=None, onto=onto, conflicts=tuple(dict.fromkeys(found)), told=_told(parts))
        made = self._git.feed(
            "commit-tree", tree, "-p", onto, "-p", commit, stdin=message.encode(), variables=_AUTHOR
        ).line
        return Joined(commit=made, onto=onto, changed=self._changed(onto, made))

    def _changed(self, one: str, other: str) -> tuple[str, ...]:
        told = self._git.ask("diff-tree", "-r", "-z", "--ignore-submodules=none", "--name-only", one, other)
        return tuple(path for path in told.stdout.decode("utf-8", errors="replace").split("\0") if path)

    @telling(IntegrationFailed)
    def check_out(self, commit: str, name: str) -> Path:
        """A scratch clone of the repository at *commit*."""
        path = self._scratch / f"check-{name}"
        shutil.rmtree(path, ignore_errors=True)
        inside = make_borrower(path, self._common_dir)
        inside.feed("checkout", "--quiet", "--detach", commit, "--", stdin=b"")
        return path

    def drop_checkout(self, path: Path) -> None:
        """Take a scratch clone away."""
        if path.parent == self._scratch:
            shutil.rmtree(path, ignore_errors=True)

    @telling(IntegrationFailed)
    def move(
        self, branch: str, *, to: str, expected: str, while_there: Mapping[str, str] = MappingProxyType({})
    ) -> bool:
        """Move the branch in one step, if it is where it was expected and nobody has it checked out or rebases it by now,
        and the others are where *while_there* says. One that is another name is not moved.
        """
        if self.leads_to(branch) is not None:
            return False
        if held_at(self._git, self._common_dir, branch) is not None:
            return False
        orders = f"update refs/heads/{branch}\0{to}\0{expected}\0"
        orders += "".join(f"verify refs/heads/{name}\0{commit}\0" for name, commit in while_there.items())
        told = ("--no-deref", "--create-reflog", "-m", "dispatchd: merge", "-z", "--stdin")
        moved = self._git.feed("update-ref", *told, stdin=orders.encode(), accept=(0, 1, 128))
        return moved.exit_code == 0

    @telling(IntegrationFailed)
    def checked_out_at(self, branch: str) -> Path | None:
        """The worktree in which *branch* is checked out."""
        return checked_out_at(self._git, self._common_dir, branch)

    @telling(IntegrationFailed)
    def rebased_at(self, branch: str) -> Path | None:
        """The worktree in which a rebase of *branch* is open."""
        return rebased_at(self._git, self._common_dir, branch)

    @telling(IntegrationFailed)
    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether *of* has *commit* in its history."""
        answer = self._git.ask("merge-base", "--is-ancestor", commit, of, accept=(0, 1, 128))
        return answer.exit_code == 0

    @telling(IntegrationFailed)
    def missing(self, commit: str, head: str, *, since: str) -> tuple[str, ...]:
        """The paths that *commit* has changed *since*, and that stand otherwise at *head*."""
        otherwise = set(self._changed(head, commit))
        return tuple(path for path in self._changed(since, commit) if path in otherwise)

    @telling(IntegrationFailed)
    def merge_of(self, commit: str, head: str, *, since: str, saying: str) -> str | None:
        """The merge of *commit* that was made here: a first parent of *head* since *since*, that ends with *saying*."""
        listed = self._git.ask("rev-list", "--first-parent", "--parents", f"{since}..{head}").stdout.decode()
        lines = (line.split() for line in listed.splitlines())
        merges = (line[0] for line in lines if line[2:] == [commit])
        return next((each for each in merges if self._message(each).endswith(f"\n\n{saying.strip()}")), None)

    def _message(self, commit: str) -> str:
        said = self._git.ask("cat-file", "commit", commit).stdout.decode("utf-8", errors="replace")
        return said.partition("\n\n")[2].rstrip()


def _told(parts: list[str]) -> str:
    """The sentences among the messages, `CONFLICT (content): …`; a kind of message stands before each."""
    return "\n".join(part.strip() for part in parts if part.startswith("CONFLICT") and ": " in part)


_port: type[Integration] = GitIntegration
