"""A player of a script hears that its turn is to end, between its steps and in those that wait, and goes on there later."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from dispatchd.adapters.agents.scripted_ears import STOPPED
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import Occasion, RunId
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.run_command import StartRun, StopRun, SubmitWork
from tests.fakes.fake_board import ALICE, ASH, NOON, FakeBoard, by

INTERRUPT: Final = b'{"interrupt": true}\n'
LONG: Final = "sleep 600"
Steps = Sequence[Mapping[str, Any]]


class Theatre:
    """A script, and the folder that it is played in; each `plays` is a turn of the same session."""

    def __init__(self, folder: Path, *turns: Mapping[str, Any]) -> None:
        self.folder = folder
        (folder / "turns.json").write_text(json.dumps(turns), encoding="utf-8")

    def plays(self, cue: str = "", said: bytes = b"") -> list[Mapping[str, Any]]:
        """What one turn prints. It is told *said* once it has printed a line of the type *cue*; before all, without."""
        player = subprocess.Popen(
            (sys.executable, "-m", "dispatchd.adapters.agents.scripted_player", "turns.json", "s-1"),
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert player.stdin is not None
        assert player.stdout is not None
        with player:
            told = False
            lines = []
            if not cue:
                player.stdin.write(said)
                player.stdin.flush()
            for line in player.stdout:
                lines.append(json.loads(line))
                if lines[-1]["type"] == cue and not told:
                    told = bool(player.stdin.write(said))
                    player.stdin.flush()
        return lines

    def made(self) -> list[str]:
        return sorted({each.name for each in self.folder.iterdir()} - {"turns.json", "s-1.json"})


def step(**words: Any) -> Mapping[str, Any]:
    return words


def turn(*steps: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    return {"step": steps, **more}


def end(lines: list[Mapping[str, Any]]) -> str:
    assert lines[-1]["type"] == "end"
    return str(lines[-1]["outcome"])


TWO: Final = turn(step(write="one", text="1"), step(write="two", text="2"))


def test_what_is_said_before_the_first_step_ends_the_turn_there(tmp_path: Path) -> None:
    theatre = Theatre(tmp_path, TWO)
    assert end(theatre.plays(said=INTERRUPT)) == "interrupted"
    assert theatre.made() == []
    assert end(theatre.plays()) == "ok"
    assert theatre.made() == ["one", "two"]


def test_a_command_is_ended_and_done_again_when_the_turn_goes_on(tmp_path: Path) -> None:
    script = turn(step(say="I begin."), step(run=f"test -e there || {LONG}"), step(write="made"))
    theatre = Theatre(tmp_path, script)
    lines = theatre.plays("tool", INTERRUPT)
    assert (end(lines), lines[-3]["type"], lines[-3]["failed"]) == ("interrupted", "returned", False)
    assert theatre.made() == []
    (tmp_path / "there").touch()
    lines = theatre.plays()
    assert (end(lines), theatre.made()) == ("ok", ["made", "there"])
    assert "I begin." not in [line.get("text") for line in lines], "what was done before is not done again"


def test_a_short_command_is_let_finish(tmp_path: Path) -> None:
    theatre = Theatre(tmp_path, turn(step(run="sleep 0.4; echo > done"), step(write="after")))
    assert end(theatre.plays("tool", INTERRUPT)) == "interrupted"
    assert theatre.made() == ["done"]


@pytest.mark.parametrize(
    ("cue", "play"),
    [
        ("permission", turn(step(run="true", ask_first=True), step(write="after"))),
        ("say", turn(step(say="I wait."), step(wait=True), step(write="after"))),
        ("", turn(step(write="after"), begins_after=600)),
    ],
)
def test_whatever_waits_hears_it(tmp_path: Path, cue: str, play: Mapping[str, Any]) -> None:
    theatre = Theatre(tmp_path, play)
    assert end(theatre.plays(cue, INTERRUPT)) == "interrupted"
    assert theatre.made() == []


def test_a_wait_that_was_ended_is_over(tmp_path: Path) -> None:
    theatre = Theatre(tmp_path, turn(step(say="I wait."), step(wait=True)), TWO)
    theatre.plays("say", INTERRUPT)
    assert end(theatre.plays()) == "ok"
    assert theatre.made() == ["one", "two"]


def test_what_comes_after_a_wait_that_was_ended_is_played(tmp_path: Path) -> None:
    theatre = Theatre(tmp_path, turn(step(say="I wait."), step(wait=True), step(write="after")), TWO)
    theatre.plays("say", INTERRUPT)
    assert theatre.made() == []
    assert end(theatre.plays()) == "ok"
    assert theatre.made() == ["after"]
    assert end(theatre.plays()) == "ok"
    assert theatre.made() == ["after", "one", "two"]


def test_leave_that_is_given_is_heard(tmp_path: Path) -> None:
    theatre = Theatre(tmp_path, turn(step(run="echo > made", ask_first=True)))
    allowed = b'{"request": "p0", "allowed": false}\n{"request": "p1", "allowed": true}\n'
    assert end(theatre.plays("permission", allowed)) == "ok"
    assert theatre.made() == ["made"]


def test_a_refusal_that_is_for_the_turn_is_known_by_how_it_begins() -> None:
    board, issue = FakeBoard(), EntityId("i-7k2m")
    board.entities = {
        "ash": Agent(name="ash"),
        issue: Issue(id=issue, title="Login", created=NOON, status=IssueStatus.QUEUED),
    }
    run = RunId("i-7k2m.1")
    start = StartRun(issue=issue, run=run, agent="ash", occasion=Occasion.BEGIN, branch="x", base="b" * 40)
    board.handle(start, by(DAEMON))
    board.handle(StopRun(issue=issue), by(ALICE))
    with pytest.raises(Rejected) as refused:
        board.handle(SubmitWork(issue=issue, commit="c" * 40, summary="", run=run), by(ASH))
    assert str(refused.value).startswith(STOPPED)
