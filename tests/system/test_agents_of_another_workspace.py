"""An agent in its cell looks for what another workspace of the same person keeps, and tries to speak there.

Where that workspace is known nothing of it is seen; where it is not, the kernel's word on who calls is the wall.
"""

import hashlib
import hmac
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.conftest import NewDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
ASKS = """
[[turn]]
step = [
  { run = "touch allowed", ask_first = true },
  { run = "git add -A && git commit -qm Allowed" },
  { submit = "Allowed." },
]
"""
TRIES = """
import base64, hashlib, hmac, json, os, socket, sys
runs = sys.argv[1]
if not os.path.isdir(runs):
    sys.exit("nothing is seen")
key = open(os.path.join(runs, "..", "agents.key"), "rb").read()
(run,) = os.listdir(runs)
os.environ["DISPATCHD_TALK"] = os.path.join(runs, run, "work", "talk.sock")

def ask(name, **words):
    os.chdir(os.path.join(runs, run))
    with socket.socket(socket.AF_UNIX) as there:
        try:
            there.connect(name)
            there.sendall(json.dumps(words).encode() + b"\\n")
            return there.makefile().readline().strip()
        except ConnectionError:
            return ""

print("order:", os.path.exists(os.path.join(runs, run, "order.json")))
line = json.dumps({"request": "p1", "allowed": True, "why": "", "later": False}) + "\\n"
print("leave:", ask("in.sock", give=base64.b64encode(line.encode()).decode(), number=1))
print("stop:", ask("in.sock", stop=True))
token = hmac.new(key, run.encode(), hashlib.sha256).hexdigest()
print("note:", ask("work/talk.sock", run=run, token=token, verb="note_progress", arguments={"text": "I was here"}))
"""


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    """A workspace whose agent waits for a person's leave."""
    agents = AgentDesk(desk)
    agents.lay("ash", waits="10m")
    agents.queue("leave", ASKS)
    agents.thread("touch allowed")
    yield agents
    agents.end_runs()


@pytest.fixture
def prying(new_desk: NewDesk, at_work: AgentDesk) -> Iterator[AgentDesk]:
    """Another workspace, with an agent that looks for what the first one keeps."""
    desk = new_desk("other")
    desk.init()
    desk.up()
    (desk.root / "tries.py").write_text(TRIES, encoding="utf-8")
    desk.git("add", "tries.py")
    desk.git("commit", "-qm", "What it tries")
    config = desk.tree / "config.toml"
    command = f"python3 tries.py {at_work.desk.private}/runs > said.txt 2>&1; git add -A; git commit -qm Said"
    text = config.read_text(encoding="utf-8").replace("[commands]\n", f"[commands]\npries = '{command}'\n")
    config.write_text(text, encoding="utf-8")
    agents = AgentDesk(desk)
    agents.lay("birch", engine="command:pries")
    yield agents
    agents.end_runs()


def said_by(prying: AgentDesk) -> str:
    prying.save("issues/pry.md", "---\ntitle: Pry\nstatus: queued\n---\n\nLook around.\n")
    prying.until_status("pry", "done")
    return prying.integrated("said.txt")


def assert_still_waits(at_work: AgentDesk) -> None:
    at_work.desk.dispatchd("sync", "--wait")
    assert "status: open" in at_work.thread("touch allowed").read_text(encoding="utf-8")
    log = at_work.log()
    assert "I was here" not in log + at_work.desk.read("issues/leave.md")
    assert log.count("dispatchd starts ash on") == 1
    assert "submits" not in log
    at_work.tick(at_work.thread("touch allowed"), "Allow once")
    at_work.until_status("leave", "done")


def test_100_106_of_a_workspace_that_is_known_nothing_is_seen(at_work: AgentDesk, prying: AgentDesk) -> None:
    assert said_by(prying).strip() == "nothing is seen"
    assert_still_waits(at_work)


def test_100_103_nobody_of_another_workspace_gives_leave_or_speaks_for_its_agents(
    at_work: AgentDesk, prying: AgentDesk
) -> None:
    shutil.rmtree(Path.home() / ".local" / "state" / "dispatchd" / "workspaces")
    said = said_by(prying).splitlines()
    assert said[:3] == ["order: False", "leave: ", "stop: "]
    assert "this is not your run's socket" in said[3]
    assert "somebody else wanted to speak as i-" in at_work.desk.logs()
    assert_still_waits(at_work)


def test_106_what_a_turn_is_given_to_speak_with_is_on_no_command_line(at_work: AgentDesk) -> None:
    private = at_work.desk.private
    (run,) = (private / "runs").iterdir()
    token = hmac.new((private / "agents.key").read_bytes(), run.name.encode(), hashlib.sha256).hexdigest()
    lines = list(command_lines())
    assert any(b"bwrap" in line and run.name.encode() in line for line in lines)
    assert not any(token.encode() in line for line in lines)
    assert not (run / "order.json").exists()


def command_lines() -> Iterator[bytes]:
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield place.read_bytes()
        except OSError:
            continue


def test_a_turn_whose_folder_is_taken_away_ends_and_is_not_begun_twice(at_work: AgentDesk) -> None:
    runs = at_work.desk.private / "runs"
    (run,) = runs.iterdir()
    assert of_run(run)
    shutil.rmtree(run)
    until(lambda: "its folder was taken away" in at_work.log(), "nobody notices", LONG)
    until(lambda: not of_run(run), "something of it lives on")
    assert not run.exists(), "it was begun again"
    assert at_work.log().count("dispatchd starts ash on") <= 2


def of_run(run: Path) -> list[str]:
    """The processes that speak over the socket of *run*."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DISPATCHD_TALK={run}/".encode() in place.read_bytes():
                found.append(place.parent.name)
        except OSError:
            continue
    return found
