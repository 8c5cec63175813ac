"""Writers that save without rest, a person who gives orders, and a daemon that is stopped and killed among them.

Every choice (when to kill, when to stop, for how long, what to save, how) comes from one seed; what the machine makes of
it differs from run to run. Nothing may be lost and nothing may happen twice.
"""

import contextlib
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dispatchd.application.wire import WireError
from dispatchd.documents.digest import digest
from dispatchd.domain.errors import DispatchdError
from tests.fakes import racing_writer
from tests.system.desk import BRISK, COMMAND, Desk, until
from tests.system.evidence import gather, set_facts
from tests.torture import writer

RESTLESS: Final = {
    **BRISK,
    "settle": "10ms",
    "settle_at_most": "50ms",
    "render_every": "1ms",
    "refuse_after": "10ms",
    "autosave_within": "1ms",
    # A writer that waits for its turn on a busy machine between two renames has not deleted anything.
    "vanish_after": "15s",
}
"""A daemon that acts under the hand, so that as many writes and saves as possible meet."""
FLIPPED: Final = "issues/flipped.md"
_CHECKOUT: Final = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Tally:
    """What was done, and what came of it."""

    seed: int
    saves: int = 0
    renders: int = 0
    kills: int = 0
    stops: int = 0
    orders: int = 0
    flips: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    def told(self) -> str:
        """One line."""
        return (
            f"seed {self.seed}: {self.saves} saves, {self.orders} orders, {self.flips} ticks of a state, "
            f"{self.renders} renders, {self.kills} kills, {self.stops} stops; "
            f"lost {len(self.lost)}, acts done twice {len(self.twice)}"
        )


def path_of(style: str) -> str:
    """The file that is saved in this way."""
    return f"issues/{style.replace(' ', '-')}.md"


@dataclass(slots=True)
class Ordeal:
    """One run at a desk that is no workspace yet."""

    desk: Desk
    seed: int
    tally: Tally
    acknowledged: list[str] = field(default_factory=list)
    _daemon: subprocess.Popen[bytes] | None = None

    def run(self, seconds: float) -> Tally:
        """Let them at each other for so long, then count."""
        try:
            self._lay()
            with self._writers() as saved:
                self._fight(time.monotonic() + seconds)
            self._begin()
            until(self._answers, "the daemon does not answer", 60)
            for _ in range(2):
                self.desk.sync()
        finally:
            self._end()
        self._count(saved)
        return self.tally

    def _lay(self) -> None:
        self.desk.init(sync=RESTLESS)
        for style in writer.STYLES:
            self.desk.save(path_of(style), "Beginning.\n")
        self.desk.save(FLIPPED, "---\nid: i-fp1d\nstatus: unassigned\n---\n\n# Flipped\n")
        self._begin()
        until(self._answers, "the daemon does not answer", 60)
        self.desk.sync()

    def _begin(self) -> None:
        self._end()
        self._daemon = subprocess.Popen(
            [COMMAND, "run"], cwd=self.desk.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.desk.daemons.append(self._daemon.pid)

    def _end(self) -> None:
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait()

    def _answers(self) -> bool:
        return self.desk.run(COMMAND, "sync").code == 0 and self.desk.json("status")["daemon"] is not None

    @contextlib.contextmanager
    def _writers(self) -> Iterator[dict[str, list[tuple[int, str]]]]:
        saved: dict[str, list[tuple[int, str]]] = {}
        env = {**os.environ, "PYTHONPATH": str(_CHECKOUT)}
        running = {
            style: subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.torture.writer",
                    str(self.desk.path(path_of(style))),
                    style,
                    str(self.seed),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=env,
                cwd=_CHECKOUT,
            )
            for style in writer.STYLES
        }
        try:
            yield saved
        finally:
            for style, process in running.items():
                output, _ = process.communicate(timeout=60)
                assert process.returncode == 0, style
                lines = [line.split(" ", 1) for line in output.splitlines()]
                saved[style] = [(int(number), replaced) for number, replaced in lines]

    def _fight(self, until_then: float) -> None:
        dice = random.Random(self.seed)  # noqa: S311 - a seed repeats what is done
        rest = threading.Event()
        while time.monotonic() < until_then:
            assert self._daemon is not None
            assert self._daemon.poll() is None, "the daemon ended by itself"
            choice = dice.random()
            if choice < 0.15:
                self._daemon.kill()
                self.tally.kills += 1
                self._begin()
            elif choice < 0.35:
                self._daemon.send_signal(signal.SIGSTOP)
                rest.wait(dice.uniform(0.01, 0.8))
                self._daemon.send_signal(signal.SIGCONT)
                self.tally.stops += 1
            elif choice < 0.6:
                self._flip()
            else:
                self._order()
            rest.wait(dice.uniform(0, 0.3))

    def _order(self) -> None:
        """Ask for something through the socket; only what was acknowledged has to have happened."""
        self.tally.orders += 1
        label = f"n{self.tally.orders}"
        with contextlib.suppress(DispatchdError, WireError, TimeoutError, ValueError):
            set_facts(self.desk, "i-fp1d", f"labels+={label}")
            self.acknowledged.append(label)

    def _flip(self) -> None:
        """Change the state in the file and save by rename, as `sed -i` does."""
        file = self.desk.path(FLIPPED)
        text = file.read_text(encoding="utf-8")
        line = re.search(r"^status: (unassigned|queued)$", text, re.MULTILINE)
        if line is None:
            return
        other = "queued" if line[1] == "unassigned" else "unassigned"
        new = file.with_name("sedAbCdEf")
        new.write_text(text.replace(line[0], f"status: {other}", 1), encoding="utf-8")
        new.replace(file)
        self.tally.flips += 1

    def _count(self, saved: dict[str, list[tuple[int, str]]]) -> None:
        tally = self.tally
        tally.saves = sum(len(saves) for saves in saved.values())
        kept = gather(self.desk)
        for style, saves in saved.items():
            superseded = {replaced.encode() for _, replaced in saves}
            final = self.desk.path(path_of(style)).read_bytes()
            for number, _ in saves:
                text = racing_writer.text_of(number)
                if style == "append":
                    is_kept = final.count(b"line %d of this file\n" % number) == 1
                else:
                    is_kept = text.partition(b"\n")[0] in superseded or kept.fate_of(text) is not None
                if not is_kept:
                    tally.lost.append(f"save {number} {style} (digest {digest(text)[:12]})")
        tally.lost += [f"order {label}" for label in self.acknowledged if label not in self._labels()]
        with contextlib.closing(sqlite3.connect(self.desk.private / "state.db")) as connection:
            found = connection.execute(
                "SELECT count(*) FROM agreed_texts WHERE source = 'rendered'"
            ).fetchone()
        tally.renders = int(found[0])
        self._count_twice()

    def _labels(self) -> Sequence[str]:
        labels: Sequence[str] = self.desk.issues()["i-fp1d"].get("labels", [])
        return labels

    def _count_twice(self) -> None:
        events = self.desk.events()
        ids = [str(event["id"]) for event in events]
        committed = self.desk.committed_events()
        twice = self.tally.twice
        twice += [f"event {each}" for each in set(ids) if ids.count(each) > 1]
        twice += [f"commit of {each}" for each in set(committed) if committed.count(each) > 1]
        types = self.desk.event_types()
        files = len(writer.STYLES) + 1
        twice += ["an issue was opened again"] * (types.count("IssueOpened") - files)
        twice += ["an issue was deleted"] * types.count("EntityRemoved")
        of_flipped = self.desk.event_types("i-fp1d")
        twice += ["a state moved more often than it was changed"] * (
            of_flipped.count("IssueMoved") - self.tally.flips
        )
        twice += ["an order was carried out again"] * (of_flipped.count("FactSet") - self.tally.orders)
        lacking = set(ids) ^ set(committed)
        self.tally.lost += [f"event {each} is in the log or on the branch alone" for each in sorted(lacking)]
