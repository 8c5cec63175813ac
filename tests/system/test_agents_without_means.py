"""Agents that lack what they need: a program, a log-in, a disk, one answer; what is said, and that nothing is lost."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import Desk, until
from tests.system.small_disk import small_disk

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
NOT_LOGGED_IN = """#!/bin/sh
echo '{"type":"system","subtype":"init","session_id":"s","tools":[],"model":"none"}'
echo '{"type":"result","subtype":"success","is_error":true,"num_turns":1,"result":"Not logged in. Please run /login","session_id":"s"}'
exit 1
"""
NewDesk = Callable[[str], Desk]


@pytest.fixture
def programs(outside_tmp: Path) -> Path:
    """A folder at the front of the PATH."""
    folder = outside_tmp / "programs"
    folder.mkdir()
    return folder


@pytest.fixture
def poor(idle_desk: Desk, programs: Path) -> Iterator[AgentDesk]:
    idle_desk.environment = {"PATH": f"{programs}:/usr/bin:/bin"}
    (idle_desk.root / "app.txt").write_text("one\n", encoding="utf-8")
    idle_desk.git("add", "app.txt")
    idle_desk.git("commit", "-qm", "Something to work on")
    idle_desk.up()
    agents = AgentDesk(idle_desk)
    yield agents
    agents.end_runs()


def asked_once(poor: AgentDesk, name: str) -> str:
    """What people are asked about the issue, when no attempt was used up."""
    text = poor.thread("how is it to go on?").read_text(encoding="utf-8")
    file = poor.desk.path(f"issues/{name}.md")
    until(lambda: "failed to start" in file.read_text(encoding="utf-8"), "its issue does not say so")
    assert poor.log().count("dispatchd starts ash") == 1
    return text


def test_a_program_that_is_not_installed_is_named_and_costs_no_attempt(
    poor: AgentDesk, programs: Path
) -> None:
    poor.lay("ash", engine="claude")
    poor.queue("later", "")
    text = asked_once(poor, "later")
    assert "claude is not installed, or not on the PATH that the daemon was started with" in text
    (programs / "claude").write_text(NOT_LOGGED_IN, encoding="utf-8")
    (programs / "claude").chmod(0o755)
    poor.tick(poor.thread("how is it to go on?"), "Try again")
    until(lambda: poor.log().count("dispatchd starts ash") == 2, "it is not tried again")


def test_a_program_that_is_not_logged_in_is_a_question_and_is_not_tried_in_vain(
    poor: AgentDesk, programs: Path
) -> None:
    (programs / "claude").write_text(NOT_LOGGED_IN, encoding="utf-8")
    (programs / "claude").chmod(0o755)
    poor.lay("ash", engine="claude")
    poor.queue("keyless", "")
    assert "Not logged in" in asked_once(poor, "keyless")


FILLS = """
[[turn]]
step = [
  { write = "first.txt", text = "1" },
  { run = "git add -A && git commit -qm First" },
  { run = "cat /dev/urandom > ballast", may_fail = true },
  { run = "git add -A && git commit -qm Too-much", may_fail = true },
]
[[turn]]
step = [
  { run = "rm -f ballast .git/index.lock; git reset -q; echo 2 > second.txt; git add second.txt; git commit -qm Second" },
  { submit = "Both." },
]
"""


def test_an_agent_that_fills_the_disk_harms_its_own_turn_alone(poor: AgentDesk, outside_tmp: Path) -> None:
    with small_disk(outside_tmp / "disk") as disk:
        poor.lay("ash")
        config = poor.desk.tree / "config.toml"
        clones = f"{poor.desk.root.parent / poor.desk.root.name}-clones"
        config.write_text(
            config.read_text(encoding="utf-8").replace(clones, str(disk / "clones")), encoding="utf-8"
        )
        poor.desk.dispatchd("sync", "--wait")
        poor.queue("full", FILLS)
        poor.until_status("full", "done")
        assert poor.integrated("first.txt") == "1"
        assert poor.integrated("second.txt") == "2\n"
        assert "dispatchd runs" in poor.desk.logs()
        assert poor.desk.logs().count("because of a bug") == 0
        assert "ballast" not in poor.desk.git("ls-tree", "--name-only", "dispatchd/integration")


ASKS = """
[[turn]]
step = [ { ask = "Hello or Hi?", options = ["Hello", "Hi"] } ]
[[turn]]
step = [
  { run = "echo made > made.txt; git add -A; git commit -qm Made" },
  { submit = "Made." },
]
"""


def test_of_two_answers_in_one_save_neither_counts_and_the_next_one_does(poor: AgentDesk) -> None:
    poor.lay("ash")
    poor.queue("greet", ASKS)
    file = poor.thread("Hello or Hi?")
    text = file.read_text(encoding="utf-8")
    both = text.replace("- [ ] Hello", "- [x] Hello").replace("- [ ] Hi", "- [x] Hi")
    file.write_text(both, encoding="utf-8")
    text = until(lambda: _refused(file), "nobody answers the two ticks")
    assert "answers" not in poor.log()
    file.write_text(text.replace("- [ ] Hi", "- [x] Hi"), encoding="utf-8")
    poor.until_status("greet", "done")
    assert poor.log().count("answers") == 1


def _refused(file: Path) -> str:
    """The question, once it says that neither tick counts."""
    text = file.read_text(encoding="utf-8")
    return text if text.count("tick one only") == 2 and "- [x]" not in text else ""


def test_of_two_answers_at_once_the_first_counts_and_the_second_is_told(poor: AgentDesk) -> None:
    poor.lay("ash")
    poor.queue("greet", ASKS)
    file = poor.thread("Hello or Hi?")
    thread = "-".join(file.name.split("-")[:2]).removesuffix(".md")
    first = poor.desk.ask("answer", thread, "Hello")
    second = poor.desk.ask("answer", thread, "Hi")
    assert (first.code, second.code) == (0, 1)
    assert "is answered already" in second.err
    poor.until_status("greet", "done")
    assert poor.log().count("dispatchd starts ash") == 2


def test_of_many_that_wait_one_says_that_the_program_is_missing_and_the_others_begin_once_it_is_there(
    poor: AgentDesk, programs: Path
) -> None:
    poor.lay("ash", engine="claude")
    for name in ("one", "two", "three"):
        poor.queue(name, "")
    until(lambda: "failed to start" in poor.log(), "none is tried")
    poor.desk.dispatchd("sync", "--wait")
    queued = [each for each in poor.desk.issues().values() if each["status"] == "queued"]
    assert len(queued) == 2
    assert "claude is not installed" in poor.desk.dispatchd("why", str(queued[0]["id"]))
    assert [finding["code"] for finding in findings(poor)] == ["engine-missing"]
    (programs / "claude").write_text(NOT_LOGGED_IN, encoding="utf-8")
    (programs / "claude").chmod(0o755)
    until(lambda: "Not logged in" in poor.log(), "the others wait for ever", LONG)
    until(lambda: len(list((poor.desk.tree / "inbox").glob("t-*.md"))) == 2, "nobody is asked about it")


BREAKS_OFF = """#!/bin/sh
echo '{"type":"system","subtype":"init","session_id":"s","tools":[],"model":"none"}'
kill -9 $$
"""


def test_a_turn_that_breaks_off_before_it_says_what_it_cost_counts_what_was_held_for_it(
    poor: AgentDesk, programs: Path
) -> None:
    (programs / "claude").write_text(BREAKS_OFF, encoding="utf-8")
    (programs / "claude").chmod(0o755)
    poor.lay("ash", engine="claude")
    poor.queue("broken", "")
    file = poor.desk.path("issues/broken.md")
    until(lambda: "counts as $1.00" in file.read_text(encoding="utf-8"), "its cost is not told")
    until(lambda: "$1.00" in poor.desk.dispatchd("usage"), "it counts as nothing")


def findings(poor: AgentDesk) -> list[dict[str, object]]:
    """What the doctor finds about agents."""
    items = json.loads(poor.desk.ask("doctor", "--json").out)["items"]
    return [each for each in items if str(each["code"]).startswith(("engine", "agents"))]


def answers(poor: AgentDesk, about: str, option: str) -> None:
    """A person answers the question that is open about the issue called so."""

    def find() -> list[Path]:
        found = (poor.desk.tree / "inbox").glob("t-*.md")
        texts = {file: file.read_text(encoding="utf-8") for file in found}
        title = f"{about}: how is it to go on?"
        return [file for file, text in texts.items() if title in text and f"- [ ] {option}" in text]

    poor.tick(until(find, f"nobody is asked about {about}", LONG)[0], option)


def test_what_was_left_to_a_person_begins_a_turn_when_they_let_it_go_on(
    poor: AgentDesk, programs: Path
) -> None:
    poor.lay("ash", engine="claude")
    poor.queue("left", "")
    asked_once(poor, "left")
    answers(poor, "left", "Leave it to me")
    issue = poor.desk.fact("issues/left.md", "id").split()[0]
    until(lambda: "is held" in poor.desk.dispatchd("why", issue), "the work is not held")
    poor.desk.dispatchd("agent", "start", issue)
    until(lambda: poor.log().count("dispatchd starts ash") == 2, "no turn begins")
    answers(poor, "left", "Leave it to me")
    until(lambda: "is held" in poor.desk.dispatchd("why", issue), "the work is not held")
    card = poor.desk.tree / "agents/ash/agent.md"
    card.write_text(card.read_text(encoding="utf-8").replace("engine: claude", "engine: scripted"), "utf-8")
    poor.desk.dispatchd("sync", "--wait")
    poor.desk.dispatchd("agent", "start", issue)
    until(lambda: poor.log().count("dispatchd starts ash") == 3, "no turn begins on the other engine")


def test_who_waits_for_a_missing_program_is_asked_about_when_nobody_else_is_any_more(poor: AgentDesk) -> None:
    poor.lay("ash", engine="claude")
    poor.queue("one", "")
    asked_once(poor, "one")
    poor.queue("two", "")
    poor.desk.dispatchd("sync", "--wait")
    assert "claude is not installed" in poor.desk.dispatchd("status")
    assert poor.status("two") == "queued"
    answers(poor, "one", "Leave it to me")
    answers(poor, "two", "Try again")
    until(lambda: poor.log().count("dispatchd starts ash") == 3, "it is not tried again")
    answers(poor, "two", "Leave it to me")


WORKS = """
[[turn]]
step = [ { run = "echo 1 > NAME.txt && git add -A && git commit -qm Work" }, { submit = "Done." } ]
"""


def test_of_turns_that_begin_together_one_that_cannot_costs_the_others_nothing(poor: AgentDesk) -> None:
    poor.lay("ash", "oak")
    poor.save("agents/elm/agent.md", "---\nname: elm\nrole: coder\nengine: claude\n---\n\nPlays.\n")
    poor.desk.dispatchd("pause")
    for name, agent in (("one", "ash"), ("two", "elm"), ("three", "oak")):
        poor.queue(name, WORKS.replace("NAME", name), assignee=agent)
    poor.desk.dispatchd("sync", "--wait")
    poor.desk.dispatchd("resume")
    for name in ("one", "three"):
        poor.until_status(name, "done")
    assert "claude is not installed" in poor.thread("how is it to go on?").read_text(encoding="utf-8")
    log = poor.log()
    assert [log.count(f"dispatchd starts {agent}") for agent in ("ash", "elm", "oak")] == [1, 1, 1]
