"""What is the person's own in a repository: everything that dispatchd must leave exactly as it found it."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from tests.system.desk import Desk

OURS_IN_CONFIG: Final = ("merge.dispatchd.", "branch.dispatch.")
FAILING_HOOKS: Final = (
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "reference-transaction",
    "post-index-change",
)


def make_it_difficult(desk: Desk) -> None:
    """Staged and unstaged changes, new and ignored files, a stash, signing without a key, hooks that fail."""
    desk.git("config", "commit.gpgSign", "true")
    desk.git("config", "user.signingKey", "0000000000000000")
    desk.git("config", "core.autocrlf", "true")
    (desk.root / "code.py").write_text("print('stashed')\n", encoding="utf-8")
    desk.git("-c", "commit.gpgSign=false", "stash", "-q")
    desk.git("branch", "other")
    (desk.root / "code.py").write_text("print('staged')\n", encoding="utf-8")
    desk.git("add", "code.py")
    (desk.root / "code.py").write_text("print('dirty')\n", encoding="utf-8")
    (desk.root / "new file.txt").write_text("not added\n", encoding="utf-8")
    (desk.root / ".gitignore").write_text("*.log\n", encoding="utf-8")
    (desk.root / "build.log").write_text("ignored\n", encoding="utf-8")
    for name in FAILING_HOOKS:
        hook = desk.root / ".git" / "hooks" / name
        hook.write_text(
            '#!/bin/sh\necho the hook $0 ran >> "$(git rev-parse --git-common-dir)/ran"\nexit 1\n'
        )
        hook.chmod(0o755)


def belongings(desk: Desk) -> dict[str, str]:
    """A line for everything of the person's, by what it is."""
    git = desk.root / ".git"
    found = {
        "HEAD": (git / "HEAD").read_text(),
        "index": _sum(git / "index"),
        "reflog of HEAD": _sum(git / "logs" / "HEAD"),
        "a hook ran": str((git / "ran").exists()),
    }
    refs = desk.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    found.update({ref: "" for ref in refs if not ref.startswith(("refs/heads/dispatch ", "refs/dispatchd/"))})
    settings = desk.git("config", "--local", "--list").splitlines()
    found["config"] = "\n".join(line for line in settings if not line.startswith(OURS_IN_CONFIG))
    for folder, _, names in os.walk(desk.root):
        place = Path(folder)
        if place.is_relative_to(desk.tree) or (place.is_relative_to(git) and place != git / "hooks"):
            continue
        for name in names:
            file = place / name
            if file.parent != git:
                found[str(file.relative_to(desk.root))] = (
                    f"{_sum(file)} {stat.filemode(file.lstat().st_mode)}"
                )
    return found


def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
