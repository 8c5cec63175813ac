"""Which remotes a repository has, read from its configuration; no network is asked."""

import re
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.application.forge_pages import Remote
from dispatchd.application.ports.branch_names import BRANCH
from dispatchd.domain.errors import WorkspaceError

_WANTED: Final = rf"^(remote\..*\.url|branch\.{re.escape(BRANCH)}\.remote|dispatchd\.forge)$"


def remote_of_branch(common_dir: Path) -> Remote | None:
    """The remote that the branch of the workspace follows, else `origin`, else the only one."""
    runner = GitRunner(common_dir)
    try:
        answer = runner.feed("config", "-z", "--get-regexp", _WANTED, stdin=b"", accept=(0, 1))
    except GitFailedError as error:
        raise WorkspaceError(str(error)) from error
    entries = (entry.partition("\n") for entry in answer.stdout.decode("utf-8", "replace").split("\0"))
    settings = {key: value for key, _, value in entries if key}
    urls = {
        key.removeprefix("remote.").removesuffix(".url"): value
        for key, value in settings.items()
        if key.startswith("remote.")
    }
    followed = settings.get(f"branch.{BRANCH}.remote", "")
    name = next((each for each in (followed, "origin", *urls) if each in urls), None)
    if name is None or (name not in {followed, "origin"} and len(urls) > 1):
        return None
    tracked = f"refs/remotes/{name}/{BRANCH}"
    known = runner.feed("rev-parse", "--verify", "--quiet", tracked, stdin=b"", accept=(0, 1))
    forge = settings.get("dispatchd.forge", "")
    return Remote(name=name, url=urls[name], forge=forge, has_branch=known.exit_code == 0)
