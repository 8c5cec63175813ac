"""A desk at which agents work: cards, issues that carry scripts, and what can be seen of the turns."""

import contextlib
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from dispatchd.adapters.runs.folder_run_room import FolderRunRoom
from tests.system.desk import Desk, until

SETTINGS = """
[agents]
clones = "{clones}"
permission_wait = "{waits}"
"""
LONG = 120.0


@dataclass(slots=True)
class AgentDesk:
    """A workspace whose daemon runs, with two coders that play scripts."""

    desk: Desk

    def lay(
        self, *agents: str, checks: str = "", engine: str = "scripted", waits: str = "1s", settings: str = ""
    ) -> None:
        """Cards, and settings that start at once; *checks* is a command that merges have to pass.

        *waits* is how long a turn waits for leave, *settings* are more lines below `[agents]`.
        """
        clones = self.desk.root.parent / f"{self.desk.root.name}-clones"
        config = self.desk.tree / "config.toml"
        text = config.read_text(encoding="utf-8").replace('start_after = "30s"', 'start_after = "0s"')
        text = text.replace("[agents]\n", SETTINGS.format(clones=clones, waits=waits).lstrip())
        text = text.replace("[agents]\n", f"[agents]\n{settings}")
        if checks:
            text = text.replace("[commands]\n", f"[commands]\ntry = '{checks}'\n")
            text = text.replace("[agents]\n", '[agents]\nchecks = ["try"]\n')
        config.write_text(text, encoding="utf-8")
        for name in agents:
            self.save(
                f"agents/{name}/agent.md",
                f"---\nname: {name}\nrole: coder\nengine: {engine}\n---\n\nPlays.\n",
            )
        self.desk.dispatchd("sync", "--wait")

    def save(self, path: str, text: str) -> None:
        """A person's save."""
        file = self.desk.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def queue(self, name: str, script: str, **facts: str) -> None:
        """An issue that is queued, and what its agent will play."""
        lines = "".join(f"{key}: {value}\n" for key, value in facts.items())
        head = f"---\ntitle: {name}\nstatus: queued\n{lines}---\n\nDo it.\n"
        self.save(f"issues/{name}.md", f"{head}\n```toml script\n{script.strip()}\n```\n")

    def status(self, name: str) -> str:
        """What the issue's file says."""
        text = (self.desk.tree / "issues" / f"{name}.md").read_text(encoding="utf-8")
        found = re.search(r"^status: (\w+)", text, re.MULTILINE)
        return found[1] if found else ""

    def until_status(self, name: str, wanted: str) -> str:
        """The issue's whole file, once it says so."""
        until(lambda: self.status(name) == wanted, f"{name} is not {wanted}: {self.status(name)}", LONG)
        return (self.desk.tree / "issues" / f"{name}.md").read_text(encoding="utf-8")

    def thread(self, words: str) -> Path:
        """The file of the open thread whose title has *words*."""

        def find() -> list[Path]:
            files = (self.desk.tree / "inbox").glob("t-*.md")
            return [file for file in files if words in file.read_text(encoding="utf-8")]

        return until(find, f"no thread says {words!r}", LONG)[0]

    def tick(self, file: Path, option: str) -> None:
        """A person ticks a box and saves."""
        text = file.read_text(encoding="utf-8")
        assert f"- [ ] {option}" in text, text
        file.write_text(text.replace(f"- [ ] {option}", f"- [x] {option}"), encoding="utf-8")

    def integrated(self, path: str) -> str:
        """A file as the integration branch has it."""
        return self.desk.git("show", f"dispatchd/integration:{path}")

    def kill(self, pid: int) -> None:
        """The daemon is gone, from one moment to the next."""
        os.kill(pid, signal.SIGKILL)
        self.desk.daemons.remove(pid)
        until(
            lambda: not self.desk.ask("status", "--json").out.count(f'"pid": {pid}'), "the daemon still lives"
        )

    def log(self) -> str:
        """The whole log, oldest first."""
        return self.desk.dispatchd("log")

    def story(self) -> str:
        """Everything that helps to see why something did not happen."""
        issues = [str(each["id"]) for each in self.desk.json("issue", "list")["items"]]
        why = [self.desk.ask("why", each).out for each in issues]
        heard = self.desk.ask("agent", "logs", "ash").out
        return "\n".join([self.log(), *why, heard, *self._transcripts(), self.desk.logs()])

    def _transcripts(self) -> list[str]:
        """The end of what each turn's program printed, and of its errors."""
        found = sorted((self.desk.private / "runs").glob("*/std*"))
        return [
            f"{file.parent.name} {file.name}:\n{file.read_text(encoding='utf-8', errors='replace')[-4000:]}"
            for file in found
        ]

    def end_runs(self) -> None:
        """End the processes of turns that outlive the daemon: a test leaves nothing running."""
        for pid in self.desk.daemons:  # it would begin the next turn
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        room = FolderRunRoom(self.desk.private / "runs")
        for run in room.standing():
            shim = room.look(run).pid
            if not (self.desk.private / "runs" / run / "exit.json").exists() and shim is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(shim, signal.SIGKILL)
                room.discard(run)
