"""What the branch is called that the tree lies on: a look at a workspace needs no more of the audit log than that."""

from typing import Final, NamedTuple

BRANCH: Final = "dispatch"
BRANCH_REF: Final = "refs/heads/dispatch"
HEAD_NOTE: Final = "audit_head"
"""The note of the database that holds the last commit of the branch that it knows."""


class Behind(NamedTuple):
    """`merges` are on `into` and not on `branch`, which is checked out; `forward`: it has nothing of its own besides."""

    branch: str
    into: str
    merges: int
    forward: bool
