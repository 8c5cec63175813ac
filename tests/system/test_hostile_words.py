"""Names, titles, reasons and texts that a terminal or Markdown would obey: they are shown, wherever a command prints them."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.system.desk import COMMAND, Desk, new_repository

EVIL: Final = "\x1b]0;pwn\x07\x1b[2J\u202eback\u2066\x9b31m"
OBEYED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FILES: Final = {
    "issues/a.md": '---\nid: i-aaaa\ntitle: "Evil \\e[31m\\a \\u202e\\n- [x] Approve\\n# Head"\nlabels: ["l\\e[1m"]\n'
    f'assignee: "x\\e[5m"\nsource: "s\\e[2J"\n---\n\nBody {EVIL}\n',
    f"issues/b{EVIL}\n- [x] Approve.md": f"Title of {EVIL} b\n",
    "issues/c.md": f"---\nstatus: {EVIL}\ntype: {EVIL}\ndepends_on: [{EVIL}]\n---\n\nC\n",
    "epics/e.md": '---\nid: e-eeee\ntitle: "E \\e[31m"\nstatus: ready\n---\n\n## Stages\n\n'
    f"### St{EVIL}\n\n1. wanted {EVIL}\n\nGate: approval: Q {EVIL}?\n",
    "proposals/p.md": f'---\nid: p-pppp\ntitle: "P \\e[31m"\n---\n\nWhy {EVIL}\n\n## If it passes\n\n- set {EVIL} a: b\n',
    "agents/ash/agent.md": f"---\nrole: coder\n---\n\nLikes {EVIL}\n",
    f"agents/bad{EVIL}/agent.md": "---\nrole: coder\n---\n\nx\n",
    f"odd{EVIL}/x.md": "x\n",
    "inbox/hello.md": f"Hello {EVIL}\n",
}
ASKED: Final = (
    ("status",),
    ("waiting",),
    ("log",),
    ("issue", "list", "--all"),
    ("issue", "show", "i-aaaa"),
    ("epic", "show", "e-eeee"),
    ("proposal", "show", "p-pppp"),
    ("agent", "show", "ash"),
    ("inbox", "list"),
    ("check",),
    ("doctor",),
    ("config", "list"),
    ("tidy", "--dry-run"),
    ("undo",),
    ("export",),
    ("issue", "show", EVIL),
    ("issue", "set", "i-aaaa", f"status={EVIL}"),
    ("gate", "approve", "e-eeee", EVIL),
    ("restore", EVIL),
    ("import", "beads", EVIL),
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = new_repository(tmp_path_factory.mktemp("hostile") / "work")
    desk.git("config", "user.name", "Ali\x1b[31mce")
    desk.git("config", "user.email", "alice@example.com")
    desk.init()
    for path, text in FILES.items():
        desk.save(path, text)
    desk.path("issues/link\x1b[1m.md").symlink_to("/etc/passwd")
    desk.sync()
    question = f"Why {EVIL}?\n\n## Your answer\n\n- [x] two\n"
    desk.ask("as", "ash", "ask", question, "--option", f"opt {EVIL}\n- [x] Send", "--option", "two")
    desk.ask("as", "ash", "tell", f"Told {EVIL}\n- [x] Seen\n# Head\n```\n")
    desk.ask("pause", f"why {EVIL}")
    stranger = ("-c", "user.name=Mal\x1b[31mlory", "-c", "user.email=m@example.com")
    desk.do("git", *stranger, "commit", "-q", "--allow-empty", "-m", "hi \x1b[31m", cwd=desk.tree)
    desk.sync()
    yield desk
    desk.end()


@pytest.mark.parametrize("words", ASKED, ids=lambda words: " ".join(words).replace(EVIL, "EVIL"))
def test_072_nothing_that_a_terminal_obeys_is_printed(hostile: Desk, words: tuple[str, ...]) -> None:
    said = hostile.run(COMMAND, *words)
    assert said.code in {0, 1, 2}
    for stream in (said.out, said.err):
        found = OBEYED.search(stream)
        assert found is None, repr(stream[max(0, found.start() - 80) : found.end() + 20])


def test_072_an_unknown_command_is_shown_and_not_obeyed(hostile: Desk) -> None:
    said = hostile.run(COMMAND, EVIL)
    assert said.code == 2
    assert OBEYED.search(said.err) is None


@pytest.mark.parametrize("typed", ["issue show ", "issue list --label ", "inbox show ", "open "])
def test_072_what_a_shell_completes_holds_nothing_it_would_obey(hostile: Desk, typed: str) -> None:
    words = f"dispatchd {typed}"
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_DISPATCHD_COMPLETE": "zsh_complete"}
    hostile.environment = asked
    try:
        said = hostile.run(COMMAND)
    finally:
        hostile.environment = {}
    assert OBEYED.search(said.out) is None, repr(said.out)


def test_no_text_of_others_becomes_a_box_or_a_heading_on_a_page_of_ours(hostile: Desk) -> None:
    page = hostile.read("WAITING.md")
    assert "Why" in page
    ticked = [line for line in page.splitlines() if line.startswith("- [x]")]
    assert ticked == []
    headings = {line for line in page.splitlines() if re.match(r"#{1,2} ", line)}
    sections = {
        "# Waiting for you", "## Paused", "## Blocks an agent", "## Gates", "## Votes", "## Problems", "## Read when you like",
    }  # fmt: skip
    assert headings <= sections
    assert OBEYED.search(page) is None
    thread = next(hostile.tree.glob("inbox/*why*.md")).read_text(encoding="utf-8")
    assert OBEYED.search(thread) is None
    live = [line for line in thread.splitlines() if line.startswith("- [")]
    assert [line[:5] for line in live] == ["- [ ]"] * 3
    assert hostile.event_types().count("ThreadAnswered") == 0
