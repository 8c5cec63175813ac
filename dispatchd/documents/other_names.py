"""What is said of a branch that is only another name of something: whoever moved it would move that."""


def shown_ref(name: str) -> str:
    """The full name of a reference as people say it."""
    return name.removeprefix("refs/heads/")


def is_another_name(branch: str, of: str) -> str:
    """That *branch* is another name of the reference with the full name *of*, as a clause."""
    return (
        f"{branch} is only another name of {shown_ref(of)} (a symbolic reference), which would move with it"
    )


def way_out(branch: str, of: str, *, stands: bool) -> str:
    """The command that makes *branch* a branch of its own; `stands`: *of* is there, so that it can begin there."""
    if stands:
        return f"git update-ref --no-deref refs/heads/{branch} {of}"
    return f"git symbolic-ref --delete refs/heads/{branch}"
