"""Where branches stand, as far as git's own files say it: for whoever looks without starting git."""

import os
import re
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.layout import first_line
from dispatchd.application.ports.branch_names import BRANCH_REF

_COMMIT_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def written_branch_head(common_dir: Path) -> str | None:
    """The commit that the branch's loose or packed reference names; None where neither does."""
    return written_commit(common_dir, BRANCH_REF)


def written_commit(common_dir: Path, ref: str) -> str | None:
    """The commit that *ref*, `HEAD` or a branch's full name, leads to by its loose or packed reference; None where
    neither names one, which may be because it names another reference, or because only git can tell.
    """
    if ".." in ref:
        return None  # a name that git refuses, and a path to anywhere
    loose = first_line(common_dir / ref)
    if loose is not None and _COMMIT_ID.fullmatch(loose):
        return loose
    if ref == "HEAD":
        named = (loose or "").removeprefix("ref:").strip()
        return written_commit(common_dir, named) if named.startswith("refs/heads/") else None
    return _packed(common_dir / "packed-refs", ref) if loose is None else None


def is_unwritten(common_dir: Path, ref: str) -> bool:
    """Whether there surely is no reference with the full name *ref*."""
    if (
        ".." in ref
        or _in_tables(common_dir)
        or (os.path.lexists(common_dir / ref) and not (common_dir / ref).is_dir())
    ):
        return False
    try:
        return b" " + os.fsencode(ref) + b"\n" not in (common_dir / "packed-refs").read_bytes()
    except FileNotFoundError:
        return True
    except OSError:
        return False


def may_stand(common_dir: Path) -> bool:
    """Whether the branch stands, or could: where references are kept in a table, only git can tell."""
    return written_branch_head(common_dir) is not None or _in_tables(common_dir)


def _in_tables(common_dir: Path) -> bool:
    return (common_dir / "reftable").is_dir()


def _packed(path: Path, ref: str) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    end = content.find(b" " + os.fsencode(ref) + b"\n")
    if end < 0:
        return None
    found = content[content.rfind(b"\n", 0, end) + 1 : end].decode("ascii", "replace")
    return found if _COMMIT_ID.fullmatch(found) else None
