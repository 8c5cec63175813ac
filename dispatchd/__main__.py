"""`dispatchd` on the command line."""


def main() -> None:
    """Run the program and leave with its exit code."""
    from dispatchd.cli.program import program

    program.main()


if __name__ == "__main__":
    main()
