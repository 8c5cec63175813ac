"""Reading what an agent's process prints, and acting on it: the place in the transcript and what followed from it are
kept in one transaction, so that a line is acted on once, however often the daemon is killed.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from dispatchd.application.agents.asking import ask_leave, ask_question
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.unfolding import Heard, hear
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.ports.agent_engine import AgentEngine, Decoded
from dispatchd.application.ports.agent_events import Malformed
from dispatchd.application.ports.run_store import OwedLine, RunProgress
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected

CHUNK: Final = 1 << 20
LONGEST_LINE: Final = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """A turn that is listened to, from where its progress ends."""

    run: AgentRun
    engine: AgentEngine
    progress: RunProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What stood next in a transcript; `is_all` where nothing stood behind it."""

    heard: Heard
    is_all: bool


async def listen(desk: Desk, ears: Sequence[Ear]) -> Sequence[bool]:
    """Read on in the transcripts; of each, whether there was a whole line."""
    return [found is not None for found, _ in await _read_on(desk, ears, to_the_end=False)]


async def hear_out(desk: Desk, ears: Sequence[Ear]) -> Sequence[RunProgress]:
    """Read all that is left of the transcripts of turns whose processes are gone, and give back how far that was.

    The last line of one may lack its end.
    """
    ended = {ear.run.id: ear.progress for ear in ears}
    left = list(ears)
    while left:
        read = await _read_on(desk, left, to_the_end=True)
        ended |= {ear.run.id: progress for ear, (_, progress) in zip(left, read, strict=True)}
        left = [
            replace(ear, progress=progress)
            for ear, (found, progress) in zip(left, read, strict=True)
            if found is not None and not found.is_all
        ]
    return [ended[ear.run.id] for ear in ears]


async def _read_on(
    desk: Desk, ears: Sequence[Ear], *, to_the_end: bool
) -> Sequence[tuple[_Read | None, RunProgress]]:
    """Of each what was read, None where there was no whole line, and its progress afterwards."""
    read = await desk.session.run(lambda: [_next_of(desk, ear, to_the_end=to_the_end) for ear in ears])
    kept = {ear.run.id: ear.progress for ear in ears}

    def act_on(ear: Ear, heard: Heard, door: Door) -> Plan:
        kept[ear.run.id] = _act_on(desk, door, ear.run, heard)
        return Plan(commands=[], subject=ear.run.issue)

    news = [(ear, found.heard) for ear, found in zip(ears, read, strict=True) if found is not None]
    for done in await desk.plan_each([partial(act_on, *each) for each in news]):
        if isinstance(done, Rejected):
            raise done
    desk.heard |= dict.fromkeys((ear.run.id for ear, _ in news), desk.now())
    return [(found, kept[ear.run.id]) for ear, found in zip(ears, read, strict=True)]


def _next_of(desk: Desk, ear: Ear, *, to_the_end: bool) -> _Read | None:
    """The next part of a transcript and what it means; None where no whole line stands there yet."""
    most = CHUNK
    while True:
        data = desk.ports.room.read(ear.run.id, ear.progress.offset, most)
        if not data:
            return None
        whole, skipping = _whole_lines(data, to_the_end=to_the_end and len(data) < most)
        if whole or skipping or len(data) < most:
            break
        most = min(most * 4, LONGEST_LINE + CHUNK)
    if not whole and not skipping:
        return None
    part = data[: len(data) if skipping else whole]
    return _Read(
        heard=decode_lines(ear.engine, ear.progress, part, skipping=skipping), is_all=len(data) < most
    )


def _whole_lines(data: bytes, *, to_the_end: bool) -> tuple[int, bool]:
    """How many bytes of *data* are whole lines, and whether it begins with one that is too long to be kept."""
    if to_the_end:
        return len(data), False
    end = data.rfind(b"\n") + 1
    return end, end == 0 and len(data) > LONGEST_LINE


def decode_lines(engine: AgentEngine, progress: RunProgress, data: bytes, *, skipping: bool = False) -> Heard:
    """What *data*, the next part of the transcript, means."""
    after = replace(progress, offset=progress.offset + len(data))
    if skipping:
        note = Malformed(beginning=repr(data[:100]), why="a line of more than 16 MiB")
        return hear(replace(after, skipping=True), Decoded(events=(note,), memory=progress.decoder))
    lines = data.split(b"\n")
    if data.endswith(b"\n"):
        lines.pop()
    if progress.skipping:
        lines = lines[1:]
    heard = Heard(progress=replace(after, skipping=False))
    for line in lines:
        if line.strip():
            more = hear(heard.progress, _one(engine, line, heard.progress.decoder))
            heard = heard.then(more)
    return heard


def _one(engine: AgentEngine, line: bytes, memory: str) -> Decoded:
    """What one line means; one that is nested deeper than anything can be read means nothing."""
    try:
        return engine.decode(line, memory)
    except RecursionError:
        note = Malformed(beginning=repr(line[:100]), why="it is nested too deeply")
        return Decoded(events=(note,), memory=memory)


def _act_on(desk: Desk, door: Door, run: AgentRun, heard: Heard) -> RunProgress:
    """Keep how far it was read, put down the replies, ask what it asks; the progress that is kept."""
    progress = heard.progress
    for reply in heard.replies:
        progress = replace(progress, queued=progress.queued + 1)
        door.work.runs.owe(OwedLine(run=run.id, number=progress.queued, line=reply))
    for leave in heard.permissions:
        progress = ask_leave(desk, door, run, progress, leave)
    for question in heard.questions:
        progress = ask_question(desk, door, run, progress, question)
    door.work.runs.save_progress(progress)
    return progress
