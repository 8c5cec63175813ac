"""Other makers' programs with the real daemon, in their cells; only the model is a script on loopback."""

import pytest

from tests.engines.conftest import EngineDesk
from tests.engines.playing import ASK, COMMIT, SUBMIT, queue, shell, thread, turns, until_done, write

pytestmark = pytest.mark.in_full
PROGRAMS = [
    ("codex", "codex"),
    ("codex-acp", "acp:codex"),
    ("opencode", "acp:opencode"),
    ("gemini", "acp:gemini"),
]
ALLOW = '[[rule]]\nagent = "ash"\ntool = "*"\nanswer = "allow"\n'


@pytest.mark.parametrize(("program", "engine"), PROGRAMS, ids=[engine for _, engine in PROGRAMS])
def test_a_file_is_edited_a_person_is_asked_and_the_same_session_goes_on(
    desk_with: EngineDesk, program: str, engine: str
) -> None:
    desk = desk_with(program)
    desk.save("policies.toml", ALLOW)
    desk.lay("ash", engine=engine)
    first = [write("greet.txt", "Hello\n"), *COMMIT, ASK, {"say": "I wait."}]
    queue(desk, "greet", [*first, write("more.txt", "Hi\n"), *COMMIT, SUBMIT, {"say": "Done."}])
    desk.tick(thread(desk, "Hello or Hi?"), "Hi")
    until_done(desk, "greet")
    assert desk.integrated("greet.txt") == "Hello\n"
    assert desk.integrated("more.txt") == "Hi\n"
    assert turns(desk) == 2


@pytest.mark.parametrize(("program", "engine"), PROGRAMS[1:], ids=[engine for _, engine in PROGRAMS[1:]])
def test_leave_that_is_denied_is_not_taken(desk_with: EngineDesk, program: str, engine: str) -> None:
    desk = desk_with(program)
    desk.lay("ash", engine=engine, waits="200s")
    commit = shell("git commit -qm Work --allow-empty")
    queue(desk, "deny", [shell("touch denied.txt"), commit, SUBMIT, {"say": "Done."}])
    desk.tick(thread(desk, "touch denied.txt"), "Deny")
    until_done(desk, "deny")
    assert "denied.txt" not in desk.desk.git("ls-tree", "--name-only", "dispatchd/integration")
