"""What people have done so far in a scenario, kept beside a process that may be killed at any moment.

The next process plays the scenario from its beginning: what hands did before is not done again, what eyes saw before is
seen again. So a story goes on where it was, however often its daemon dies.
"""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dispatchd.application.requests.request import Verb
from tests.crash.crash_world import CrashWorld


class Journalled:
    """People's hands on a world, remembered in a file."""

    def __init__(self, world: CrashWorld, file: Path) -> None:
        self._world = world
        self._file = file
        noted: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        self._done: list[str | None] = noted.get("done", [])
        self._raced: int = noted.get("raced", 0)
        self._at = self._races = 0
        self._race: Callable[[], None] | None = None
        """What somebody does in the instant before the next swap; a process that was killed may have swapped without."""
        world.standing_saves = {(path, base64.b64decode(content)) for path, content in noted.get("saves", [])}

    def _keep(self) -> None:
        saves = [(path, base64.b64encode(text).decode()) for path, text in self._world.standing_saves]
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps({"done": self._done, "raced": self._raced, "saves": saves}))
        new.replace(self._file)

    def _once(self, act: Callable[[], str | None]) -> str | None:
        self._at += 1
        if self._at > len(self._done):
            self._done.append(act())
            self._keep()
        return self._done[self._at - 1]

    def settle(self) -> None:
        if self._race is not None:
            self._race()
        self._once(self._world.settle)

    def read(self, path: str) -> str:
        return self._once(lambda: self._world.read(path)) or ""

    def paths(self, folder: str = "") -> list[Any]:
        return list(self._world.paths(folder))

    def save(self, path: str, text: str | bytes, *, by_rename: bool = False) -> None:
        self._once(lambda: self._world.save(path, text, by_rename=by_rename))

    def edit(self, path: str, before: str, after: str) -> None:
        self._once(lambda: self._world.edit(path, before, after))

    def delete(self, *paths: str) -> None:
        self._once(lambda: self._world.delete(*paths))

    def rename(self, path: str, to_path: str) -> None:
        self._once(lambda: self._world.rename(path, to_path))

    def entity(self, subject: str) -> Any:
        return self._world.entity(subject)

    def happened(self, name: str) -> list[Any]:
        return self._world.happened(name)

    def before_next_swap(self, act: Callable[[], None]) -> None:
        self._races += 1
        if self._races <= self._raced:
            return

        def race() -> None:
            if self._race is None:
                return
            self._race = None
            at, self._at = self._at, len(self._done)
            act()
            self._done.pop()
            self._raced += 1
            self._keep()
            self._at = at

        self._race = race
        self._world.before_next_swap(race)

    def wait(self, seconds: float) -> None:
        self._once(lambda: self._world.wait(seconds))

    def pull(self, changes: Mapping[str, str | None]) -> None:
        self._once(lambda: self._world.pull(changes))

    def commit_by_hand(self, path: str) -> None:
        self._once(lambda: self._world.commit_by_hand(path))

    def request(
        self, verb: Verb, *, is_done: Callable[[], bool], speaker: str | None = None, **said: object
    ) -> None:
        self._once(lambda: self._world.request(verb, is_done=is_done, speaker=speaker, **said))
