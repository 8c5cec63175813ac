"""Reading what an agent's process prints, and acting on it: the place in the transcript and what followed from it are
kept in one transaction, so that a line is acted on once, however often the daemon is killed.
"""

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

CHUNK: Final = 1 << 20
LONGEST_LINE: Final = 16 << 20


async def listen(desk: Desk, run: AgentRun, engine: AgentEngine, progress: RunProgress) -> bool:
    """Read on in the transcript of *run* from where *progress* ends; whether there was a whole line."""
    _, ended = await _read_on(desk, run, engine, progress, to_the_end=False)
    return ended is not None


async def hear_out(desk: Desk, run: AgentRun, engine: AgentEngine, progress: RunProgress) -> RunProgress:
    """Read all that is left of the transcript of *run*, whose process is gone, and give back how far that was.

    Its last line may lack its end.
    """
    ended: bool | None = False
    while ended is False:
        progress, ended = await _read_on(desk, run, engine, progress, to_the_end=True)
    return progress


async def _read_on(
    desk: Desk, run: AgentRun, engine: AgentEngine, progress: RunProgress, *, to_the_end: bool
) -> tuple[RunProgress, bool | None]:
    """The progress afterwards, and whether all that stood there has been read; None where nothing was heard."""
    most = CHUNK
    while True:
        data = await desk.session.run(partial(desk.ports.room.read, run.id, progress.offset, most))
        if not data:
            return progress, None
        whole, skipping = _whole_lines(data, to_the_end=to_the_end and len(data) < most)
        if whole or skipping or len(data) < most:
            break
        most = min(most * 4, LONGEST_LINE + CHUNK)
    if not whole and not skipping:
        return progress, None
    heard = decode_lines(engine, progress, data[: len(data) if skipping else whole], skipping=skipping)
    kept = heard.progress

    def act_on(door: Door) -> Plan:
        nonlocal kept
        kept = _act_on(desk, door, run, heard)
        return Plan(commands=[], subject=run.issue)

    await desk.plan(act_on)
    desk.heard[run.id] = desk.now()
    return kept, len(data) < most


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
