"""A process that watches a tree and prints its hints, so that a test can stop it with SIGSTOP. Run as: ROOT.

A line on standard input drops a cookie; the end of standard input ends the process.
"""

import sys
from pathlib import Path

from dispatchd.adapters.tree.watcher import open_watcher
from dispatchd.application.ports.tree_watcher import Hint


def say(hint: Hint) -> None:
    """Print one hint."""
    sys.stdout.write(f"{hint}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    watcher = open_watcher(Path(sys.argv[1]))
    watcher.start(say)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        watcher.drop_cookie()
    watcher.stop()
