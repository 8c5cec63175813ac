"""Every command that writes does the same through a daemon and without one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.system.conftest import NewDesk
from tests.system.desk import Desk

pytestmark = pytest.mark.cold
EPIC = (
    "---\nid: e-3fq9\ntitle: Passwordless login\nstatus: draft\n---\n\nWhy.\n\n## Stages\n\n"
    "### Design\n\nGate: approval: Is it right?\n\n### Build\n\nGate: review: Does it work?\n\n"
    "### Way\n\nGate: decision: Which way out?\n\n- [ ] Blue-green\n- [ ] Rolling\n\n### Release\n\nGate: approval: Ship?\n"
)
ISSUE = "---\nid: i-7k2m\ntitle: Login times out\n---\n\nText.\n"
OTHER = "---\nid: i-8p3q\ntitle: Login page\n---\n\nText.\n"
PROPOSAL = '---\nid: p-9xw4\ntitle: Use argon2id\nvoters: ["@alice", ash]\n---\n\nWhy.\n'
SECOND = '---\nid: p-5d5d\ntitle: Use bcrypt\nvoters: ["@alice"]\n---\n\nWhy.\n'
THREAD = "asked"
STORY: tuple[tuple[str, ...], ...] = (
    ("as", "ash", "tell", "Hello"),
    ("issue", "new", "One more", "--priority", "high", "--body", "Words."),
    ("issue", "set", "i-7k2m", "status=queued", "priority=critical", "labels+=auth", "depends_on+=i-8p3q"),
    ("issue", "set", "i-8p3q", "status=done", "title=The login page"),
    ("issue", "set", "i-7k2m", "status=in_review"),
    ("issue", "set", "e-3fq9", "status=ready"),
    ("gate", "reject", "e-3fq9", "--reason", "not yet"),
    ("gate", "ask-again", "e-3fq9"),
    ("gate", "approve", "e-3fq9", "Design"),
    ("gate", "skip", "e-3fq9", "--reason", "no need"),
    ("gate", "choose", "e-3fq9", "Way", "Rolling"),
    ("proposal", "new", "Drop Python 3.10", "--voter", "@alice"),
    ("vote", "p-9xw4", "approve", "fine"),
    ("as", "ash", "vote", "p-9xw4", "approve", "fast"),
    ("override", "p-5d5d", "veto", "no"),
    ("as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt", "--issue", "i-7k2m"),
    ("answer", THREAD, "argon2id", "--text", "As we said."),
    ("config", "set", "workspace.start_after", "2h"),
    ("restore", "i-8p3q"),
    ("confirm", "--all"),
)


def test_every_command_that_writes_does_the_same_with_a_daemon_and_without(new_desk: NewDesk) -> None:
    one, other = (play(new_desk(name), with_daemon=name == "daemon") for name in ("daemon", "alone"))
    for words, with_daemon, without in zip(STORY, one.answers, other.answers, strict=True):
        assert with_daemon == without, words
    assert one.log == other.log
    assert one == other


@dataclass(frozen=True, kw_only=True)
class Played:
    """What each command answered, and what then stands in the tree, in the log and on the branch."""

    answers: list[object]
    tree: dict[str, str]
    log: list[str]
    authors: set[str]


def play(desk: Desk, *, with_daemon: bool) -> Played:
    """The story on a new workspace."""
    desk.init()
    # Else ash begins to work on what is queued, where the story takes half a minute.
    desk.sed('s/^start_after = "30s"/start_after = "1h"/', "config.toml")
    desk.sync()
    for path, text in (
        ("epics/login.md", EPIC),
        ("issues/timeout.md", ISSUE),
        ("issues/page.md", OTHER),
        ("proposals/argon.md", PROPOSAL),
        ("proposals/bcrypt.md", SECOND),
        ("agents/ash/agent.md", "---\nrole: coder\n---\n"),
    ):
        desk.save(path, text)
    if with_daemon:
        desk.up()
    desk.sync()
    names: dict[str, str] = {}
    tidy = naming(names)
    answers = [told(desk, words, tidy) for words in STORY]
    desk.sync()
    desk.is_level()
    # The log first: it names every id in the order of what happened, which file names with random ids do not.
    log = [tidy(f"{event['actor']} {event['type']} {event['told']}") for event in desk.events()]
    tree = {
        tidy(str(file.relative_to(desk.tree))): tidy(file.read_text(encoding="utf-8"))
        for file in sorted(desk.tree.rglob("*.md"))
        if file.name != "STATUS.md"
    }
    authors = {line.partition(":")[0] for line in desk.commits()}
    return Played(answers=answers, tree=tree, log=log, authors=authors)


def told(desk: Desk, words: tuple[str, ...], tidy: Callable[[str], str]) -> object:
    """How the command ended and what it printed, without what differs from run to run."""
    if THREAD in words:
        thread = next(
            item["id"] for item in desk.json("inbox", "list")["items"] if item["kind"] == "question"
        )
        words = tuple(str(thread) if word == THREAD else word for word in words)
    said = desk.ask(*words)
    return said.code, tidy(said.out), tidy(said.err)


def naming(names: dict[str, str]) -> Callable[[str], str]:
    """Replaces drawn ids by numbers in the order they appear, times and revs by a letter."""

    def tidy(text: str) -> str:
        text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z", "NOW", text)
        text = re.sub(r"\br[0-9a-f]{8}\b", "REV", text)
        text = re.sub(r"<!-- shows: .* -->", "SHOWS", text)  # of ids and seconds
        text = re.sub(r"home = .*", "home", text)
        return re.sub(r"\b([deipt])-([0-9a-hjkmnp-tv-z]{4})\b", numbered, text)

    def numbered(match: re.Match[str]) -> str:
        if match[0] in {"i-7k2m", "i-8p3q", "e-3fq9", "p-9xw4", "p-5d5d"}:
            return match[0]
        return names.setdefault(match[0], f"{match[1]}-{len(names)}")

    return tidy


def test_who_keeps_the_settings_of_git_elsewhere_is_the_same_person_to_the_daemon(
    new_desk: NewDesk, tmp_path: Path
) -> None:
    settings = tmp_path / "settings"
    settings.write_text("[user]\n\tname = Carol Poe\n\temail = carol@example.com\n", encoding="utf-8")
    desk = new_desk("elsewhere")
    desk.environment = {"GIT_CONFIG_GLOBAL": str(settings)}
    desk.init()
    desk.up()
    desk.save("issues/login.md", "Login times out\n")
    desk.sync()
    assert "Carol Poe opens " in desk.dispatchd("log")
