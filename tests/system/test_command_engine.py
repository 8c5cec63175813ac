"""Any program as an agent, with the real daemon: what it is told, what it says, and a command that nobody wrote down."""

import shutil
from collections.abc import Iterator

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk
from tests.system.patience import until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bwrap (bubblewrap)")
COMMAND = 'cat > told.md; cmp told.md "$DISPATCHD_PROMPT" && git add -A && git commit -qm Told && echo "I am $DISPATCHD_AGENT, and through"'


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


def test_a_program_is_told_its_task_and_its_commits_are_kept(at_work: AgentDesk) -> None:
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[commands]\n", f"[commands]\nteller = '{COMMAND}'\n"), encoding="utf-8")
    at_work.lay("ash", engine="command:teller")
    at_work.save("issues/tell.md", "---\ntitle: Tell\nstatus: queued\n---\n\nWrite the story down.\n")
    text = at_work.until_status("tell", "done")
    assert "`teller` ended well: I am ash, and through" in text
    assert "Write the story down." in at_work.integrated("told.md")
    assert at_work.log().count("dispatchd starts ash on") == 1


def test_a_program_that_fails_submits_nothing(at_work: AgentDesk) -> None:
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    command = "echo half > half.txt; git add -A; git commit -qm Half; echo It burns >&2; exit 126"
    config.write_text(text.replace("[commands]\n", f"[commands]\nburns = '{command}'\n"), encoding="utf-8")
    at_work.lay("ash", engine="command:burns")
    at_work.save("issues/burn.md", "---\ntitle: Burn\nstatus: queued\n---\n\nBurn.\n")
    at_work.thread("how is it to go on?")
    assert "submits" not in at_work.log()


def test_a_command_that_is_not_in_the_settings_is_said_and_work_begins_once_it_is(at_work: AgentDesk) -> None:
    at_work.lay("ash", engine="command:teller")
    at_work.save("issues/tell.md", "---\ntitle: Tell\nstatus: queued\n---\n\nWrite the story down.\n")
    card = at_work.desk.tree / "agents/ash/agent.md"
    said = '# dispatchd: There is no command "teller" below [commands] in config.toml'
    until(lambda: said in card.read_text(encoding="utf-8"), "the card says it")
    assert not list((at_work.desk.tree / "inbox").glob("t-*.md"))
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[commands]\n", f"[commands]\nteller = '{COMMAND}'\n"), encoding="utf-8")
    at_work.until_status("tell", "done")
    until(lambda: said not in card.read_text(encoding="utf-8"), "the card is right")


SPEAKS = (
    "dispatchd as ash issue | grep -q Speak && dispatchd as ash note 'Half of it' && echo x > x.txt && "
    "dispatchd as ash submit 'Too early.' 2> told.txt; git add -A; git commit -qm Said; "
    "dispatchd as birch note 'I am birch' 2>> told.txt; git commit -qam More; "
    "dispatchd as ash submit 'It speaks.' && sleep 1; exit 1"
)


def test_a_program_without_tools_speaks_by_commands_over_its_runs_socket(at_work: AgentDesk) -> None:
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[commands]\n", f'[commands]\nspeaks = "{SPEAKS}"\n'), encoding="utf-8")
    at_work.lay("ash", engine="command:speaks")
    at_work.save("issues/speak.md", "---\ntitle: Speak\nstatus: queued\n---\n\nSpeak.\n")
    text = at_work.until_status("speak", "done")
    assert "Half of it" in text
    assert "It speaks." in text
    told = at_work.integrated("told.txt")
    assert "commit or take back what has changed first: " in told
    assert "speak as ash; this turn is ash's" in told
    assert "I am birch" not in text


FIXES = "if test -e a.txt; then date > b.txt; else date > a.txt; fi; git add -A; git commit -qm Fix"
JUDGES = (
    "if test -e b.txt; then dispatchd as oak verdict approve; "
    "else dispatchd as oak verdict changes 'a.txt:1: blocker: b is not there'; fi"
)


def test_programs_make_judge_and_mend_over_two_rounds(at_work: AgentDesk) -> None:
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    commands = f'[commands]\nfixes = "{FIXES}"\njudges = "{JUDGES}"\n'
    config.write_text(text.replace("[commands]\n", commands), encoding="utf-8")
    at_work.lay("ash", engine="command:fixes")
    at_work.save(
        "agents/oak/agent.md", "---\nname: oak\nrole: reviewer\nengine: command:judges\n---\n\nLooks.\n"
    )
    at_work.save("issues/two.md", "---\ntitle: Two\nstatus: queued\nworkflow: plain\n---\n\nTwo files.\n")
    text = at_work.until_status("two", "done")
    assert "finding 1, blocker `a.txt:1`: b is not there" in text
    assert "finding 1 is answered: `fixes` committed" in text
    assert "review: oak says approve" in text
    assert "was not handed in" not in text
    assert at_work.integrated("b.txt")
