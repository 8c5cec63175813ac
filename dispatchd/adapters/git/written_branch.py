"""Where the branch stands, as far as git's own files say it: for whoever looks without starting git."""

import re
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.layout import first_line
from dispatchd.application.ports.branch_names import BRANCH_REF

_COMMIT_ID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def written_branch_head(common_dir: Path) -> str | None:
    """The commit that the branch's loose or packed reference names; None where neither does."""
    loose = first_line(common_dir / BRANCH_REF)
    if loose is not None and _COMMIT_ID.fullmatch(loose):
        return loose
    return _packed(common_dir / "packed-refs")


def may_stand(common_dir: Path) -> bool:
    """Whether the branch stands, or could: where references are kept in a table, only git can tell."""
    return written_branch_head(common_dir) is not None or (common_dir / "reftable").is_dir()


def _packed(path: Path) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    end = content.find(f" {BRANCH_REF}\n".encode())
    if end < 0:
        return None
    found = content[content.rfind(b"\n", 0, end) + 1 : end].decode("ascii", "replace")
    return found if _COMMIT_ID.fullmatch(found) else None
