"""What git's own log of the branch tells: which of its moves were the daemon's.

It belongs to this repository alone and is not carried by fetches and pulls. Git keeps ninety days of it by default.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dispatchd.application.ports.audit_log import CommitId, ForeignCommit
from dispatchd.application.ports.branch_names import BRANCH_REF

OURS: Final = "dispatchd: "
_NOTHING: Final = "0"


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


def believed(private_dir: Path, commits: Sequence[ForeignCommit]) -> frozenset[CommitId]:
    """Those of *commits* that daemons made before this clone became the one that decides."""
    try:
        waiting = [CommitId(line) for line in (private_dir / "believed").read_text().split()]
    except FileNotFoundError:
        return frozenset()
    known = {commit.oid: commit for commit in commits}
    past: set[CommitId] = set()
    while waiting:
        at = waiting.pop()
        if at in known and at not in past:
            past.add(at)
            waiting.extend(known[at].parents)
    return frozenset(oid for oid in past if known[oid].is_own)


def _moves(common_dir: Path) -> list[tuple[CommitId, CommitId]]:
    """From where to where we moved the branch, oldest first. Making it where it was not, after a clone or a deletion,
    made none of the commits that it came with.
    """
    try:
        lines = (common_dir / "logs" / BRANCH_REF).read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    moves = []
    for line in lines:
        ends, _, message = line.partition("\t")
        if message.startswith(OURS):
            old, new = ends.split(" ")[:2]
            if old.strip(_NOTHING):
                moves.append((CommitId(old), CommitId(new)))
    return moves
