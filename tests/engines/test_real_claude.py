"""Real programs that run agents, with the real daemon, in their cells; only the model is a script on loopback."""

import pytest

from tests.engines.conftest import EngineDesk
from tests.engines.playing import (
    ASK,
    COMMIT,
    SUBMIT,
    processes,
    queue,
    shell,
    thread,
    turns,
    until_done,
    wait,
    write,
)

both = pytest.mark.parametrize(
    ("program", "engine"),
    [("claude", "claude"), ("claude-agent-acp", "acp:claude")],
    ids=["claude", "acp"],
)


@both
def test_a_file_is_edited_a_person_is_asked_and_the_same_session_goes_on(
    desk_with: EngineDesk, program: str, engine: str
) -> None:
    desk = desk_with(program)
    desk.lay("ash", engine=engine)
    queue(
        desk,
        "greet",
        [
            write("greet.txt", "Hello\n"),
            *COMMIT,
            ASK,
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
