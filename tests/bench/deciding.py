"""What the daemon has to think while agents work: which turn begins among ten thousand, and what a line of one means.

Measured within this process and in its own time on the processor, because what else the machine does says nothing here.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, cast

from dispatchd.adapters.agents.claude import ClaudeEngine
from dispatchd.adapters.agents.scripted import ScriptedEngine
from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.dispatching import choose
from dispatchd.application.agents.listening import CHUNK, decode_lines
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_document import read_config
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import RunId
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue, IssueStatus
from tests.bench.table import Row, row_of_times
from tests.fakes.instant_store import InstantStore

AT: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROUNDS: Final = 21
LINES: Final = 20_000
FINISHED: Final = 50
_TARGET_MS: Final = 5.0
_RATE: Final = 20_000
_CLAUDE: Final = (
    '{"type":"assistant","message":{"id":"msg_%d","role":"assistant","content":'
    '[{"type":"text","text":"I look at part %d of the form."}]},"session_id":"s"}\n'
)
_SCRIPTED: Final = '{"type":"say","text":"I look at part %d of the form, %d."}\n'


def deciding(issues: int) -> Iterator[Row]:
    """Rows about *issues* that are queued, in several shapes, and about transcripts."""
    needs: dict[str, Callable[[int], Sequence[int]]] = {
        "none waits": lambda _: (),
        "in chains of ten": lambda number: (number - 1,) if number % 10 else (),
        "all wait for one": lambda number: (0,) if number else (),
    }
    for shape, depends_on in needs.items():
        yield _decision(issues, shape, depends_on)
    yield _after_each_end(issues)
    yield _reading("claude", ClaudeEngine(), _CLAUDE)
    yield _reading("scripted", ScriptedEngine(), _SCRIPTED)


def _name(number: int) -> EntityId:
    return encode_id(EntityKind.ISSUE, number, 6)


def _laid(issues: int, depends_on: Callable[[int], Sequence[int]]) -> InstantStore:
    store = InstantStore()

    def lay(work: UnitOfWork) -> None:
        for number in range(issues):
            needs = tuple(_name(each) for each in depends_on(number))
            work.save(
                Issue(
                    id=_name(number),
                    title=f"Case {number}",
                    created=AT,
                    status=IssueStatus.QUEUED,
                    depends_on=needs,
                )
            )
        for number in range(4):
            work.save(Agent(name=f"ash{number}", engine="scripted"))

    store.look(lay)
    return store


def _desk() -> Desk:
    """As much of a desk as a decision looks at."""
    config = read_config('[workspace]\nstart_after = "0s"\n').config
    return cast(
        "Desk", SimpleNamespace(ports=SimpleNamespace(settings=lambda: config, assets=PackagedAssets()))
    )


def _timed(work: UnitOfWork, desk: Desk) -> float:
    began = time.thread_time()
    choice = choose(desk, work, AT + timedelta(days=1))
    taken = time.thread_time() - began
    if not choice.plan.picks:
        raise RuntimeError("nothing was chosen")
    return taken


def _decision(issues: int, shape: str, depends_on: Callable[[int], Sequence[int]]) -> Row:
    store, desk = _laid(issues, depends_on), _desk()
    try:
        store.look(lambda work: _timed(work, desk))
        taken = [store.look(lambda work: _timed(work, desk)) for _ in range(ROUNDS)]
    finally:
        store.remove()
    return row_of_times(f"which turns begin, of {issues:,} queued: {shape}", taken, target=_TARGET_MS)


def _after_each_end(issues: int) -> Row:
    """The decision, and the save before it: an issue that is done lets the next one of its chain begin."""
    store, desk = _laid(issues, lambda number: (number - 1,) if number % 10 else ()), _desk()

    def end_one(work: UnitOfWork, number: int) -> float:
        issue = work.issue(_name(number))
        began = time.thread_time()
        if issue is not None:
            work.save(replace(issue, status=IssueStatus.DONE))
        return time.thread_time() - began + _timed(work, desk)

    try:
        store.look(lambda work: _timed(work, desk))
        taken = [store.look(lambda work, each=each: end_one(work, each)) for each in range(FINISHED)]  # type: ignore[misc]
    finally:
        store.remove()
    return row_of_times("  … and an issue that is done, saved before it", taken, target=_TARGET_MS)


def _reading(name: str, engine: Any, line: str) -> Row:
    data = "".join(line % (number, number) for number in range(LINES)).encode()
    progress, read = RunProgress(run=RunId("i-7k2m.1")), cast("AgentEngine", engine)
    began = time.thread_time()
    for start in range(0, len(data), CHUNK):
        progress = decode_lines(read, progress, data[start : start + CHUNK]).progress
    taken = time.thread_time() - began
    return Row(
        what=f"what {LINES:,} lines of {name} mean",
        measured=taken * 1000,
        target=LINES / _RATE * 1000,
        spread=f"{LINES / taken:,.0f} lines/s",
    )
