"""What an agent has committed, put on a branch that people have written anew: each commit in its own name and words.

What people had committed beneath it, and have taken out or changed since, must not come along: neither as a change, nor
as words above somebody else's.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Final

from dispatchd.adapters.git.clone_sight import AUTHOR
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.domain.actors import DAEMON_EMAIL
from dispatchd.domain.dataclass import dataclass

JOINS: Final = "Merge what people committed on "
"""What the message begins with of a commit that joins both sides."""
_MOST: Final = 100
"""Commits that are put there one by one: each takes three starts of git. Of more, one is made."""
_FIELDS: Final = ("%H", "%P", "%an", "%ae", "%aI", "%cI", "%ce", "%B")
_TAKEN_BACK: Final = "What was committed in the worktree before is taken back there\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A commit of the worktree."""

    commit: str
    parents: Sequence[str]
    variables: Mapping[str, str]
    """What makes another commit its author's, and of the same time: the same ones always come to the same commit."""
    message: str
    is_join: bool
    """Whether we have made it, of what people had committed and the agent's work: it changes nothing itself."""


class Replaying:
    """In the repository of *git*. Everything may raise GitFailedError."""

    def __init__(self, git: GitRunner) -> None:
        self._git = git

    def put_on(self, stands: str, since: str, head: str) -> str | None:
        """The commit *stands*, and on it what was committed since *since* up to *head*; None where they contradict each
        other.
        """
        made = self._made(since, head)
        onward = self._git.ask("merge-base", "--is-ancestor", since, head, accept=(0, 1)).exit_code == 0
        if onward and len(made) <= _MOST:
            each_by_itself = self._one_by_one(stands, made)
            if each_by_itself is not None:
                return each_by_itself
        return self._as_one(stands, since, head, made)

    def _made(self, since: str, head: str) -> Sequence[_Made]:
        """The agent's commits since *since* up to *head*, the oldest first: not what was only merged into them."""
        told = f"--format={'%x00'.join(_FIELDS)}"
        asked = (
            "log",
            "-z",
            "--topo-order",
            "--reverse",
            "--no-show-signature",
            told,
            f"{since}..{head}",
            "--",
        )
        fields = os.fsdecode(self._git.ask(*asked).stdout).split("\0")
        rows = [fields[at : at + len(_FIELDS)] for at in range(0, len(fields) - 1, len(_FIELDS))]
        found = {row[0]: _read(row) for row in rows}
        wanted: set[str] = set()
        pending = [head]
        while pending:
            commit = pending.pop()
            if commit in found and commit not in wanted:
                wanted.add(commit)
                each = found[commit]
                pending += each.parents[1:] if each.is_join else each.parents[:1]
        return [each for each in found.values() if each.commit in wanted and not each.is_join]

    def _one_by_one(self, stands: str, made: Sequence[_Made]) -> str | None:
        at = stands
        for each in made:
            if not each.parents:
                return None
            if each.parents[0] == at:
                at = each.commit
                continue
            tree = self._merged(each.parents[0], f"{at}^{{tree}}", each.commit)
            if tree is None:
                return None
            if len(each.parents) > 1 or tree != self._tree(at):
                at = self._commit(tree, (at, *each.parents[1:]), each.variables, each.message)
        return at

    def _as_one(self, stands: str, since: str, head: str, made: Sequence[_Made]) -> str | None:
        """All of it as one commit: where its steps contradict what people wrote, or the agent has undone some of them."""
        other = self._commit(self._tree(head), (since,), AUTHOR, "Other side")
        tree = self._merged(since, f"{stands}^{{tree}}", other)
        if tree is None or tree == self._tree(stands):
            return None if tree is None else stands
        message = "\n".join(each.message for each in made) or _TAKEN_BACK
        variables = made[-1].variables if made else AUTHOR | self._dates(head)
        return self._commit(tree, (stands,), variables, message)

    def _dates(self, commit: str) -> dict[str, str]:
        when = self._git.ask("show", "--no-patch", "--no-show-signature", "--format=%cI", commit).line
        return {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}

    def _merged(self, base: str, ours: str, theirs: str) -> str | None:
        """The tree of *ours*, a tree, with what *theirs*, a commit on *base*, changes; None where they contradict."""
        side = self._commit(self._tree(ours), (base,), AUTHOR, "One side")
        asked = ("merge-tree", "--write-tree", "-z", side, theirs)
        merged = self._git.feed(*asked, stdin=b"", accept=(0, 1, 128))
        if merged.exit_code:
            return None
        return os.fsdecode(merged.stdout).partition("\0")[0].strip()

    def _tree(self, name: str) -> str:
        found = name if name.endswith("^{tree}") else f"{name}^{{tree}}"
        return self._git.ask("rev-parse", found).line

    def _commit(self, tree: str, parents: Sequence[str], variables: Mapping[str, str], message: str) -> str:
        beneath = [word for each in parents for word in ("-p", each)]
        asked = ("commit-tree", tree, *beneath)
        return self._git.feed(*asked, stdin=os.fsencode(message), variables=variables).line


def _read(row: Sequence[str]) -> _Made:
    commit, parents, name, email, written, when, committer, message = row
    author = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": written}
    above = parents.split()
    return _Made(
        commit=commit,
        parents=above,
        variables={**AUTHOR, **author, "GIT_COMMITTER_DATE": when},
        message=message,
        is_join=committer == DAEMON_EMAIL and len(above) == 2 and message.startswith(JOINS),
    )
