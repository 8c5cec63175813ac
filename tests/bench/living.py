"""A daemon among 10,000 files: one save, many at once, and none at all."""

import hashlib
import itertools
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench import floors
from tests.bench.ground import Ground, MeasuredDaemon, issue_id, pass_time, until
from tests.bench.table import Row, row_of_times

SAVES = 25
SETTLE_SECONDS = 0.25
GATED = """---
title: Epic {number}
status: draft
---

Why.

## Stages

### Design

Gate: approval: Is the flow right?

### Build
"""


def saving(ground: Ground, running: MeasuredDaemon) -> Iterator[Row]:
    """From the moment a file is saved to the daemon's answer in it, or to the database where there is none."""
    floor = floors.durable_replace(ground.private)
    yield answering(ground, floor)
    running.sync()
    ticked = list(_ticked_gates(ground, running))
    yield row_of_times(
        "  … a ticked gate",
        [taken - SETTLE_SECONDS for taken in ticked],
        floor=floor,
        floor_is="write + fsync + rename + fsync",
        target=40.0,
    )
    running.sync()
    decided = [_state_in_database(ground, number) for number in _issues(ground, 2 * SAVES)[SAVES:]]
    yield row_of_times(
        "  … decided only (a save that needs no answer)",
        [taken - SETTLE_SECONDS for taken in decided],
        floor=floors.durable_commit(ground.private),
        floor_is="one durable commit",
        target=20.0,
    )
    behind = [_committed_after(ground, number) for number in _issues(ground, 2 * SAVES + 5)[2 * SAVES :]]
    yield row_of_times("save -> commit on the branch", behind, target=2000.0 + 250.0)
    running.sync()


def answering(ground: Ground, floor: float) -> Row:
    """One save after the other, each until its answer stands in the file."""
    rendered = [_answer_to_a_lost_line(ground, number) for number in _issues(ground, SAVES)]
    return row_of_times(
        "save -> decided and rendered, beyond the settle time",
        [taken - SETTLE_SECONDS for taken in rendered],
        floor=floor,
        floor_is="write + fsync + rename + fsync",
        target=40.0,
        key="save",
    )


def _issues(ground: Ground, count: int) -> list[int]:
    """Numbers of issues that are queued, one after the other."""
    return [number for number in range(5 * count) if number % 5 == 1][:count]


def _answer_to_a_lost_line(ground: Ground, number: int) -> float:
    path = ground.issue_path(number)
    text = path.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith("priority:")]
    fresh = path.with_name(f"{path.name}~")
    fresh.write_text("".join(kept), encoding="utf-8")
    fresh.rename(path)
    began = time.monotonic()
    until(partial(_says, path, "\npriority: "), "the line's return", every=0.001)
    return time.monotonic() - began


def _ticked_gates(ground: Ground, running: MeasuredDaemon) -> Iterator[float]:
    paths = [ground.tree / "epics" / f"gate-{number}.md" for number in range(SAVES)]
    for number, path in enumerate(paths):
        path.write_text(GATED.format(number=number), encoding="utf-8")
    running.sync()
    for path in paths:
        path.write_text(
            path.read_text(encoding="utf-8").replace("status: draft", "status: ready"), encoding="utf-8"
        )
    running.sync()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("- [ ] Approve\n", "- [x] Approve\n", 1), encoding="utf-8")
        began = time.monotonic()
        until(partial(_says, path, "- [x] Approved ("), "the stamp", every=0.001)
        yield time.monotonic() - began


def _says(path: Path, text: str) -> bool:
    return text in path.read_text(encoding="utf-8")


def _set_state(path: Path, state: str) -> None:
    text = path.read_text(encoding="utf-8")
    lines = [
        f"status: {state}\n" if line.startswith("status:") else line
        for line in text.splitlines(keepends=True)
    ]
    path.write_text("".join(lines), encoding="utf-8")


def _state_in_database(ground: Ground, number: int) -> float:
    _set_state(ground.issue_path(number), "unassigned")
    began = time.monotonic()
    query = "SELECT count(*) FROM issues WHERE id = ? AND status = 'unassigned'"
    until(lambda: ground.count(query, issue_id(number)), "the decision", every=0.001)
    return time.monotonic() - began


def _committed_after(ground: Ground, number: int) -> float:
    head = ground.root / ".git" / "refs" / "heads" / "dispatch"
    before = head.read_bytes()
    _set_state(ground.issue_path(number), "unassigned")
    began = time.monotonic()
    until(lambda: head.read_bytes() != before, "a commit")
    return time.monotonic() - began


def replacing_all(ground: Ground, running: MeasuredDaemon, files: int) -> Iterator[Row]:
    """Every file replaced by another of the same name, as a checkout or a script does."""
    floor = floors.replace_all(ground.private / "floor", files)
    texts = {}
    for number in range(files):
        path = ground.issue_path(number)
        texts[path] = (
            path.read_text(encoding="utf-8").replace("What happens", f"What happens {number}", 1).encode()
        )
    cpu = running.cpu_seconds
    for path, text in texts.items():
        fresh = path.with_name(f"{path.name}~")
        fresh.write_bytes(text)
        fresh.rename(path)
    ended = time.monotonic()
    last = hashlib.sha256(next(reversed(texts.values()))).hexdigest()
    until(
        lambda: ground.count("SELECT count(*) FROM documents WHERE seen = ?", last),
        "the last file",
        every=0.05,
    )
    until(lambda: _all_seen(ground, texts), "all files in the database", every=0.2)
    taken = time.monotonic() - ended
    yield Row(
        what=f"burst: {files:,} files replaced, all in the database after the last write",
        measured=taken * 1000,
        floor=floor,
        floor_is="write + rename of them",
        target=5000.0 * files / 10_000,
    )
    yield Row(
        what="  … CPU",
        measured=running.cpu_seconds - cpu,
        unit="s",
        target=4.0 * files / 10_000,
    )
    began = time.monotonic()
    running.sync()
    yield Row(what="  … all of it in commits", measured=(time.monotonic() - began) * 1000)


def _all_seen(ground: Ground, texts: dict[Path, bytes]) -> bool:
    sample = list(itertools.islice(texts.items(), 0, None, max(1, len(texts) // 200)))
    query = "SELECT count(*) FROM documents WHERE path = ? AND seen = ?"
    return all(
        ground.count(query, path.relative_to(ground.tree).as_posix(), hashlib.sha256(text).hexdigest())
        for path, text in sample
    )


def editing_many(ground: Ground, running: MeasuredDaemon, count: int) -> Iterator[Row]:
    """`sed -i` over many files at once."""
    paths = [ground.issue_path(number) for number in range(5 * count) if number % 5 == 2][:count]
    before = len(ground.run("git", "-C", ".dispatch", "rev-list", "HEAD").split())
    cpu = running.cpu_seconds
    ground.run("sed", "-i", "s/^status: .*/status: unassigned/", *paths)
    began = time.monotonic()
    running.sync()
    taken = time.monotonic() - began
    commits = len(ground.run("git", "-C", ".dispatch", "rev-list", "HEAD").split()) - before
    yield Row(
        what=f"sed -i of one line in {len(paths)} files, to decided, answered and committed",
        measured=taken * 1000,
        spread=f"{commits} commits, {running.cpu_seconds - cpu:.1f} CPU s",
    )


def resting(ground: Ground, running: MeasuredDaemon, seconds: float, files: int) -> Iterator[Row]:
    """Nothing happens: what that costs."""
    running.sync()
    pass_time(5)
    commits = ground.run("git", "-C", ".dispatch", "rev-parse", "HEAD")
    cpu, written = running.cpu_seconds, running.written_bytes()
    pass_time(seconds)
    used, wrote = running.cpu_seconds - cpu, running.written_bytes() - written
    yield Row(
        what=f"idle {seconds:.0f} s at {files:,}: CPU of one core",
        measured=100 * used / seconds,
        unit="%",
        target=0.1,
    )
    yield Row(
        what="  … memory",
        key="memory_at_rest",
        measured=running.memory_mb("VmRSS"),
        unit="MB",
        target=60 if files <= 10_000 else 120,
    )
    yield Row(what="  … bytes written", measured=wrote, unit="B", spread="liveness cookies are empty files")
    made = 0 if ground.run("git", "-C", ".dispatch", "rev-parse", "HEAD") == commits else 1
    yield Row(what="  … commits", measured=made, unit="", target=0)
