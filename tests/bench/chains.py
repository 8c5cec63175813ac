"""New files that name one another: what that costs beside as many that do not, in processor time."""

import resource
from collections.abc import Callable, Iterator

from tests.bench.ground import COMMAND, Ground, issue_id, pass_time
from tests.bench.table import Row

SETTLED_SECONDS = 2.2
STRIDE = 7919
"""A prime: names in the order of the files' turns are in no order of the chain."""


def cpu_of(work: Callable[[], object]) -> float:
    """Seconds of processor time, the kernel's for it too, of the processes that *work* starts and waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def taking_in_a_chain(apart: Ground, chained: Ground, files: int) -> Iterator[Row]:
    """Raises RuntimeError if a link of the chain was not taken."""
    floor = _taken_in(apart, files, in_chain=False)
    yield Row(
        what=f"{files:,} new files, each depending on another one, in no order",
        measured=_taken_in(chained, files, in_chain=True),
        unit="CPU s",
        floor=floor,
        floor_is="as many that depend on none",
        target=2 * floor,
    )
    links = chained.count("SELECT count(*) FROM issue_dependencies")
    if links != files - 1:
        raise RuntimeError(f"{links} of {files - 1} dependencies were taken")


def _taken_in(ground: Ground, files: int, *, in_chain: bool) -> float:
    (ground.tree / "issues").mkdir(exist_ok=True)
    for number in range(files):
        waits = f"depends_on: [{issue_id(number + 1)}]\n" if in_chain and number < files - 1 else ""
        text = f"---\nid: {issue_id(number)}\ntitle: Link {number}\n{waits}---\n\nWhat happens.\n"
        (ground.tree / "issues" / f"{number * STRIDE % files:06}.md").write_text(text, encoding="utf-8")
    pass_time(SETTLED_SECONDS)
    return cpu_of(lambda: ground.run(COMMAND, "sync", "--wait"))
