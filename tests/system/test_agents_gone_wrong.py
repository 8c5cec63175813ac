"""Agents that go wrong, with the real daemon: what is said about it, and that nothing of anybody's is lost."""

import shutil
from collections.abc import Iterator

import pytest

from tests.system.agent_desk import LONG, AgentDesk
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
    until(lambda: words in text(encoding="utf-8"), f"{name} does not tell {words!r}", LONG)
    return text(encoding="utf-8")


def one_turn(*steps: str) -> str:
    return "[[turn]]\nstep = [\n" + "".join(f"  {{ {step} }},\n" for step in steps) + "]\n"


COMMITS = (
    'write = "done.txt", text = "done"',
    'run = "git add -A && git commit -qm Done"',
    'submit = "Done."',
)
STEPS = "step = [" + ", ".join(f"{{ {each} }}" for each in COMMITS) + "]"
GARBAGE = (
    "print = '\\u0000\\u001b[2Jnot json'",
    'print = "{"',
    "print = '{\"type\": 7}'",
    'print = \'{"type": "say", "text": "half \\ud800"}\'',
    'print = \'{"type": "used", "read": 1000000000000000000000000000000}\'',
    'spill = 200000, text = "["',
    'spill = 12582912, text = "x"',
    'spill = 18874368, text = "y"',
)


def test_garbage_and_lines_of_many_megabytes_are_kept_and_mean_nothing(wrong: AgentDesk) -> None:
    wrong.lay("ash")
    wrong.queue("noise", one_turn(*GARBAGE, *COMMITS))
    wrong.until_status("noise", "done")
    assert wrong.integrated("done.txt") == "done"
    transcript = next((wrong.desk.private / "runs").glob("*/stdout.ndjson"))
    lengths = [len(line) for line in transcript.read_bytes().splitlines()]
    assert {12582912, 18874368} <= set(lengths)
    assert wrong.desk.ask("agent", "logs", "ash").code == 0


def test_silence_from_the_first_line_on_is_ended_and_said(wrong: AgentDesk) -> None:
    wrong.lay("ash", settings=IMPATIENT)
    wrong.queue("mute", f"[[turn]]\nbegins_after = 600\n{STEPS}")
    assert "ash's turn 1 ended, stalled" in activity(wrong, "mute", "stalled")


def test_silence_after_the_result_is_no_failure_and_leaves_no_process(wrong: AgentDesk) -> None:
    wrong.lay("ash")
    wrong.queue("linger", f"[[turn]]\nlingers = 601\n{STEPS}")
    wrong.until_status("linger", "done")
    here = [line for line in wrong.desk.do("ps", "-eo", "args").splitlines() if str(wrong.desk.root) in line]
    assert not [line for line in here if "scripted_player" in line]
    assert "ended" not in (wrong.desk.tree / "issues" / "linger.md").read_text(encoding="utf-8")


def test_a_turn_that_goes_on_for_ever_is_ended(wrong: AgentDesk) -> None:
    wrong.lay("ash", settings='turn = "3s"\n')
    wrong.queue("endless", one_turn("run = 'while true; do echo on; sleep 0.2; done'"))
    assert "ash's turn 1 ended, timed out" in activity(wrong, "endless", "timed out")


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
    rests = "crashed within a minute, so it rests until"
    until(lambda: rests in wrong.desk.dispatchd("why", issue), "why does not say that the engine rests")
    assert wrong.status("after") == "queued"
    wrong.tick(file, "Try again now")
    wrong.until_status("after", "done")


LEFT = {
    "no commit": "echo 1234567890123456789012345678901234567890 > .git/refs/heads/$B",
    "a blob": "git hash-object -w app.txt > .git/refs/heads/$B",
    "no tree": "T=$(git rev-parse 'HEAD^{tree}'); rm -f .git/objects/${T%${T#??}}/${T#??}",
    "a pipe": "rm -rf .git/objects/ab; mkfifo .git/objects/ab",
    "a pipe for rules": "mkfifo .gitattributes",
    "no text": 'for n in $(seq 300); do d=$(printf \'u\\377\\n\')$n; mkdir "$d"; echo x > "$d/x"; done',
}
"""What an agent does to its repository before its turn ends."""


def test_what_an_agent_leaves_of_its_repository_stops_nobody_else(wrong: AgentDesk) -> None:
    cases = "\n".join(f"'{name}') {line};;" for name, line in LEFT.items())
    script = (
        "B=$(git rev-parse --abbrev-ref HEAD)\necho $B > done-${B##*/}.txt; git add -A; git commit -qm Done\n"
        f'case "$(sed -n \'s/^LEAVE: //p\' "$DISPATCHD_PROMPT" | head -1)" in\n{cases}\nesac\nexit 0\n'
    )
    (wrong.desk.root / "leave.sh").write_text(script, encoding="utf-8")
    wrong.desk.git("add", "leave.sh")
    wrong.desk.git("commit", "-qm", "What agents run")
    config = wrong.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[commands]\n", "[commands]\nleave = 'sh leave.sh'\n"), encoding="utf-8")
    wrong.lay("ash", "birch", engine="command:leave")
    for name in LEFT:
        file = name.replace(" ", "-")
        wrong.save(f"issues/{file}.md", f"---\ntitle: {name}\nstatus: queued\n---\n\nLEAVE: {name}\n")
    for name in LEFT:
        told = activity(wrong, name.replace(" ", "-"), "what it made was not handed in: ")
        if name == "no text":
            assert "u\\xff" in told
    wrong.save("issues/well.md", "---\ntitle: Well\nstatus: queued\n---\n\nNothing is left.\n")
    wrong.until_status("well", "done")
    assert "dispatchd stopped" not in wrong.desk.logs()
