"""Several clones of one workspace: sharing with them now, through the daemon where one runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dispatchd.composition.acting import call_daemon, in_session
from dispatchd.composition.looking import Workspace, config_of, daemon_of
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.application.session import Session
    from dispatchd.application.sharing import Sharing, Word


def share_workspace(workspace: Workspace, word: str = "") -> Mapping[str, Any]:
    """Fetch and push now; *word* is what a person says about a remote that lost commits."""
    from dispatchd.application.sharing import Word

    if not config_of(workspace).share.remote:
        raise WorkspaceError(
            'nothing is shared: write remote = "origin" below [share] in config.toml first '
            "(dispatchd config set share.remote origin)"
        )
    if daemon_of(workspace) is not None:
        from dispatchd.application.requests.request import result_of

        return result_of(call_daemon(workspace, {"call": "share", "word": word}))
    done = in_session(workspace, lambda session: _share(workspace, session, Word(word)))
    return {"remote": done.remote, "trouble": done.trouble, "words": done.words, "took": done.took}


async def _share(workspace: Workspace, session: "Session", word: "Word") -> "Sharing":
    """Share, act on what came, and share what came of that."""
    import asyncio

    from dispatchd.adapters.git.shared_branch import GitSharedBranch
    from dispatchd.application.one_shot import begin, settle
    from dispatchd.application.sharing import Remote, share

    remote = Remote(branch=GitSharedBranch(workspace.places), name=config_of(workspace).share.remote)
    turn = asyncio.Lock()
    await begin(session)
    await settle(session)
    done = await share(session, remote, turn, word)
    if done.took:
        await settle(session)
        done = await share(session, remote, turn, word)
    return done
