"""Commands as people wait for them, and one commit of one changed file."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator

from dispatchd.application.committing import commit
from dispatchd.application.one_shot import begin
from dispatchd.application.session import Session
from dispatchd.composition.acting import close_session, open_session
from tests.bench import floors
from tests.bench.ground import COMMAND, Ground, issue_id
from tests.bench.table import Row, row_of_times

RUNS = 15


def looking(ground: Ground, files: int, *, with_daemon: bool) -> Iterator[Row]:
    """The commands that only look."""
    floor = floors.python_start()
    target = 75.0 if with_daemon else 75.0 + floors.scan_and_stat(ground.tree / "issues")
    where = "with a daemon" if with_daemon else "without a daemon"
    for words in (
        ("status",),
        ("issue", "list", "--status", "queued", "--label", "area-7"),
        ("issue", "show", issue_id(files // 2)),
        ("issue", "show", issue_id(files // 2), "--json"),
    ):
        yield row_of_times(
            f"{' '.join(words)} at {files:,}, {where}",
            floors.timed(lambda words=words: _run(ground, *words), RUNS),  # type: ignore[misc]
            floor=floor,
            floor_is="python start",
            target=target,
            key=f"{'_'.join(words[:2])}{'' if with_daemon else '_alone'}",
        )


def writing(ground: Ground, files: int) -> Iterator[Row]:
    """The commands that change something, through the daemon."""
    floor = floors.python_start() + floors.socket_round_trip()
    floor_is = "python start + a socket's round trip"
    numbers = iter(range(3, files, 5))
    yield row_of_times(
        f"issue new at {files:,} with a daemon",
        floors.timed(lambda: _run(ground, "issue", "new", "A new one"), RUNS),
        floor=floor,
        floor_is=floor_is,
        target=90.0,
    )
    yield row_of_times(
        f"issue set at {files:,} with a daemon",
        floors.timed(
            lambda: _run(ground, "issue", "set", issue_id(next(numbers)), "priority=critical"), RUNS
        ),
        floor=floor,
        floor_is=floor_is,
        target=90.0,
    )


def _run(ground: Ground, *words: str) -> None:
    done = subprocess.run(
        [COMMAND, *words], cwd=ground.root, env=ground.environment, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr.decode()}")


def committing(ground: Ground, files: int) -> Iterator[Row]:
    """One changed file, taken in and committed without a daemon; only the commit is measured."""
    floor = floors.git_spawn(ground)
    taken = asyncio.run(_commits(ground))
    yield row_of_times(
        f"audit commit of one changed file at {files:,}",
        taken,
        floor=floor,
        floor_is="one git spawn",
        key="commit",
        target=40.0 if files <= 10_000 else 120.0,
    )


async def _commits(ground: Ground) -> list[float]:
    async def directly(work: Callable[[], object]) -> object:
        return work()

    session = await open_session(ground.workspace, directly)
    try:
        await begin(session)
        return [await _commit_one(session, ground, number) for number in range(4, 4 + 5 * RUNS, 5)]
    finally:
        await close_session(session)


async def _commit_one(session: Session, ground: Ground, number: int) -> float:
    path = ground.issue_path(number)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nrole: coder\n", "\nrole: reviewer\n", 1), encoding="utf-8")
    await session.scan()
    while await session.take(hurry=True):
        pass
    began = time.perf_counter()
    made = await commit(session, force=True)
    taken = time.perf_counter() - began
    if not made:
        raise RuntimeError(f"{path} was not committed")
    return taken
