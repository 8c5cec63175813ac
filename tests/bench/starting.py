"""Cold import and warm start: from nothing, and with nothing changed, to a daemon that is level with its files."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator

from dispatchd.application.one_shot import begin
from dispatchd.composition.acting import close_session, open_session
from tests.bench import floors
from tests.bench.ground import Ground, daemon, pass_time, until
from tests.bench.table import Row

ISSUES = "SELECT count(*) FROM issues"
SETTLED_SECONDS = 2.2
"""Files younger than this might still change unseen, and are waited for; an import finds old ones."""


def importing(ground: Ground, files: int) -> Iterator[Row]:
    """A tree that the database does not know: taken in, committed to git, and what that took."""
    floor = floors.scan_stat_and_read(ground.tree / "issues")
    pass_time(SETTLED_SECONDS)
    began = time.monotonic()
    with daemon(ground) as running:
        until(lambda: ground.count(ISSUES) >= files, "the import", every=min(1.0, files / 1e6))
        imported = time.monotonic() - began
        cpu = running.cpu_seconds
        yield Row(
            what=f"cold import of {files:,} issues to a committed database",
            measured=imported * 1000,
            floor=floor,
            floor_is="scan + stat + read",
            target=files / 5,
            key="import",
            spread=f"{files / imported:,.0f} files/s, {cpu:.1f} CPU s",
        )
        yield Row(what="  … processor time", measured=cpu, unit="s", key="import_cpu")
        running.sync()
        settled = time.monotonic() - began
        yield Row(
            what="  … and all of it in commits",
            measured=settled * 1000,
            floor=floor,
            floor_is="scan + stat + read",
            spread=f"{running.cpu_seconds:.1f} CPU s",
        )
        yield Row(
            what=f"peak memory of the import of {files:,}",
            measured=running.memory_mb("VmHWM"),
            unit="MB",
            target=300,
            key="memory",
        )


def starting_warm(ground: Ground, files: int) -> Iterator[Row]:
    """The daemon starts on a tree that is as it left it."""
    floor = floors.scan_and_stat(ground.tree / "issues")
    taken = asyncio.run(_reconciled(ground))
    yield Row(
        what=f"start with nothing changed at {files:,}: reconciled",
        measured=statistics.median(taken) * 1000,
        floor=floor,
        floor_is="scan + stat",
        target=files / 100,
        key="warm_start",
        spread=f"n {len(taken)}",
    )
    ready = [_ready(ground) for _ in range(5)]
    yield Row(
        what="  … the daemon's process answers",
        measured=statistics.median(ready) * 1000,
        floor=floors.python_start(),
        floor_is="python start",
        target=600 if files <= 10_000 else None,
        key="ready",
        spread=f"n {len(ready)}",
    )


async def _reconciled(ground: Ground) -> list[float]:
    async def aside(work: Callable[[], object]) -> object:
        return await asyncio.to_thread(work)

    taken: list[float] = []
    for _ in range(5):
        session = await open_session(ground.workspace, aside)
        try:
            began = time.perf_counter()
            await begin(session)
            while await session.take():
                pass
            taken.append(time.perf_counter() - began)
        finally:
            await close_session(session)
    return taken


def _ready(ground: Ground) -> float:
    began = time.monotonic()
    with daemon(ground) as running:
        running.wait_until_ready()
        return time.monotonic() - began
