"""Paths that leave is asked for, in the one form in which rules look at them.

Within the worktree they are relative to it; what lies outside begins with `/`, `..` or `~`. Only what is written counts
here: where a link leads is for the cell to hold.
"""

from typing import Final

from dispatchd.domain.glob import fits

_OUTSIDE: Final = ("/", "../", "~")


def normal_path(path: str, worktree: str = "") -> str:
    """*path* without `.` and `..`, relative to *worktree* where it lies in it."""
    whole = _normal(path)
    root = _normal(worktree) if worktree else ""
    if root and whole == root:
        return "."
    return whole.removeprefix(f"{root}/") if root else whole


def _normal(path: str) -> str:
    is_absolute, parts = path.startswith("/"), list[str]()
    for part in path.split("/"):
        if part in {"", "."}:
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".." or not is_absolute:
            parts.append(part)
    return f"/{'/'.join(parts)}" if is_absolute else "/".join(parts) or "."


def leaves_worktree(path: str) -> bool:
    """Whether a path in its normal form lies outside of the worktree, or may do so."""
    return path == ".." or path.startswith(_OUTSIDE)


def path_fits(path: str, pattern: str) -> bool:
    """Whether *pattern* fits the normal form of *path*; `*/auth/*` fits a folder at the top as well."""
    whole = normal_path(path)
    return fits(whole, pattern) or (not leaves_worktree(whole) and fits(f"./{whole}", pattern))


def may_be_allowed(path: str, pattern: str) -> bool:
    """Whether a rule that allows may have *path*: what leaves the worktree only where the rule names an absolute place."""
    return pattern.startswith("/") or not leaves_worktree(normal_path(path))
