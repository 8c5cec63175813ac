"""A git that hangs, whatever it waits for: it is ended, the others go on, and the daemon can be stopped."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.conftest import NewDesk
from tests.system.desk import Desk, is_running, until

pytestmark = pytest.mark.cold
REAL = shutil.which("git") or ""
HANGS = """#!/bin/sh
while read -r word; do
    case " $* " in *"$word"*) echo $$ >> '{folder}/hung'; exec sleep 3600;; esac
done < '{folder}/words'
exec '{git}' "$@"
"""
GOES = """
[[turn]]
step = [
  { run = "echo 1 > {name}.txt && git add -A && git commit -qm One" },
  { submit = "Done." },
]
[[turn]]
step = [{ submit = "Done." }]
"""


class Hangs:
    """A git on PATH that hangs where its command line has one of some words."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.on()
        script = folder / "git"
        script.write_text(HANGS.format(folder=folder, git=REAL), encoding="utf-8")
        script.chmod(0o755)
        desk.environment = {**desk.environment, "PATH": f"{folder}{os.pathsep}{desk._environment()['PATH']}"}  # noqa: SLF001

    def on(self, *words: str) -> None:
        (self.folder / "words").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")

    def hung(self) -> list[int]:
        """The processes that hung so far."""
        try:
            return [int(line) for line in (self.folder / "hung").read_text(encoding="utf-8").split()]
        except FileNotFoundError:
            return []


@pytest.fixture
def hangs(idle_desk: Desk) -> Iterator[Hangs]:
    made = Hangs(idle_desk, idle_desk.root.parent / "hanging")
    yield made
    for pid in made.hung():
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)


def test_one_agents_fetch_that_hangs_costs_that_agent_its_turn_and_nobody_else_anything(
    idle_desk: Desk, hangs: Hangs
) -> None:
    desk = idle_desk
    (desk.root / "app.txt").write_text("one\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    desk.up()
    agents = AgentDesk(desk)
    try:
        agents.lay("ash", "birch")
        hangs.on("/.lent-")
        agents.queue("one", GOES.replace("{name}", "one"))
        until(hangs.hung, "git did not hang", 120)
        hangs.on(f"/.lent-{desk.fact('issues/one.md', 'id').split()[0]}-")
        desk.save("issues/saved.md", "Saved while git hangs.\n")
        desk.sync()
        assert desk.fact("issues/saved.md", "id")
        agents.queue("two", GOES.replace("{name}", "two"))
        agents.until_status("two", "done")
        until(
            lambda: "nothing had moved in it" in desk.read("issues/one.md"), "nobody said what was wrong", 120
        )
        hangs.on()
        agents.until_status("one", "done")
        assert not any(map(is_running, hangs.hung()))
        desk.down()
    finally:
        agents.end_runs()


@pytest.mark.parametrize("twice", [False, True])
def test_a_daemon_whose_git_hangs_is_stopped_in_time_and_leaves_none_of_it(
    idle_desk: Desk, hangs: Hangs, twice: bool
) -> None:
    idle_desk.up()
    hangs.on(" fast-import ")
    idle_desk.save("issues/saved.md", "Saved.\n")
    until(hangs.hung, "git did not hang")
    if twice:
        os.kill(idle_desk.daemons[-1], signal.SIGTERM)
    idle_desk.down()
    until(lambda: not any(map(is_running, hangs.hung())), "a git outlives its daemon")
    hangs.on()
    idle_desk.up()
    idle_desk.sync()
    idle_desk.is_level()


@pytest.mark.parametrize("word", [" version", " rev-parse ", " config ", "git"])
def test_a_start_at_which_git_hangs_ends_and_says_so(new_desk: NewDesk, word: str) -> None:
    desk = new_desk("hung")
    desk.init()
    hangs = Hangs(desk, desk.root.parent / "hanging")
    hangs.on(word)
    said = desk.ask("up")
    hangs.on()
    assert not said.code or "nothing had moved in it" in said.err
    desk.ask("down")
    assert not any(map(is_running, hangs.hung()))


def test_a_git_that_a_killed_daemon_has_left_is_ended_by_the_next(idle_desk: Desk, hangs: Hangs) -> None:
    desk = idle_desk
    pid = desk.up()
    hangs.on("fast-import")
    desk.save("issues/saved.md", "Saved, and then the daemon was killed.\n")
    until(hangs.hung, "git did not hang", 60)
    os.kill(pid, signal.SIGKILL)
    desk.daemons.remove(pid)
    until(lambda: not is_running(pid), "the daemon still lives")
    (left, *_) = hangs.hung()
    assert is_running(left)
    hangs.on()
    desk.up()
    assert not is_running(left)
    desk.sync()
    assert "saved.md" in desk.git("-C", str(desk.tree), "ls-tree", "-r", "--name-only", "HEAD")
