"""Branches that are other names: a symbolic reference is written through, so that what it names moves, under whose checkout
ever. No branch that is one is moved by us.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from dispatchd.adapters.git.layout import first_line
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.documents.other_names import is_another_name, way_out


def leads_to(git: GitRunner, common_dir: Path, name: str) -> str | None:
    """The full name of what the reference *name*, a full name too, is another name of, there or not; None where it stands
    for itself or is not there. Raises GitFailedError.
    """
    place = common_dir / name
    in_tables = (common_dir / "reftable").is_dir()
    if not in_tables and not place.is_symlink() and not (first_line(place) or "").startswith("ref:"):
        return None  # a packed one names a commit
    said = git.ask("symbolic-ref", "--quiet", name, accept=(0, 1, 128))
    return said.line or None if said.exit_code == 0 else None


def why_not_moved(git: GitRunner, common_dir: Path, branch: str) -> str:
    """Why *branch* is not to be moved by anybody but people, and what mends that; empty where it stands for itself."""
    name = leads_to(git, common_dir, f"refs/heads/{branch}")
    if name is None:
        return ""
    mends = way_out(branch, name, stands=_stands(git, name))
    return f"{is_another_name(branch, name)}, so it is not moved; `{mends}` makes it a branch of its own"


def other_names(git: GitRunner, common_dir: Path, into: str) -> Iterator[tuple[str, str, bool]]:
    """The branches of agents' work, *into* and those below `dispatchd/`, that are other names: each with the full name of
    what it leads to, and whether that is there. Raises GitFailedError.
    """
    listed = git.ask("for-each-ref", "--format=%(refname)%00%(symref)", "refs/heads/dispatchd/").stdout
    lines = (line.split("\0") for line in os.fsdecode(listed).splitlines())
    found = {line[0].removeprefix("refs/heads/") for line in lines if line[1]}
    for branch in sorted({into, *found}):
        name = leads_to(git, common_dir, f"refs/heads/{branch}")  # git lists none that leads nowhere
        if name is not None:
            yield branch, name, _stands(git, name)


def _stands(git: GitRunner, name: str) -> bool:
    asked = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return git.ask(*asked, accept=(0, 1, 128)).exit_code == 0
