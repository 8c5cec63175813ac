"""Commands that the daemon's command server carries out: the same words, the same acts, in the same name."""

import os
import pty
import select
import sys
from pathlib import Path

import pytest

from tests.system.desk import COMMAND, Desk, Said, is_running, until

NOT_SERVED = 77
CALLER = (
    "import sys; from dispatchd.adapters.processes.command_call import carried_out_there; "
    "code = carried_out_there(sys.argv); sys.exit(77 if code is None else code)"
)
OWN = {"PYTHONHASHSEED": "random"}
"""Says how Python is to be set up, and so lets a command be carried out by its own process."""


def served(desk: Desk, *words: str, cwd: Path | None = None) -> Said:
    return desk.run(sys.executable, "-c", CALLER, *words, cwd=cwd)


def own(desk: Desk, *words: str, cwd: Path | None = None) -> Said:
    kept, desk.environment, desk.cold = desk.environment, {**desk.environment, **OWN}, True
    try:
        return desk.run(COMMAND, *words, cwd=cwd)
    finally:
        desk.environment, desk.cold = kept, False


def servers(desk: Desk) -> list[int]:
    """The command servers, told by their daemon and their words."""
    found = []
    for pid in desk.daemons:
        children = Path(f"/proc/{pid}/task").glob("*/children")
        for child in (int(each) for path in children for each in path.read_text().split()):
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"serve_commands" in words:
                found.append(child)
    return found


@pytest.fixture
def warm(desk: Desk) -> Desk:
    """A daemon whose command server is ready, with an issue."""
    desk.save("issues/tea.md", "---\ntitle: Make tea\nlabels: [kitchen]\n---\n\nHot.\n")
    desk.dispatchd("sync", "--wait")
    until(lambda: served(desk, "status").code != NOT_SERVED, "no server")
    return desk


def test_a_server_comes_with_the_second_command_and_goes_with_its_daemon(desk: Desk) -> None:
    assert served(desk, "status").code == NOT_SERVED
    assert servers(desk) == []
    until(lambda: served(desk, "status").code == 0, "no server")
    (server,) = servers(desk)
    desk.kill(desk.daemons[-1])
    until(lambda: not is_running(server), "the server has outlived its daemon")
    assert served(desk, "status").code == NOT_SERVED
    assert own(desk, "status").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("issue", "list"),
        ("issue", "list", "--label", "kitchen", "--json"),
        ("issue", "show", "tea", "--json"),
        ("issue", "show", "nothing"),
        ("issue", "list", "--nonsense"),
        ("issue", "--help"),
        ("waiting", "--json"),
        ("log",),
        ("inbox", "list"),
        ("epic", "list"),
        ("why", "tea"),
    ],
    ids=" ".join,
)
def test_a_served_look_says_what_its_own_process_says(warm: Desk, words: tuple[str, ...]) -> None:
    folder = warm.tree / "issues"
    there = served(warm, *words, cwd=folder)
    assert there.code != NOT_SERVED
    assert there == own(warm, *words, cwd=folder)


def test_what_is_completed_is_the_same(warm: Desk) -> None:
    asked = {
        "COMP_WORDS": "dispatchd issue show i-",
        "COMP_CWORD": "3",
        "_DISPATCHD_COMPLETE": "bash_complete",
    }
    warm.environment = {**warm.environment, **asked}
    there = served(warm)
    assert "plain,i-" in there.out
    assert there == own(warm)


def test_a_served_act_happens_once_in_its_persons_name(warm: Desk) -> None:
    before = warm.events()
    assert served(warm, "issue", "set", "tea", "priority=high").code == 0
    warm.dispatchd("sync", "--wait")
    assert "priority: high\n" in warm.read("issues/tea.md")
    (happened,) = [each for each in warm.events() if each not in before]
    assert happened["actor"] == before[0]["actor"]
    refused = served(warm, "issue", "set", "tea", "status=purple")
    assert refused.code == 1
    assert "purple" in refused.err


def test_an_agents_process_is_no_person_by_way_of_the_server(warm: Desk) -> None:
    warm.environment = {"DISPATCHD_TALK": f"{warm.private}/runs/i-7k2m.1/work/talk.sock"}
    assert (
        served(warm, "status").code == NOT_SERVED
    )  # nor is anything that its PATH names run below the server
    there = own(warm, "issue", "set", "tea", "priority=critical")
    assert there.code == 1
    assert "i-7k2m.1" in there.err
    warm.environment = {}
    warm.dispatchd("sync", "--wait")
    assert "critical" not in warm.read("issues/tea.md")


def test_a_long_list_at_a_terminal_is_paged_by_whoever_sits_there(warm: Desk) -> None:
    for number in range(30):
        warm.save(f"issues/many-{number}.md", f"Issue {number}\n")
    warm.dispatchd("sync", "--wait")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(warm.root)
        os.execve(  # noqa: S606  a terminal's program, and no shell's
            COMMAND,
            ["dispatchd", "issue", "list"],
            {**os.environ, "PAGER": "head -n 3", "TERM": "xterm", "LINES": "10", "COLUMNS": "80"},
        )
    seen = b""
    while select.select([terminal], [], [], 60.0)[0]:
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # the other end has closed
            break
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert seen.count(b"\n") == 3


def test_what_reads_its_input_is_left_to_the_caller(warm: Desk) -> None:
    """A fork is no job of the caller's shell: stopped by Ctrl-Z there, it would go on reading the terminal."""
    (issue,) = warm.issues()
    assert served(warm, "comment", issue, "-").code == NOT_SERVED
    warm.do(COMMAND, "comment", issue, "-", stdin="Two\nlines\n")
    warm.sync()
    (said,) = (each for each in warm.events(issue) if each["type"] == "CommentAdded")
    assert "lines" in str(said)
