"""Votes of agents with the real daemon and real turns: one never answers, the deadline ends it, a kill does nothing twice."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import Desk, until
from tests.system.json_ground import keys_of
from tests.system.running_programs import command_lines
from tests.system.test_json_is_documented import documented

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

CARD = "---\nname: {name}\nrole: coder\nengine: scripted\n---\n\n```toml vote script\n[[turn]]\nstep = [ {steps} ]\n```\n"
APPROVES = '{ vote = "approve", reason = "It is what is recommended." }'
NEVER = '{ say = "I think about it." }, { wait = true }'
PROPOSAL = """---
id: p-9xw4
voters: [ash, elm]
{deadline}---

# Use argon2id

It is time.

## If it passes

- create issue: Hash new passwords with argon2id
"""


@pytest.fixture
def votes(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    agents.lay()
    agents.save("agents/ash/agent.md", CARD.format(name="ash", steps=APPROVES))
    yield agents
    agents.end_runs()


def file(votes: AgentDesk) -> str:
    return (votes.desk.tree / "proposals" / "argon.md").read_text(encoding="utf-8")


def ask(votes: AgentDesk, elm: str, *, deadline: datetime | None = None) -> None:
    votes.save("agents/elm/agent.md", CARD.format(name="elm", steps=elm))
    votes.desk.dispatchd("sync", "--wait")
    line = f"deadline: {deadline:%Y-%m-%dT%H:%M:%SZ}\n" if deadline else ""
    votes.save("proposals/argon.md", PROPOSAL.format(deadline=line))


def test_a_voter_that_never_answers_is_told_of_and_what_passed_is_done_once(votes: AgentDesk) -> None:
    ask(votes, NEVER)
    until(lambda: "- ash: approve." in file(votes), "ash does not vote", LONG)
    until(lambda: ("p-9xw4", "elm") in running(votes), "elm is not asked", LONG)
    why = votes.desk.dispatchd("why", "p-9xw4")
    assert "ash: approve" in why
    assert "elm: elm is asked now" in why
    assert keys_of(votes.desk.json("why", "p-9xw4"), frozenset()) == documented("Why a vote waits")
    until(lambda: running(votes) == [("p-9xw4", "elm")], f"not elm alone: {running(votes)}", LONG)
    assert "asked for its vote" in votes.desk.dispatchd("agent", "list")
    (pid,) = votes.desk.daemons
    votes.kill(pid)
    votes.desk.up()
    until(lambda: ends_soon(votes), "no deadline is taken", LONG)
    until(lambda: "Done: i-" in file(votes), "nothing comes of it", LONG)
    assert "Without a vote: elm." in file(votes)
    until(lambda: not players(votes), "elm still thinks", LONG)
    decision = next((votes.desk.tree / "decisions").glob("d-*.md")).read_text(encoding="utf-8")
    assert "elm: did not vote (elm was asked once, and it had not answered yet)" in decision
    votes.desk.dispatchd("sync", "--wait")
    titles = [each["title"] for each in votes.desk.json("issue", "list", "--all")["items"]]
    assert titles == ["Hash new passwords with argon2id"]
    # First its process goes, then its turn is seen to be over.
    until(lambda: "the vote on p-9xw4 was over" in votes.log(), "elm's turn does not end", LONG)
    for name in ("ash", "elm"):
        (message,) = (votes.desk.tree / "agents" / name / "inbox").glob("t-*.md")
        assert "elm was asked once" in message.read_text(encoding="utf-8")


def ends_soon(votes: AgentDesk) -> bool:
    """Whether the vote ends by a deadline that is only just to come; where it was over before it was read it is refused."""
    soon = datetime.now(UTC) + timedelta(seconds=3)
    head, _, rest = file(votes).partition("voters:")
    head = "".join(line for line in head.splitlines(keepends=True) if not line.startswith("deadline:"))
    votes.save("proposals/argon.md", f"{head}deadline: {soon:%Y-%m-%dT%H:%M:%SZ}\nvoters:{rest}")
    votes.desk.dispatchd("sync", "--wait")
    return votes.desk.json("proposal", "show", "p-9xw4")["deadline"] is not None


def players(votes: AgentDesk) -> list[str]:
    """The processes of this desk that play a script."""
    here = str(votes.desk.root)
    return [each for each in command_lines() if "scripted_player" in each and here in each]


def running(votes: AgentDesk) -> list[tuple[str, str]]:
    """What status says that runs, and who."""
    return [(each["id"], each["who"]) for each in votes.desk.json("status")["running"]]


def test_a_turn_for_a_vote_writes_nothing_that_stays(votes: AgentDesk) -> None:
    before = votes.desk.git("status", "--porcelain"), votes.desk.git("branch", "--list", "--all")
    writes = '{ write = "here.txt", text = "x" }, { run = "touch $HOME/../x; ls", may_fail = true }, '
    ask(votes, writes + APPROVES)
    until(lambda: "**Passed**" in file(votes), "it does not pass", LONG)
    until(lambda: not running(votes), "a turn does not end", LONG)
    rooms = Path(votes.desk.git("rev-parse", "--absolute-git-dir").strip(), "dispatchd", "runs")
    # First the turn is told to be over, then its room goes.
    until(lambda: not list(rooms.glob("*/work")), "its room stays", LONG)
    assert (votes.desk.git("status", "--porcelain"), votes.desk.git("branch", "--list", "--all")) == before
    assert not votes.desk.json("worktree", "list")["items"]
    assert not list(votes.desk.root.rglob("here.txt"))
