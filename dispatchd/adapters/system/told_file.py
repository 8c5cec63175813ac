"""Keeps what was told in a file of this machine's private folder, so that a database made anew tells nothing again."""

import contextlib
import json
import os
from pathlib import Path

from dispatchd.application.ports.told_ledger import Told, ToldLedger, Trouble


class ToldFile:
    """One JSON file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Told:
        """What was saved last; a file that says nothing that reads is set aside, and whoever asks is told so."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Told()
        try:
            data = json.loads(text)
            troubles = {name: Trouble(**each) for name, each in data.get("troubles", {}).items()}
            return Told(keys=dict(data["keys"]), digested=str(data.get("digested", "")), troubles=troubles)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OSError(
                f"{self._path} cannot be read ({error}); delete it, and what waits is told again"
            ) from error

    def save(self, told: Told) -> None:
        """Write it beside, flush it, and put it in the place."""
        troubles = {name: {"why": each.why, "at": each.at} for name, each in told.troubles.items()}
        data = {"keys": dict(told.keys), "digested": told.digested, "troubles": troubles}
        beside = self._path.with_name(f".{self._path.name}.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, folder)
            os.fsync(folder)


_port: type[ToldLedger] = ToldFile
