"""What git's own log of the branch tells: which of its moves were the daemon's.

It belongs to this repository alone and is not carried by fetches and pulls. Git keeps ninety days of it by default.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dispatchd.application.ports.audit_log import BRANCH_REF, CommitId, ForeignCommit

OURS: Final = "dispatchd: "


def made_here(common_dir: Path, commits: Sequence[ForeignCommit]) -> frozenset[CommitId]:
    """Those of *commits* that lie between the ends of a move of ours."""
    parents = {commit.oid: commit.parents for commit in commits}
    made: set[CommitId] = set()
    for old, new in _moves(common_dir):
        at = new
        while at in parents and at != old:
            made.add(at)
            if not parents[at]:
                break
            at = parents[at][0]
    return frozenset(made)


def _moves(common_dir: Path) -> list[tuple[CommitId, CommitId]]:
    """From where to where we moved the branch, oldest first."""
    try:
        lines = (common_dir / "logs" / BRANCH_REF).read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    moves = []
    for line in lines:
        ends, _, message = line.partition("\t")
        if message.startswith(OURS):
            old, new = ends.split(" ")[:2]
            moves.append((CommitId(old), CommitId(new)))
    return moves
