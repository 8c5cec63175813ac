"""One call of the program: where it was made, the workspace around it, and how it reads and writes.

Everything is found when first asked for, so that `--help` looks for nothing and a read loads no more than it needs.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from dispatchd.cli.terminal import Screen, aside, screen_for

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.requests.request import Verb
    from dispatchd.cli.composition_port import Composition, RunningDaemon, Workspace

HERE: Final = Path()


class Invocation:
    """What every command is handed. *composition* is given by tests; the program's own is loaded when needed."""

    def __init__(self, composition: "Composition | None" = None, start: Path = HERE) -> None:
        self.start = start
        self.no_color: str | None = None
        self.term: str | None = None
        self._composition = composition

    @property
    def composition(self) -> "Composition":
        """The functions that put the program together."""
        if self._composition is None:
            self._composition = cast("Composition", importlib.import_module("dispatchd.composition"))
        return self._composition

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace around the place of the call."""
        return self.composition.find_workspace(self.start)

    @property
    def log_folder(self) -> Path | None:
        """Where a traceback is kept; None while no workspace has been found."""
        found = self.__dict__.get("workspace")
        return None if found is None else found.private / "logs"

    @cached_property
    def screen(self) -> Screen:
        """The screen that results go to."""
        return screen_for(sys.stdout, no_color=self.no_color, term=self.term)

    @cached_property
    def daemon(self) -> "RunningDaemon | None":
        """The daemon of the workspace, if one runs."""
        return self.composition.daemon_of(self.workspace)

    @cached_property
    def me(self) -> str:
        """The handle of whoever sits here. It is asked of git, so only where it matters."""
        return self.composition.who_looks(self.workspace)

    @contextmanager
    def reading(self, *, just_written: bool = False) -> "Iterator[ReadModel]":
        """The read model, closed afterwards; says first where no daemon runs and the files are newer than it."""
        if not just_written and self.daemon is None:
            late = self.composition.staleness(self.workspace)
            if late is not None:
                aside(late)
        model = self.composition.open_read_model(self.workspace)
        try:
            yield model
        finally:
            model.close()

    def perform(self, verb: "Verb", *, speaker: str | None = None, **arguments: Any) -> Mapping[str, Any]:
        """Carry out what is asked, through the daemon where one runs; arguments that are None were not given."""
        from dispatchd.application.requests.request import Request

        given = {name: value for name, value in arguments.items() if value is not None}
        return self.composition.perform(self.workspace, Request(verb=verb, arguments=given, speaker=speaker))

    def place(self, path: str, line: int = 0) -> str:
        """A path inside the tree, and a line of it, as they can be opened from where the command was given."""
        shown = self.shown_folder(self.workspace.tree / path)
        return f"{shown}:{line}" if line else shown

    def shown_folder(self, path: Path) -> str:
        """*path*, relative to the place of the call where that is no longer."""
        here = Path.cwd()
        if path.is_relative_to(here):
            return str(path.relative_to(here))
        up = (
            Path(*[".."] * len(here.relative_to(self.workspace.root).parts))
            if here.is_relative_to(self.workspace.root)
            else None
        )
        if up is not None and path.is_relative_to(self.workspace.root):
            return str(up / path.relative_to(self.workspace.root))
        return str(path)
