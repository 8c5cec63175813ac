"""Where the text of something new comes from: the command line, a file, or standard input."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])


def body_options(command: C) -> C:
    """`--body` and `--body-file`, worded the same everywhere."""
    with_file = click.option(
        "-F",
        "--body-file",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
        help="Take the text from a file; - is standard input.",
    )
    return click.option("-b", "--body", help="The text below the facts.")(with_file(command))


def body_from(body: str | None, file: Path | None) -> str | None:
    """The text asked for; None where there is none."""
    if body is not None and file is not None:
        raise click.UsageError("give the text once: --body or --body-file")
    if file is None:
        return body
    with click.open_file(str(file), encoding="utf-8") as opened:
        return str(opened.read())
