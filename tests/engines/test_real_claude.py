"""Real programs that run agents, with the real daemon, in their cells; only the model is a script on loopback."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.engines.conftest import EngineDesk
from tests.system.agent_desk import AgentDesk
from tests.system.desk import until
from tests.system.running_programs import command_lines

PATIENCE = 120.0
T = TypeVar("T")
Step = dict[str, Any]
both = pytest.mark.parametrize(
    ("program", "engine"),
    [("claude", "claude"), ("claude-agent-acp", "acp:claude")],
    ids=["claude", "acp"],
)


def write(path: str, text: str) -> Step:
    return {"tool": "Write", "input": {"file_path": path, "content": text}}


def shell(command: str) -> Step:
    return {"tool": "Bash", "input": {"command": command, "description": "run"}}


COMMIT = (shell("git add -A"), shell("git commit -qm Work"))
SUBMIT: Step = {"tool": "submit_work", "input": {"summary": "It is done."}}


def queue(desk: AgentDesk, name: str, steps: Sequence[Step]) -> None:
    """An issue whose text is what the model will do."""
    script = json.dumps([*steps])
    text = (
        f"---\ntitle: {name}\nstatus: queued\n---\n\nDo it.\n\n```\nMODEL SCRIPT\n{script}\nEND SCRIPT\n```\n"
    )
    desk.save(f"issues/{name}.md", text)


def processes(words: str) -> list[str]:
    """The command lines that have *words*."""
    return [line for line in command_lines() if words in line]


def wait(desk: AgentDesk, find: Callable[[], T], what: str) -> T:
    """The first true value of *find*; or the whole story, to see why there is none."""
    try:
        return until(find, what, PATIENCE)
    except AssertionError as late:
        raise AssertionError(f"{late}\n{desk.story()}") from late


def thread(desk: AgentDesk, words: str) -> Path:
    """The file of the thread that says so, once there is one."""
    inbox = desk.desk.tree / "inbox"

    def find() -> list[Path]:
        return [file for file in inbox.glob("t-*.md") if words in file.read_text(encoding="utf-8")]

    return wait(desk, find, f"no thread says {words!r}")[0]


def until_done(desk: AgentDesk, name: str) -> None:
    wait(desk, lambda: desk.status(name) == "done", f"{name} is not done")


def turns(desk: AgentDesk) -> int:
    return desk.log().count("dispatchd starts ash on")


@both
def test_a_file_is_edited_a_person_is_asked_and_the_same_session_goes_on(
    desk_with: EngineDesk, program: str, engine: str
) -> None:
    desk = desk_with(program)
    desk.lay("ash", engine=engine)
    ask = {"tool": "ask_human", "input": {"question": "Hello or Hi?", "options": ["Hello", "Hi"]}}
    queue(
        desk,
        "greet",
        [
            write("greet.txt", "Hello\n"),
            *COMMIT,
            ask,
            {"say": "I wait."},
            write("more.txt", "Hi\n"),
            *COMMIT,
            SUBMIT,
        ],
    )
    desk.tick(thread(desk, "Hello or Hi?"), "Hi")
    until_done(desk, "greet")
    assert desk.integrated("greet.txt") == "Hello\n"
    assert desk.integrated("more.txt") == "Hi\n"
    assert turns(desk) == 2


@both
def test_leave_that_is_denied_is_not_taken(desk_with: EngineDesk, program: str, engine: str) -> None:
    desk = desk_with(program)
    desk.lay("ash", engine=engine, waits="200s")
    queue(desk, "deny", [shell("touch denied.txt"), write("ok.txt", "ok\n"), *COMMIT, SUBMIT])
    desk.tick(thread(desk, "touch denied.txt"), "Deny")
    until_done(desk, "deny")
    assert desk.integrated("ok.txt") == "ok\n"
    assert "denied.txt" not in desk.desk.git("ls-tree", "--name-only", "dispatchd/integration")


@both
def test_cancelled_in_a_shell_command_nothing_of_it_is_left(
    desk_with: EngineDesk, program: str, engine: str
) -> None:
    desk = desk_with(program)
    desk.lay("ash", engine=engine, waits="200s")
    nap = f"sleep {4000 + len(engine)}.25"
    queue(desk, "nap", [shell(f"touch begun; {nap}"), SUBMIT])
    desk.tick(thread(desk, nap), "Allow once")
    wait(desk, lambda: processes(nap), "nobody sleeps")
    file = desk.desk.tree / "issues" / "nap.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("status: in_progress", "status: cancelled"), encoding="utf-8")
    wait(desk, lambda: "end: cancelled" in desk.log(), "the turn does not stop")
    wait(desk, lambda: not processes(nap), "the shell command lives on")
    assert not processes(str(desk.desk.root.parent / f"{desk.desk.root.name}-clones"))
    assert desk.status("nap") == "cancelled"


@both
def test_the_daemon_is_killed_in_the_middle_and_nothing_happens_twice(
    desk_with: EngineDesk, program: str, engine: str
) -> None:
    desk = desk_with(program)
    desk.lay("ash", engine=engine, waits="200s")
    loop = "until [ -e go ]; do sleep 0.1; done; rm go; echo once >> count.txt"
    queue(desk, "count", [shell(loop), *COMMIT, SUBMIT])
    desk.tick(thread(desk, "count.txt"), "Allow once")
    wait(desk, lambda: processes("until [ -e go ]"), "nobody waits")
    desk.kill(desk.desk.daemons[-1])
    worktree = desk.desk.json("worktree", "list")["items"][0]["folder"]
    desk.desk.do("touch", f"{worktree}/go")
    desk.desk.up()
    until_done(desk, "count")
    assert desk.integrated("count.txt") == "once\n"
    assert turns(desk) == 1
