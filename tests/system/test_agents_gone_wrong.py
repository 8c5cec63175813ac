"""Agents that go wrong, with the real daemon: what is said about it, and that nothing of anybody's is lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
IMPATIENT = 'first_line = "2s"\nmodel_silence = "2s"\ntool_silence = "4s"\n'


@pytest.fixture
def wrong(desk: Desk) -> Iterator[AgentDesk]:
    (desk.root / "app.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


def activity(wrong: AgentDesk, name: str, words: str) -> str:
    """The issue's file, once it tells so."""
    file = wrong.desk.tree / "issues" / f"{name}.md"
    text = file.read_text
    until(lambda: words in text(encoding="utf-8"), f"{name} does not tell {words!r}", 60)
    return text(encoding="utf-8")


def one_turn(*steps: str) -> str:
    return "[[turn]]\nstep = [\n" + "".join(f"  {{ {step} }},\n" for step in steps) + "]\n"


COMMITS = ('write = "done.txt", text = "done"', 'run = "git add -A && git commit -qm Done"', 'submit = "Done."')
GARBAGE = (
    "print = '\\u0000\\u001b[2Jnot json'",
    'print = "{"',
    "print = '[1, 2'",
    "print = '{\"type\": 7}'",
    "print = '{\"type\": \"tool\"}'",
    """run = "head -c 12582912 /dev/zero | tr '\\\\0' x > big.txt; cat big.txt; rm big.txt" """,
)


def test_garbage_and_a_line_of_many_megabytes_are_kept_and_mean_nothing(wrong: AgentDesk) -> None:
    wrong.lay("ash")
    wrong.queue("noise", one_turn(*GARBAGE, *COMMITS))
    wrong.until_status("noise", "done")
    assert wrong.integrated("done.txt") == "done"


def test_silence_from_the_first_line_on_is_ended_and_said(wrong: AgentDesk) -> None:
    wrong.lay("ash", settings=IMPATIENT)
    wrong.queue("mute", one_turn("hush = true"))
    text = activity(wrong, "mute", "stalled")
    assert "turn 1 ended, stalled" in text


def test_silence_after_the_result_is_no_failure(wrong: AgentDesk) -> None:
    wrong.lay("ash", settings=IMPATIENT)
    wrong.queue("linger", one_turn(*COMMITS[:2], "linger = true"))


def test_three_crashes_in_a_minute_let_the_engine_rest_until_a_person_says_go(wrong: AgentDesk) -> None:
    wrong.lay("ash", "birch", "cedar", "dogwood")
    for number in range(3):
        wrong.queue(f"crash {number}", one_turn("say = 'I fall.'", "exit = 3"))
    file = wrong.thread("scripted crashes again and again, and rests")
    told = file.read_text(encoding="utf-8")
    assert "it ended with exit code 3 in the middle of its turn" in told
    wrong.queue("after", one_turn(*COMMITS))
    wrong.desk.dispatchd("sync", "--wait")
    issue = wrong.desk.fact("issues/after.md", "id").split()[0]
    assert "crashed within a minute, so it rests until" in wrong.desk.dispatchd("why", issue)
    assert wrong.status("after") == "queued"
    wrong.tick(file, "Try again now")
    wrong.until_status("after", "done")
