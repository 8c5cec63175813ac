"""WAITING.md with the real daemon, a real terminal and git: forty things answered by one save, each in its own commit's file."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.system.desk import COMMAND, PATIENCE_SECONDS, Desk, until
from tests.system.running_programs import says_something

EPIC = """\
---
status: ready
---

# Epic {number}

## Stages

### Design

Gate: approval: Is number {number} right?

### Build
"""
PROPOSAL = "# Proposal {number}\n\nBecause.\n"
EACH = 20


@pytest.fixture
def busy(desk: Desk) -> Desk:
    for number in range(EACH):
        desk.save(f"epics/epic {number}.md", EPIC.format(number=number))
        desk.save(f"proposals/proposal {number}.md", PROPOSAL.format(number=number))
    desk.sync()
    until(lambda: desk.read("WAITING.md").count("\n### [") == 2 * EACH, "not everything waits on the page")
    return desk


def test_forty_things_are_answered_in_one_save_and_each_is_in_its_own_file(busy: Desk) -> None:
    assert busy.tree_git("ls-files", "WAITING.md") == ""
    busy.sed("s/^- \\[ \\] Approve$/- [X] Approve/", "WAITING.md")
    assert busy.sync() == []
    assert busy.event_types().count("GateApproved") == EACH
    assert busy.event_types().count("VoteCast") == EACH
    for number in range(EACH):
        assert "- [x] Approved (" in busy.read(f"epics/epic {number}.md")
        log = busy.tree_git("log", "-1", "--format=%an", "--", f"epics/epic {number}.md").strip()
        assert log == busy.git("log", "-1", "--format=%an").strip()
    assert "Nothing waits for you." in busy.read("WAITING.md")
    assert busy.tree_git("log", "--format=%H", "--", "WAITING.md") == ""
    busy.is_level()


def test_a_tick_in_a_buffer_of_before_says_what_became_of_it(busy: Desk) -> None:
    buffer = busy.read("WAITING.md")
    name = "Epic 3"
    busy.sed("s/^- \\[ \\] Approve$/- [x] Approve/", "epics/epic 3.md")
    busy.sync()
    assert f"[{name}]" not in busy.read("WAITING.md")
    head, heading, rest = buffer.partition(f"[{name}]")
    busy.save("WAITING.md", head + heading + rest.replace("- [ ] Reject:", "- [x] Reject: too early", 1))
    busy.sync()
    told = until(
        lambda: busy.read("WAITING.md").partition("## No longer waiting\n")[2],
        "nothing was said about the tick",
    )
    assert "“Reject: too early” was not done" in told
    assert "GateRejected" not in busy.event_types()
    busy.is_level()


def test_without_a_daemon_a_tick_counts_when_a_command_looks(busy: Desk) -> None:
    busy.down()
    busy.sed("0,/^- \\[ \\] Approve$/s//- [x] Approve/", "WAITING.md")
    busy.sync()
    assert busy.event_types().count("GateApproved") + busy.event_types().count("VoteCast") == 1
    assert busy.read("WAITING.md").count("\n### [") == 2 * EACH - 1
    busy.up()
    busy.sync()
    until(lambda: busy.read("WAITING.md").count("\n### [") == 2 * EACH - 1, "the page was not brought level")


def test_the_page_deleted_is_back(desk: Desk) -> None:
    desk.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id")
    desk.sync()
    desk.path("WAITING.md").unlink()
    until(lambda: desk.path("WAITING.md").exists(), "the page did not come back")
    until(lambda: "WAITING.md is back" in desk.read("WAITING.md"), "nobody said so")
    assert "- [ ] argon2id" in desk.read("WAITING.md")


class Terminal:
    """A walk on a terminal of its own."""

    def __init__(self, desk: Desk) -> None:
        self.ours, theirs = pty.openpty()
        self.program = subprocess.Popen(
            [COMMAND, "waiting", "--next"],
            cwd=desk.root,
            env={**os.environ, "TERM": "dumb"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # Who runs the tests in the background has Ctrl-C ignored, and so would all that they start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it starts one program
        )
        os.close(theirs)

    def read_until(self, text: str) -> str:
        """What is shown from here on, until *text* ends it."""
        shown = b""
        deadline = time.monotonic() + PATIENCE_SECONDS
        end = text.replace("\n", "\r\n").encode()
        while not shown.endswith(
            end
        ):  # what is read may end in the middle of a character, or of a line's end
            assert time.monotonic() < deadline, f"{text!r} never came:\n{shown.decode(errors='replace')}"
            if says_something(self.ours, 0.1):
                shown += os.read(self.ours, 4096)
        return shown.decode().replace("\r\n", "\n")

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C. One that comes just before Python begins to read is heard with the next key: it is pressed again."""
        self.program.send_signal(signal.SIGINT)
        while not says_something(self.ours, PATIENCE_SECONDS / 6):
            self.program.send_signal(signal.SIGINT)


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    for question in ("Which hash?", "Which port?"):
        desk.dispatchd("as", "ash", "ask", question, "--option", "this", "--option", "that")
    made = Terminal(desk)
    yield made
    made.program.kill()
    made.program.wait(PATIENCE_SECONDS)
    os.close(made.ours)


def test_a_walk_on_a_terminal_answers_and_is_left_cleanly(desk: Desk, terminal: Terminal) -> None:
    first = terminal.read_until("stop here\n> ")
    terminal.type("2\n")
    second = terminal.read_until("stop here\n> ")
    assert ("Which hash?\n" in first) is ("Which port?\n" in second)
    terminal.interrupt()
    assert terminal.read_until("still waits.\n").endswith("\nOne answered; one still waits.\n")
    assert terminal.program.wait(PATIENCE_SECONDS) == 0
    (left,) = json.loads(desk.dispatchd("waiting", "--json"))["items"]
    assert left["title"] in second


def test_a_buffer_that_asked_something_else_approves_nothing_of_what_is_asked_now(busy: Desk) -> None:
    buffer = busy.read("WAITING.md")
    name = "Epic 5"
    busy.sed("s/Is number 5 right/May I have all the money/", "epics/epic 5.md")
    busy.sync()
    until(lambda: "all the money" in busy.read("WAITING.md"), "the page does not ask it")
    head, heading, rest = buffer.partition(f"[{name}]")
    busy.save("WAITING.md", head + heading + rest.replace("- [ ] Approve", "- [x] Approve", 1))
    busy.sync()
    told = until(
        lambda: busy.read("WAITING.md").partition("  > dispatchd: ")[2], "nothing was said about the tick"
    )
    assert told.startswith("read it and tick it again: what the gate is about has changed")
    assert "all the money" in busy.read("WAITING.md")
    assert "GateApproved" not in busy.event_types()
    busy.is_level()
