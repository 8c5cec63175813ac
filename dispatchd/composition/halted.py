"""Whoever waits for a daemon that a signal has stopped is told so, instead of waiting mutely."""

from dispatchd.adapters.processes.served_call import say_at_once
from dispatchd.composition.looking import Workspace, daemon_of


class SaidOnce:
    """Says on the error stream, once, that the daemon of *workspace* is stopped. To be called while it is silent."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._said = ""

    def __call__(self) -> None:
        """Look; a daemon that has only much to do, or that went on meanwhile, is nothing to speak of."""
        daemon = daemon_of(self._workspace)
        halt = daemon.halt if daemon is not None else ""
        if halt and halt != self._said:
            say_at_once(
                f"{halt}\nUntil then this command waits; what it asks for is done when the daemon goes on."
            )
        self._said = halt
