"""Files of another tool: all of a real project's tasks, copied in as they are, then edited all at once."""

import time
from collections.abc import Iterator

from tests.bench.ground import COMMAND, Ground, daemon
from tests.bench.table import Row
from tests.system.mending import corpus_files, harm


def taking_in_others(ground: Ground) -> Iterator[Row]:
    """Nothing where the files are not on this machine. Raises RuntimeError if one of them is harmed."""
    brought = {ground.tree / "issues" / path.name: path.read_bytes() for path in corpus_files()}
    if not brought:
        return
    with daemon(ground) as running:
        running.wait_until_ready()
        for path, content in brought.items():
            path.write_bytes(content)
        yield _synced(ground, f"{len(brought)} tasks of another tool, copied in as they are")
        harmed = {
            path.name: wrong
            for path, content in brought.items()
            if (wrong := harm(content, path.read_bytes()))
        }
        adopted = ground.count("SELECT count(*) FROM issues")
        if harmed or adopted != len(brought):
            raise RuntimeError(f"{adopted} of {len(brought)} were adopted, and these were harmed: {harmed}")
        ground.run("sed", "-i", "s/^priority: .*/priority: critical/", *sorted(brought)[:500])
        yield _synced(ground, "  … sed -i of a line in 500 of them")
        critical = ground.count("SELECT count(*) FROM issues WHERE priority = 'critical'")
        if critical != 500:
            raise RuntimeError(f"{critical} of 500 edits were taken in")


def _synced(ground: Ground, what: str) -> Row:
    before = _commits(ground)
    began = time.monotonic()
    ground.run(COMMAND, "sync", "--wait")
    taken = time.monotonic() - began
    return Row(what=what, measured=taken * 1000, spread=f"{_commits(ground) - before} commits")


def _commits(ground: Ground) -> int:
    return int(ground.run("git", "-C", ".dispatch", "rev-list", "--count", "HEAD"))
