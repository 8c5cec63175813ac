"""Long lists: what is longer than the terminal goes through its owner's pager, so that its beginning is seen first.

Only where somebody sits at both ends. What is piped or kept in a file is never paged, nor is what fits.
"""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation

pager_option: Final[Callable[[Any], Any]] = click.option(
    "--no-pager", "plainly", is_flag=True, help="Print it all, even if that is longer than the terminal."
)


def show_paged(invocation: "Invocation", lines: Sequence[str], *, plainly: bool) -> None:
    """Print *lines*; through a pager if they are more than the terminal has, unless *plainly*."""
    screen = invocation.screen
    if plainly or screen.width is None or not _is_too_long(lines) or not _may_page(invocation):
        screen.show(*lines)
    else:
        invocation.composition.leave_to_caller()  # a pager needs the terminal that the caller has
        # click ends what it pages with a line break of its own.
        click.echo_via_pager("\n".join(lines))


def _is_too_long(lines: Sequence[str]) -> bool:
    """Whether *lines* and the prompt below them have no room on the terminal."""
    import shutil

    return sum(line.count("\n") + 1 for line in lines) >= shutil.get_terminal_size().lines


def _may_page(invocation: "Invocation") -> bool:
    """Whether keys reach a pager, and its owner wants one."""
    return sys.stdin.isatty() and invocation.composition.wants_pager()
