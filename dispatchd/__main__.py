"""`dispatchd` on the command line."""

import os
import sys

from dispatchd.adapters.processes.command_call import carried_out_there


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


def serve_commands(runs: str, *descriptors: str) -> None:
    """Carry out commands for others, but for the agents whose folders are in *runs*. Never returns.

    The daemon starts this with the descriptors that it left open, in the order of `Descriptors`.
    """
    from dispatchd.adapters.processes.command_server import Descriptors, serve
    from dispatchd.adapters.processes.process_kin import agent_above
    from dispatchd.cli.program import program

    serve(
        Descriptors(*map(int, descriptors)),
        program.main,
        lambda caller: agent_above(runs, caller) is None,
    )


if __name__ == "__main__":
    main()
