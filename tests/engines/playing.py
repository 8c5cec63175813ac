"""What the stories of real programs have in common: issues whose text the model plays, and waiting that tells all."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.system.agent_desk import AgentDesk
from tests.system.desk import until
from tests.system.running_programs import command_lines

PATIENCE = 120.0
T = TypeVar("T")
Step = dict[str, Any]
SUBMIT: Step = {"tool": "submit_work", "input": {"summary": "It is done."}}
ASK: Step = {"tool": "ask_human", "input": {"question": "Hello or Hi?", "options": ["Hello", "Hi"]}}


def write(path: str, text: str) -> Step:
    return {"write": path, "text": text}


def shell(command: str) -> Step:
    return {"shell": command}


COMMIT = (shell("git add -A"), shell("git commit -qm Work"))


def queue(desk: AgentDesk, name: str, steps: Sequence[Step]) -> None:
    """An issue whose text is what the model will do."""
    script = json.dumps([*steps])
    text = (
        f"---\ntitle: {name}\nstatus: queued\n---\n\nDo it.\n\n```\nMODEL SCRIPT\n{script}\nEND SCRIPT\n```\n"
    )
    desk.save(f"issues/{name}.md", text)


def processes(words: str) -> list[str]:
    """The command lines that have *words*."""
    return [line for line in command_lines() if words in line]


def wait(desk: AgentDesk, find: Callable[[], T], what: str) -> T:
    """The first true value of *find*; or the whole story, to see why there is none."""
    try:
        return until(find, what, PATIENCE)
    except AssertionError as late:
        raise AssertionError(f"{late}\n{desk.story()}") from late


def thread(desk: AgentDesk, words: str) -> Path:
    """The file of the thread that says so, once there is one."""
    inbox = desk.desk.tree / "inbox"

    def find() -> list[Path]:
        return [file for file in inbox.glob("t-*.md") if words in file.read_text(encoding="utf-8")]

    return wait(desk, find, f"no thread says {words!r}")[0]


def until_done(desk: AgentDesk, name: str) -> None:
    wait(desk, lambda: desk.status(name) == "done", f"{name} is not done")


def turns(desk: AgentDesk) -> int:
    return desk.log().count("dispatchd starts ash on")
