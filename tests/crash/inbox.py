"""What the daemon's room hears in a crash world: hints that wait for the next round."""

from dispatchd.application.ports.tree_watcher import Hint


class Inbox:
    """Hints of the room itself."""

    def __init__(self) -> None:
        self.woken = False
        self.hints: list[Hint] = []

    def wake(self) -> None:
        self.woken = True

    def put(self, hint: Hint) -> None:
        self.hints.append(hint)
