"""What is still to be done while somebody waits for it, as the database says it to whoever only reads."""

from dispatchd.composition.looking import Workspace, daemon_of, database_of
from dispatchd.domain.wording import listed

_MOST = 3


def awaited(workspace: Workspace) -> str:
    """What the waiting is for, in words; empty where the daemon is halted, which whoever asks it says. Raises StoreFailure where the database cannot be read."""
    from dispatchd.adapters.sqlite.soundness import owed_writes

    daemon = daemon_of(workspace)
    if daemon is not None and daemon.is_stopped:
        return ""
    owed = owed_writes(database_of(workspace))
    if not owed:
        return "what was saved is still being taken in and committed"
    named = [
        f"{each.path} (tried {each.attempts} times)" if each.attempts > 1 else each.path for each in owed
    ]
    if len(named) > _MOST:
        named = [*named[:_MOST], f"{len(named) - _MOST} more"]
    return f"{listed(named)} {'is' if len(owed) == 1 else 'are'} still to be written"
