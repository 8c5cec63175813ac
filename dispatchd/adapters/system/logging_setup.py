"""Where the log goes: JSON lines in a rotated file, plain sentences on a terminal.

A record is one sentence plus `action` and ids, given as `extra={"action": …, "issue": …}`. What is worth a
record, and at which level, is left to those who write it.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

LOG_FILE: Final = "dispatchd.log"
_LARGEST: Final = 2 * 1024 * 1024
_KEPT: Final = 5
_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at, level, logger, message, action, then the ids it was given."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(_extras(record))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Sentences(logging.Formatter):
    """A record as a person reads it: time, level where it is more than news, sentence, ids."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        level = f"{record.levelname} " if record.levelno > logging.INFO else ""
        ids = " ".join(f"{key}={value}" for key, value in _extras(record).items() if key != "action")
        told = f"{at:%H:%M:%SZ} {level}{record.getMessage()}{f'  ({ids})' if ids else ''}"
        return f"{told}\n{self.formatException(record.exc_info)}" if record.exc_info else told


def _extras(record: logging.LogRecord) -> dict[str, object]:
    given = {key: value for key, value in vars(record).items() if key not in _OWN}
    action = {"action": given.pop("action")} if "action" in given else {}
    return action | given


class _Unshaken(logging.Handler):
    """What cannot be written (a full disk) is left out: a traceback beside every line would help nobody."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class PrivateRotatingFile(_Unshaken, RotatingFileHandler):
    """A log only its owner can read: titles and answers stand in it."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(
            self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)


class _Echo(_Unshaken, logging.StreamHandler[TextIO]):
    """Sentences for whoever watches."""


@contextmanager
def logging_to(folder: Path, *, level: int = logging.INFO, echo: TextIO | None = None) -> Iterator[Path]:
    """Log into *folder* (and as sentences to *echo*) while the context lasts; yields the log's path.

    Other libraries are heard from WARNING on. What cannot be written is left out, never raised.
    """
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / LOG_FILE
    to_file = PrivateRotatingFile(path, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
    to_file.setFormatter(JsonLines())
    handlers: list[logging.Handler] = [to_file]
    if echo is not None:
        to_echo = _Echo(echo)
        to_echo.setFormatter(Sentences())
        handlers.append(to_echo)
    root, own = logging.getLogger(), logging.getLogger("dispatchd")
    before = root.level, own.level
    root.setLevel(logging.WARNING)
    own.setLevel(level)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield path
    finally:
        for handler in handlers:
            root.removeHandler(handler)
        root.setLevel(before[0])
        own.setLevel(before[1])
        to_file.close()


def level_named(name: str) -> int:
    """The level that *name* spells in any case; INFO for one that does not exist, and says so on stderr."""
    level = logging.getLevelNamesMapping().get(name.strip().upper())
    if level is None:
        sys.stderr.write(f'Unknown log level "{name}"; using info. Known: debug, info, warning, error.\n')
        return logging.INFO
    return level
