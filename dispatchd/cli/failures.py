"""The one place where failures end: a sentence to the person, and the exit code that says whose fault it was.

0 done, 1 refused or a problem found, 2 wrongly called, 3 a bug of dispatchd's (its traceback goes to the log folder),
130 interrupted.
"""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from dispatchd.cli.terminal import aside, visible_lines
from dispatchd.domain.errors import DispatchdError

DONE: Final = 0
REFUSED: Final = 1
BUG: Final = 3
INTERRUPTED: Final = 130


class Failed(click.ClickException):
    """A command's own way to say, with one sentence or more, that it did not do what was asked."""

    exit_code = REFUSED

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click passes it; failures have one way out
        """Say it on the error stream."""
        aside(f"dispatchd: {visible_lines(self.message)}")


def exit_code_of(run: Callable[[], object], log_folder: Callable[[], Path | None]) -> int:
    """Run *run* and turn however it ends into an exit code, having told the person."""
    try:
        result = run()
        sys.stdout.flush()
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        aside("dispatchd: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _silenced()
    except DispatchdError as refusal:
        aside(f"dispatchd: {visible_lines(str(refusal))}")
        return REFUSED
    except OSError as error:
        aside(f"dispatchd: {visible_lines(_told(error))}")
        return REFUSED
    except Exception:  # noqa: BLE001 - the boundary: whatever else fails is a bug, and says so with its traceback
        aside(*_bug_report(log_folder))
        return BUG
    return result if isinstance(result, int) else DONE


def _show(error: click.ClickException) -> None:
    """Click's own words quote what was typed, or what a script passed on: shown, not obeyed."""
    said = io.StringIO()
    error.show(said)
    sys.stderr.write(visible_lines(said.getvalue()))


def _silenced() -> int:
    """Nobody reads any more. What Python still holds for stdout goes nowhere, or it would complain on leaving."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        return REFUSED
    return DONE


def _told(error: OSError) -> str:
    what = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {what}" if error.filename else what


def _bug_report(log_folder: Callable[[], Path | None]) -> tuple[str, ...]:
    import traceback

    text = traceback.format_exc()
    last = text.rstrip().rsplit("\n", 1)[-1]
    first = f"dispatchd: this is a bug in dispatchd, not something you did: {visible_lines(last)}"
    try:
        path = _keep(text, log_folder())
    except OSError:
        return (first, "The traceback could not be kept; here it is:", text)
    return (first, f"The traceback is in {path}; please pass it on.")


def _keep(text: str, folder: Path | None) -> Path:
    import tempfile

    kept = folder or Path(tempfile.gettempdir())
    for made in (kept.parent, kept):  # not the repository around them: it may have been moved away
        made.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix="bug-", suffix=".log", dir=kept)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
