"""A person who saves one file as fast as the machine allows, against a real daemon that has to write it too.

`TORTURE_SECONDS=60` makes each style of saving last for a minute.
"""

import collections
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fakes import racing_writer
from tests.system.conftest import NewDesk
from tests.system.desk import BRISK, PATIENCE_SECONDS, Desk
from tests.system.evidence import gather, set_facts
from tests.system.standing_still import standing_still

PATH = "issues/contended.md"
SECONDS = float(os.environ.get("TORTURE_SECONDS", "3"))
LEAST_SAVES = 50
"""So many it has to be, however slow the disk: then it takes longer."""
RESTLESS = {
    **BRISK,
    "vanish_after": "2s",
    "settle": "10ms",
    "settle_at_most": "50ms",
    "render_every": "1ms",
    "refuse_after": "10ms",
    "autosave_within": "1ms",
}
"""A daemon that acts under the hand, so that as many writes and saves as possible meet.

A file that is renamed away for half of the time is believed to be gone no sooner than by default.
"""
PRIORITIES = ("low", "medium", "high", "critical")


@pytest.mark.parametrize("style", racing_writer.STYLES)
def test_inv1_every_save_is_accounted_for_while_the_daemon_writes_the_same_file(
    style: str, new_desk: NewDesk
) -> None:
    desk = new_desk("work")
    desk.init(sync=RESTLESS)
    desk.up()
    desk.save(PATH, "Beginning.\n")
    desk.sync()
    issue = desk.fact(PATH, "id")
    writes, saves = race(desk, issue, style)
    held = desk.sync()

    with standing_still(desk):  # what it has displaced changes its place, and goes after ten seconds
        kept = gather(desk)
    superseded = {replaced.encode() for _, replaced in saves}
    fates: collections.Counter[str] = collections.Counter()
    for number, _ in saves:
        text = racing_writer.text_of(number)
        fate = kept.fate_of(text)
        if fate is None and text.partition(b"\n")[0] in superseded:
            fate = "superseded"
        fates[fate or "lost"] += 1
    print(
        f"{style}: {len(saves)} saves, {writes} facts set, {desk.event_types().count('FactSet')} events: {dict(fates)}"
    )
    assert held == []
    assert fates["lost"] == 0
    assert len(saves) > LEAST_SAVES
    last = racing_writer.text_of(saves[-1][0]).decode()
    assert desk.read(PATH).endswith(last)
    assert list(desk.issues()) == [issue]
    desk.is_level()


def race(desk: Desk, issue: str, style: str) -> tuple[int, list[tuple[int, str]]]:
    """How often the daemon was told to change the file, and each save with the first line of what it replaced."""
    writing = [sys.executable, racing_writer.__file__, str(desk.path(PATH)), style, "7"]
    until = time.monotonic() + SECONDS
    writes = 0
    with subprocess.Popen(
        writing, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=with_checkout()
    ) as writer:
        while writer.poll() is None and (
            time.monotonic() < until
            or (newest(desk) <= LEAST_SAVES and time.monotonic() < until + PATIENCE_SECONDS)
        ):
            set_facts(desk, issue, f"priority={PRIORITIES[writes % 4]}")
            writes += 1
        output, _ = writer.communicate(timeout=60)
    assert writer.returncode == 0
    lines = [line.split(" ", 1) for line in output.splitlines()]
    return writes, [(int(number), replaced) for number, replaced in lines]


def newest(desk: Desk) -> int:
    """The number of the save that stands in the file; 0 where it is away, or not whole."""
    try:
        found = re.search(rb"^person (\d+)$", desk.path(PATH).read_bytes(), re.MULTILINE)
    except FileNotFoundError:
        return 0
    return int(found[1]) if found is not None else 0


def with_checkout() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
