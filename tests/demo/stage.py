"""What the demo plays on: a new repository, a narrator, and the hands that save files and call commands.

Nothing here waits to be correct: after each act of Alice's `dispatchd sync --wait` says when it is done, and what
agents do is waited for where they tell it, in files. The pauses are for people who read along.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

CHECKOUT: Final = Path(__file__).resolve().parents[2]
EXAMPLE: Final = CHECKOUT / "example-workspace"
COMMAND: Final = Path(sys.executable).with_name("dispatchd")
GENTLE_SECONDS: Final = 1.4
PATIENCE_SECONDS: Final = 120.0
LOOKS_EVERY_SECONDS: Final = 0.05
T = TypeVar("T")
_COLOURS: Final = {"head": "1", "said": "2", "+": "32", "-": "31", "@": "36"}


class Stopped(Exception):  # noqa: N818 - the story stops, and the message says where
    """A command did not do what the story needs; the message shows what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrator:
    """Tells the story on standard output, at a pace that can be read; `fast` leaves the pauses out."""

    fast: bool = False
    colour: bool = False

    def chapter(self, title: str) -> None:
        self._print(f"\n{title}", "head")

    def say(self, text: str) -> None:
        self._print(f"  {text}")

    def typed(self, command: str) -> None:
        self._print(f"  $ {command}", "@")

    def shown(self, text: str) -> None:
        for line in text.rstrip("\n").splitlines():
            self._print(f"    {line}".rstrip(), "said")

    def changed(self, before: str, after: str) -> None:
        """The lines that differ, as a person would point at them."""
        for line in list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]:
            if not line.startswith("@") and line[1:].strip():
                self._print(f"    {line[0]} {line[1:]}", line[0])

    def pause(self, seconds: float = GENTLE_SECONDS) -> None:
        if not self.fast:
            time.sleep(seconds)

    def _print(self, text: str, style: str = "") -> None:
        code = _COLOURS.get(style) if self.colour else None
        print(f"\033[{code}m{text}\033[0m" if code else text, flush=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One repository, its tree, and Alice, who sits in front of it."""

    repository: Path
    narrator: Narrator

    @property
    def tree(self) -> Path:
        return self.repository / ".dispatch"

    def run(self, *words: str) -> str:
        """The output of a command in the repository. Raises Stopped if it fails."""
        done = subprocess.run(
            words, cwd=self.repository, env=environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()
            raise Stopped(f"`{' '.join(words)}` ended with {done.returncode}:\n{said}")
        return done.stdout

    def dispatchd(self, *words: str) -> str:
        return self.run(str(COMMAND), *words)

    def sync(self) -> None:
        """Everything saved so far is decided, written and committed when this returns."""
        self.dispatchd("sync", "--wait")

    def read(self, path: str) -> str:
        return (self.tree / path).read_text(encoding="utf-8")

    def save(self, path: str, change: Callable[[str], str], *, quietly: bool = False) -> None:
        """Alice changes a file and saves; what she wrote and, unless *quietly*, what dispatchd made of it is shown."""
        before = self.read(path)
        written = change(before)
        if written == before:
            raise Stopped(f"{path} has no line that this act could change:\n{before}")
        self.narrator.changed(before, written)
        (self.tree / path).write_text(written, encoding="utf-8")
        if not quietly:
            self.narrator.pause()
        self.sync()
        if quietly:
            return
        self.narrator.say("dispatchd answers in the same file:")
        self.narrator.changed(written, self.read(path))

    def until(self, path: str, words: str) -> str:
        """The file's text, as soon as it has *words*: what an agent does is told in files."""
        return self.wait_for(
            lambda: text if words in (text := self.read(path)) else None, f"{path} says {words!r}"
        )

    def thread(self, kind: str) -> str:
        """The path of the open thread of this *kind*, as soon as an agent has opened it."""

        def find() -> str | None:
            files = (self.tree / "inbox").glob("t-*.md")
            hits = [each for each in files if is_open(each.read_text(encoding="utf-8"), kind)]
            return hits[0].relative_to(self.tree).as_posix() if hits else None

        return self.wait_for(find, f"there is an open {kind} in inbox/")

    def wait_for(self, look: Callable[[], T | None], what: str) -> T:
        """What *look* finds, as soon as that is something; a file that is not there yet, or no longer, is waited for."""

        def find() -> T | None:
            try:
                return look()
            except FileNotFoundError:
                return None

        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := find()) is None:
            if time.monotonic() > deadline:
                log = self.dispatchd("log", "-n", "12")
                raise Stopped(
                    f"in {PATIENCE_SECONDS:.0f} s it did not come true that {what}. The log's end:\n{log}"
                )
            time.sleep(LOOKS_EVERY_SECONDS)
        return found

    def newest(self, pattern: str) -> str:
        """The path of the file that was last made among those that match *pattern*."""
        found = list(self.tree.glob(pattern))
        if not found:
            raise Stopped(f"no file is called {pattern}, and the story needs one.")
        last = max(found, key=lambda file: file.stat().st_mtime_ns)
        return last.relative_to(self.tree).as_posix()


def environment() -> dict[str, str]:
    """What a terminal has, without what a hook or an outer git command would add."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept["PATH"] = f"{COMMAND.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
    kept.update({name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG_")})
    return kept


def fact(text: str, key: str) -> str:
    """The value of *key* in the front matter of *text*."""
    hit = re.search(rf"^{key}: *(.*)$", text, re.MULTILINE)
    if hit is None:
        raise Stopped(f"there is no `{key}:` in\n{text}")
    return hit[1].strip()


def is_open(text: str, kind: str) -> bool:
    """Whether it is a thread of this *kind* that nobody has answered."""
    return f"\nkind: {kind}\n" in text and "\nstatus: open\n" in text


def set_fact(key: str, value: str) -> Callable[[str], str]:
    """What `sed -i 's/^key: .*/key: value/'` does."""
    return lambda text: re.sub(rf"^{key}: .*$", f"{key}: {value}", text, count=1, flags=re.MULTILINE)


def tick(box: str, *, under: str) -> Callable[[str], str]:
    """Tick the first empty *box* below the heading *under*."""

    def ticked(text: str) -> str:
        head, heading, rest = text.partition(f"{under}\n")
        return head + heading + rest.replace(f"- [ ] {box}\n", f"- [x] {box}\n", 1)

    return ticked


def new_repository(wanted: Path | None) -> Path:
    """A new folder with the example's code in it, committed by Alice; git's settings of this machine stay out of it."""
    folder = wanted or _free_folder()
    shutil.copytree(EXAMPLE / "code", folder, ignore=shutil.ignore_patterns("__pycache__"))
    stage = Stage(repository=folder, narrator=Narrator(fast=True))
    stage.run("git", "init", "--quiet", "--initial-branch", "main")
    for setting, value in {
        "user.name": "Alice Doe",
        "user.email": "alice@example.com",
        "commit.gpgSign": "false",
        "core.hooksPath": ".git/hooks",
    }.items():
        stage.run("git", "config", setting, value)
    stage.run("git", "add", "--all")
    stage.run("git", "commit", "--quiet", "--message", "A doorbell that lets people in by a link")
    return folder


def _free_folder() -> Path:
    home = CHECKOUT / ".demo"
    home.mkdir(exist_ok=True)
    number = 1
    while (home / f"doorbell-{number}").exists():
        number += 1
    return home / f"doorbell-{number}"


def stop_earlier_ones(narrator: Narrator) -> None:
    """Stop the daemons that earlier plays left running; their folders stay as they are."""
    for folder in sorted((CHECKOUT / ".demo").glob("doorbell-*/.dispatch")):
        stage = Stage(repository=folder.parent, narrator=narrator)
        try:
            stage.dispatchd("down")
        except Stopped:
            continue  # it was not running, or cannot be asked any more; either way it is not in the way
        narrator.say(
            f"(The daemon of an earlier play in {folder.parent} was stopped; its files are untouched.)"
        )


def agents_folder(repository: Path) -> Path:
    """Where the agents' worktrees stand: beside the repository, so that a person finds them and can throw them away."""
    return repository.with_name(f"{repository.name}.agents")


def lay_example(stage: Stage) -> None:
    """Copy the example's tree into the workspace; of its settings only these, the rest is what `init` wrote."""
    shutil.copytree(
        EXAMPLE / "dispatch", stage.tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("config.toml")
    )
    config = stage.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace('start_after = "30s"', 'start_after = "0s"')
    text = text.replace("[commands]\n", '[commands]\ntest = "python3 -m unittest"\n', 1)
    agents = f'checks = ["test"]\nclones = "{agents_folder(stage.repository)}"\npermission_wait = "5m"\n'
    config.write_text(text.replace("[agents]\n", f"[agents]\n{agents}", 1), encoding="utf-8")
