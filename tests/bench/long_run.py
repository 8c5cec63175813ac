"""Many saves, one portion after the other: whether memory, descriptors, processes, database and objects stay as they are."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ground import Ground, MeasuredDaemon, daemon
from tests.bench.table import Row

AT_ONCE = 25
SAMPLES = 10
ROOM = 1.2
"""So many times what stood there after the first tenth may stand there at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the daemon holds at one moment, when it has nothing to do."""

    memory: float
    descriptors: int
    children: int
    threads: int
    database: float
    free: float
    """Of the database, in MB: pages that the next rows will take."""
    loose: int
    packs: int


def saving_for_long(ground: Ground, files: int, saves: int) -> Iterator[Row]:
    """*saves* over *files*, each file in its turn. Raises RuntimeError if one of them was not taken in."""
    ground.lay(files)
    with daemon(ground) as running:
        running.wait_until_ready()
        running.sync()
        cpu = running.cpu_seconds
        samples: list[Sample] = []
        for begun in range(0, saves, AT_ONCE):
            for number in range(begun, begun + AT_ONCE):
                _save(ground.issue_path(number % files), number)
            running.sync()
            if (begun + AT_ONCE) % max(AT_ONCE, saves // SAMPLES) == 0:
                samples.append(_sample(ground, running))
                yield Row(
                    what=f"  … after {begun + AT_ONCE:,} saves: memory",
                    measured=samples[-1].memory,
                    unit="MB",
                    spread=_told(samples[-1]),
                )
        used = running.cpu_seconds - cpu
    last = ground.count("SELECT count(*) FROM issues WHERE source LIKE 'save-%'")
    if last != min(files, saves):
        raise RuntimeError(f"{last} of {min(files, saves)} files were taken in")
    yield from _rows(samples, saves, used)


def _save(path: Path, number: int) -> None:
    """A changed fact, and in every other file a line of prose, as an editor saves it."""
    text = path.read_text(encoding="utf-8")
    lines = [
        f"source: save-{number}\n" if line.startswith("source:") else line
        for line in text.splitlines(keepends=True)
    ]
    if number % 2:
        lines.append(f"\nSeen again, {number}.\n")
    fresh = path.with_name(f"{path.name}~")
    fresh.write_text("".join(lines), encoding="utf-8")
    fresh.rename(path)


def _sample(ground: Ground, running: MeasuredDaemon) -> Sample:
    process = Path(f"/proc/{running.process.pid}")
    objects = ground.root / ".git" / "objects"
    with closing(sqlite3.connect(f"file:{ground.private / 'state.db'}?mode=ro", uri=True)) as connection:
        size, pages, free = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "page_count", "freelist_count")
        )
    children = (process / "task" / str(running.process.pid) / "children").read_text(encoding="utf-8")
    return Sample(
        memory=running.memory_mb("VmRSS"),
        descriptors=len(os.listdir(process / "fd")),  # noqa: PTH208 - the names are enough
        children=len(children.split()),
        threads=len(os.listdir(process / "task")),  # noqa: PTH208
        database=size * pages / 2**20,
        free=size * free / 2**20,
        loose=sum(1 for _ in objects.glob("[0-9a-f][0-9a-f]/*")),
        packs=sum(1 for _ in objects.glob("pack/*.pack")),
    )


def _told(sample: Sample) -> str:
    return (
        f"{sample.descriptors} descriptors, {sample.children} children, {sample.threads} threads, "
        f"database {sample.database:.0f} MB ({sample.free:.0f} free), {sample.loose} loose objects, {sample.packs} packs"
    )


def _rows(samples: list[Sample], saves: int, cpu: float) -> Iterator[Row]:
    first, last = samples[0], samples[-1]
    yield Row(what=f"{saves:,} saves: processor time of each", measured=1000 * cpu / saves)
    for what, begun, ended, unit in (
        ("memory", first.memory, last.memory, "MB"),
        ("descriptors", first.descriptors, last.descriptors, ""),
        ("child processes", first.children, last.children, ""),
        ("threads", first.threads, last.threads, ""),
    ):
        yield Row(
            what=f"  … {what} after all of them",
            measured=ended,
            unit=unit,
            floor=begun,
            floor_is="after the first tenth",
            target=ROOM * begun,
        )
    grown = (last.database - first.database) * 1024 / (saves * (1 - 1 / SAMPLES))
    yield Row(what="  … database, for each save", measured=grown, unit="KB", spread=_told(last))
