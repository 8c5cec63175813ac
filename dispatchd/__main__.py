"""`dispatchd` on the command line."""

import gc
import os
import sys
from typing import Final

from dispatchd.adapters.processes.command_call import carried_out_there

OBJECTS_BETWEEN_SEARCHES: Final = 10_000


def main() -> None:
    """Run the program and leave with its exit code."""
    try:
        code = carried_out_there(sys.argv)
    except KeyboardInterrupt:
        sys.stderr.write("dispatchd: interrupted\n")
        sys.exit(130)
    if code is not None:
        sys.exit(code)
    run_here()


def run_here() -> None:
    """Run the program in this process, and leave with its exit code."""
    search_seldom()
    for name, how, mode in (
        ("stdin", os.O_RDONLY, "r"),
        ("stdout", os.O_WRONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        if (
            getattr(sys, name) is None
        ):  # closed by whoever started us: nothing is read, what is said is said to nobody
            setattr(sys, name, os.fdopen(os.open(os.devnull, how), mode, encoding="utf-8"))
    from dispatchd.cli.program import program

    program.main()


def search_seldom() -> None:
    """Look for garbage in circles after so many new objects, not after every 700: loading makes 100,000 and drops none.

    The search was a tenth of a start. What it finds later is 2 MB at most.
    """
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES, 10, 10)


def serve_commands(runs: str, *descriptors: str) -> None:
    """Carry out commands for others, but for the agents whose folders are in *runs*. Never returns.

    The daemon starts this with the descriptors that it left open, in the order of `Descriptors`.
    """
    from dispatchd.adapters.processes.command_server import Descriptors, serve
    from dispatchd.adapters.processes.peers import agent_at
    from dispatchd.cli.program import program

    search_seldom()
    serve(
        Descriptors(*map(int, descriptors)),
        program.main,
        lambda caller: agent_at(runs, caller) is None,
    )


if __name__ == "__main__":
    main()
