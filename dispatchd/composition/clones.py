"""Several clones of one workspace: sharing with them now, through the daemon where one runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from dispatchd.composition.acting import call_daemon, in_session, sync
from dispatchd.composition.looking import (
    Workspace,
    config_of,
    daemon_of,
    database_of,
    decides,
    home_of,
    name_of,
    name_to_decide_by,
    remember_home,
    shared_with,
)
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

    from dispatchd.application.clone_status import CloneStatus, HomeMoved
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.session import Session
    from dispatchd.application.sharing import Sharing, Word


BEGINS_WITHIN: Final = 30.0


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


def clones_of(workspace: Workspace, model: "ReadModel") -> "CloneStatus":
    """How it stands between this clone and the others, as far as is known here."""
    from dispatchd.application.clone_status import clone_status

    home, remote = home_of(workspace), shared_with(workspace)
    return clone_status(name_of(workspace), home, remote, model.note, model.audit_lag().waiting)


def home_here(workspace: Workspace) -> "HomeMoved":
    """Make this clone the one that decides. What its copy knew and the branch does not is kept, and said."""
    from dispatchd.application.clone_status import HomeMoved

    before = database_of(workspace)
    known = _known_in(before)
    name = _move_here(workspace)
    sync(workspace, wait=True)
    stands = _known_in(database_of(workspace))
    let_go = tuple(sorted((each, title) for each, title in known.items() if each not in stands))
    on_word, asked_again = _on_others_word(workspace)
    return HomeMoved(
        name=name,
        let_go=let_go,
        kept=_keep_copy(before) if let_go else "",
        on_word=on_word,
        asked_again=asked_again,
    )


def _on_others_word(workspace: Workspace) -> tuple[tuple[tuple[str, int], ...], int]:
    """How many decisions, by whom, stand because other clones' daemons tell them; and how many are not believed."""
    from collections import Counter

    from dispatchd.adapters.git.audit_branch import GitAuditLog
    from dispatchd.application.replaying import doubted_here, told_by_others

    log = GitAuditLog(workspace.places)
    decided = log.decided_here(log.head())
    doubted = doubted_here(decided)
    told = Counter(each.circumstance.actor.name for each in told_by_others(decided, doubted))
    in_all = len(told_by_others(decided, frozenset()))
    return tuple(told.most_common()), in_all - told.total()


def _known_in(database: "Path") -> dict[str, str]:
    """Everything that stands in *database*, by id, with its title; nothing where there is none."""
    from contextlib import closing

    from dispatchd.adapters.sqlite.read_only import open_read_only

    if not database.exists():
        return {}
    with closing(open_read_only(database)) as model:
        return {
            **{row.id: row.title for row in model.issues()},
            **{row.id: row.title for row in model.epics()},
            **{row.id: row.title for row in model.proposals()},
            **{row.id: row.title for row in model.threads()},
        }


def _keep_copy(database: "Path") -> str:
    """Keep a copy of *database* that nothing writes into; its place."""
    from dispatchd.adapters.sqlite.backup import FOLDER, copy_database
    from dispatchd.adapters.system.system_clock import SystemClock

    name = f"let-go-{SystemClock().now():%Y%m%dT%H%M%SZ}.db"
    return str(copy_database(database, database.parent / FOLDER / name))


def _move_here(workspace: Workspace) -> str:
    if decides(workspace) and home_of(workspace):
        raise WorkspaceError(f"{name_of(workspace)}, this clone, decides already")
    name = name_to_decide_by(workspace)
    if daemon_of(workspace) is not None:
        from dispatchd.application.requests.request import result_of

        result_of(call_daemon(workspace, {"call": "home"}))
        _wait_until_it_decides(workspace)
        return name

    async def move(session: "Session") -> None:
        import asyncio

        from dispatchd.adapters.git.shared_branch import GitSharedBranch
        from dispatchd.application.home_moving import move_home
        from dispatchd.application.one_shot import begin, settle
        from dispatchd.application.sharing import Remote

        shared = config_of(workspace).share.remote
        remote = Remote(branch=GitSharedBranch(workspace.places), name=shared) if shared else None
        await begin(session)
        await settle(session)
        await move_home(session, remote, asyncio.Lock(), name)

    in_session(workspace, move)
    remember_home(workspace, name)
    return name


def _wait_until_it_decides(workspace: Workspace) -> None:
    """The daemon begins anew as home; what is asked next is answered by that one."""
    import contextlib
    import time

    from dispatchd.application.requests.request import result_of

    until = time.monotonic() + BEGINS_WITHIN
    while time.monotonic() < until:
        with contextlib.suppress(WorkspaceError):
            if result_of(call_daemon(workspace, {"call": "ping"})).get("decides"):
                return
        time.sleep(0.05)
    raise WorkspaceError(
        f"this clone is home now, and its daemon has not begun again; see {workspace.private / 'logs'}"
    )


async def _share(workspace: Workspace, session: "Session", word: "Word") -> "Sharing":
    """Share, act on what came, and share what came of that."""
    import asyncio

    from dispatchd.adapters.git.shared_branch import GitSharedBranch
    from dispatchd.application.one_shot import begin, settle
    from dispatchd.application.sharing import Remote, share

    remote = Remote(
        branch=GitSharedBranch(workspace.places),
        name=config_of(workspace).share.remote,
        told=lambda home: remember_home(workspace, home),
    )
    turn = asyncio.Lock()
    await begin(session)
    await settle(session)
    done = await share(session, remote, turn, word)
    if done.took and decides(workspace) is not bool(session.clone):
        await settle(session)
        done = await share(session, remote, turn, word)
    return done
