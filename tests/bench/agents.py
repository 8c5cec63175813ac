"""Agents at work: twenty at once, turns that do nothing, a long transcript, and how soon a file tells what one says."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.ground import Ground, MeasuredDaemon, daemon, issue_id, until
from tests.bench.table import Row, row_of_times

AT_ONCE: Final = 20
IDLE_TURNS: Final = 200
LINES: Final = 100_000
TOLD: Final = 5
_CLONES: Final = re.compile(r"^# clones = .*$", re.MULTILINE)
_LINE: Final = (
    '{"type":"assistant","message":{"id":"msg_%d","role":"assistant","content":'
    '[{"type":"text","text":"I look at part %d of the form."}]},"session_id":"s"}\n'
)
_BEGIN: Final = '{"type":"system","subtype":"init","session_id":"s","tools":[],"model":"none"}\n'
_END: Final = (
    '{"type":"result","subtype":"success","is_error":false,"num_turns":1,"result":"Done.","session_id":"s"}\n'
)


def working(ground: Ground) -> Iterator[Row]:
    """All rows about agents; *ground* is a workspace of their own. Raises TimeoutError where one does not come about."""
    ground.environment = {**ground.environment, "PATH": f"{_talker(ground)}:{ground.environment['PATH']}"}
    _settle(ground)
    with daemon(ground) as running:
        running.wait_until_ready()
        yield from _twenty(ground, running)
        yield _turns_that_do_nothing(ground)
        yield _long_transcript(ground)
        yield _told_in_a_file(ground)


def _settle(ground: Ground) -> None:
    config = ground.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace('start_after = "30s"', 'start_after = "0s"')
    text = text.replace("max_running = 4", f"max_running = {AT_ONCE}")
    text = _CLONES.sub(f'clones = "{ground.root.parent / "agents-clones"}"', text)
    config.write_text(text, encoding="utf-8")
    for number in range(AT_ONCE):
        _card(ground, f"coder-{number}", "scripted", role="coder")


def _card(ground: Ground, name: str, engine: str, *, role: str) -> None:
    card = ground.tree / "agents" / name / "agent.md"
    card.parent.mkdir(parents=True)
    card.write_text(f"---\nrole: {role}\nengine: {engine}\n---\n", encoding="utf-8")


def _queue(ground: Ground, first: int, count: int, script: str, facts: str = "role: coder\n") -> None:
    for number in range(first, first + count):
        text = f"---\nid: {issue_id(number)}\ntitle: Case {number}\nstatus: queued\n{facts}---\n\nDo it.\n\n"
        text += f"```toml script\n{script.replace('NUMBER', str(number))}\n```\n"
        ground.issue_path(number).write_text(text, encoding="utf-8")


def _ended(ground: Ground) -> int:
    return ground.count("SELECT count(*) FROM agent_runs WHERE ended IS NOT NULL")


def _twenty(ground: Ground, running: MeasuredDaemon) -> Iterator[Row]:
    script = (
        "[[turn]]\nstep = [ { say = 'I begin.' }, "
        "{ run = 'echo NUMBER > file-NUMBER.txt; git add -A; git commit -qm Work' }, { submit = 'Done.' } ]"
    )
    began = time.monotonic()
    _queue(ground, 0, AT_ONCE, script)
    until(
        lambda: ground.count("SELECT count(*) FROM issues WHERE status = 'done'") == AT_ONCE,
        "all merged",
        0.05,
    )
    yield Row(
        what=f"{AT_ONCE} agents at once: queued -> all merged", measured=(time.monotonic() - began) * 1000
    )
    yield Row(
        what="  … the daemon's memory at its most",
        measured=running.memory_mb("VmHWM"),
        unit="MB",
        target=150.0,
    )


def _turns_that_do_nothing(ground: Ground) -> Row:
    """From the first that begins: until then the new files rest for as long as any."""
    before = _ended(ground)
    _queue(ground, 1000, IDLE_TURNS, "[[turn]]\nstep = [ { blocked = 'Nothing.' } ]")
    until(lambda: ground.count("SELECT count(*) FROM agent_runs") > before, "the first turn begun", 0.02)
    began = time.monotonic()
    until(lambda: _ended(ground) - before >= IDLE_TURNS, "all those turns ended", 0.05)
    taken = (time.monotonic() - began) / IDLE_TURNS
    return Row(
        what=f"a turn that does nothing, of {IDLE_TURNS}: begun -> ended",
        measured=taken * 1000,
        target=60.0,
        spread=f"{60 / taken:,.0f} a minute, {AT_ONCE} at a time",
    )


def _talker(ground: Ground) -> Path:
    """The folder of a program that prints as much as `claude` does in a month."""
    folder = ground.root.parent / "talker"
    folder.mkdir()
    said = folder / "said.ndjson"
    with said.open("w", encoding="utf-8") as file:
        file.write(_BEGIN)
        file.writelines(_LINE % (number, number) for number in range(LINES))
        file.write(_END)
    program = folder / "claude"
    program.write_text(f'#!/bin/sh\ncat "{said}"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder


def _long_transcript(ground: Ground) -> Row:
    _card(ground, "talker", "claude", role="writer")
    before = _ended(ground)
    began = time.monotonic()
    _queue(ground, 2000, 1, "", "role: writer\n")
    until(lambda: _ended(ground) > before, "the transcript read", 0.02)
    taken = time.monotonic() - began
    return Row(
        what=f"a transcript of {LINES:,} lines: queued -> all read",
        measured=taken * 1000,
        target=LINES / 20_000 * 1000,
        spread=f"{LINES / taken:,.0f} lines/s, its start and its end included",
    )


def _told_in_a_file(ground: Ground) -> Row:
    return row_of_times(
        "what an agent notes -> in the issue's file",
        [_told_after(ground, number) for number in range(3000, 3000 + TOLD)],
        target=1000.0,
    )


def _told_after(ground: Ground, number: int) -> float:
    """Seconds from the moment before the agent says it."""
    script = (
        "[[turn]]\nstep = [ { run = 'date +%s.%N > said-at' }, "
        "{ note = 'I stand at NUMBER.' }, { run = 'sleep 3' }, { blocked = 'Enough.' } ]"
    )
    _queue(ground, number, 1, script)
    words = f"I stand at {number}."

    def told() -> bool:
        return words in ground.issue_path(number).read_text(encoding="utf-8").rpartition("```")[2]

    until(told, "the note in its file")
    seen = time.time()
    mark = ground.root.parent / "agents-clones" / issue_id(number) / "said-at"
    return seen - float(mark.read_text(encoding="utf-8"))
