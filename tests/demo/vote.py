"""The story of a vote: agents are asked, one never answers, a deadline ends it, and a person stands above. `make demo STORY=vote`.

Three agents play scripts. What was decided is done once; what agents among themselves may not decide waits for Alice.
"""

import json
import os
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tests.demo.stage import CHECKOUT, EXAMPLE, Stage, agents_folder, set_fact, tick

HASHES: Final = "proposals/p-9xw4-argon2id.md"
MORE: Final = "proposals/p-4t8c-more-at-once.md"
CONTEXT: Final = "context/hashing.md"
_HASHES: Final = """\
---
id: p-9xw4
title: Use argon2id for password hashes
status: open
threshold: super_majority
voters: [coder, rowan, elm, "@alice"]
deadline: {deadline}
---

PBKDF2 with 50,000 rounds is below what is recommended today; argon2id is what is.

## If it passes

- create issue: Hash new passwords with argon2id
- set i-9r2d priority: high
- write context/hashing.md

  ```
  New passwords are hashed with argon2id. Nobody writes PBKDF2 any more.
  ```
"""
_MORE: Final = """\
---
id: p-4t8c
title: Let five agents work at once
status: open
threshold: simple_majority
voters: [ash, rowan]
---

Four at once is little on this machine.

## If it passes

- set config agents.max_running: 5
"""


def open_the_house(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("A repository with three agents")
    tell.typed("dispatchd init && dispatchd up")
    stage.dispatchd("init")
    lay(stage)
    stage.dispatchd("up")
    stage.sync()
    tell.say("ash is a coder, rowan and elm are asked by name. They play scripts, and elm's never answers:")
    tell.shown(stage.read("agents/elm/agent.md").partition("---\n\n")[2])
    tell.pause()


def lay(stage: Stage) -> None:
    """The cards of this story and the issue that is decided about, and settings that let agents begin at once."""
    shutil.copytree(EXAMPLE / "vote", stage.tree, dirs_exist_ok=True)
    shutil.copy(EXAMPLE / "dispatch" / "issues" / "i-9r2d-hashing-is-slow.md", stage.tree / "issues")
    config = stage.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace('start_after = "30s"', 'start_after = "0s"')
    agents = f'[agents]\nclones = "{agents_folder(stage.repository)}"\n'
    config.write_text(text.replace("[agents]\n", agents, 1), encoding="utf-8")


def put_it_to_the_vote(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("1. Put something to the vote")
    text = _HASHES.format(deadline=later(hours=1))
    tell.typed(f"cat > .dispatch/{HASHES}")
    tell.shown(text)
    (stage.tree / HASHES).write_text(text, encoding="utf-8")
    stage.sync()
    tell.say(
        "dispatchd asks the three in turns of their own, at once. They have no branch and change nothing:"
    )
    stage.until(HASHES, "- ash (coder): approve.")
    voted = stage.until(HASHES, "- rowan: approve.")
    tell.typed("dispatchd why p-9xw4")
    tell.shown(stage.dispatchd("why", "p-9xw4"))
    tell.typed("dispatchd agent list")
    tell.shown(stage.dispatchd("agent", "list"))
    tell.say(
        "Their votes stand in the file, with their reasons, as each said them over the socket of its own turn:"
    )
    tell.shown(section(voted, "## Votes"))


def later(**much: int) -> str:
    """A moment from now on, as a file writes it."""
    return f"{datetime.now(UTC) + timedelta(**much):%Y-%m-%dT%H:%M:%SZ}"


def vote_as_a_person(stage: Stage) -> None:
    tell = stage.narrator
    tell.say("Alice ticks hers. No agent can: the seats with an @ are people's.")
    stage.save(HASHES, tick("Approve", under="### @alice"), quietly=True)


def see_it_end(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("2. The deadline ends it, whoever is silent")
    tell.say("elm thinks, and would for an hour. Alice gives it five seconds more:")
    stage.save(HASHES, set_fact("deadline", later(seconds=5)), quietly=True)
    text = stage.until(HASHES, f"{CONTEXT} is written")
    tell.shown(section(text, "## Result"))
    decision = stage.newest("decisions/d-*.md")
    tell.typed(f"cat .dispatch/{decision}")
    tell.shown(stage.read(decision))
    tell.pause()


def see_what_was_done(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("3. What was decided is done, once")
    tell.typed(f"cat .dispatch/{CONTEXT}")
    tell.shown(stage.until(CONTEXT, "argon2id"))
    tell.typed("kill -9 $(the daemon) && dispatchd up")
    kill_daemon(stage)
    stage.dispatchd("up")
    stage.sync()
    tell.typed("dispatchd issue list --all")
    tell.shown(stage.dispatchd("issue", "list", "--all"))
    tell.say("The electorate is told, each in its own inbox, and reads it in its next turn:")
    message = stage.newest("agents/ash/inbox/t-*.md")
    tell.typed(f"cat .dispatch/{message}")
    tell.shown(stage.read(message))
    tell.pause()


def kill_daemon(stage: Stage) -> None:
    """The daemon is gone from one moment to the next, and nobody has told it."""
    pid = int(json.loads(stage.dispatchd("status", "--json"))["daemon"]["pid"])
    os.kill(pid, signal.SIGKILL)
    stage.wait_for(
        lambda: True if json.loads(stage.dispatchd("status", "--json"))["daemon"] is None else None,
        "the daemon is gone",
    )


def let_agents_decide_alone(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("4. What agents may not decide among themselves")
    tell.typed(f"cat > .dispatch/{MORE}")
    tell.shown(_MORE)
    (stage.tree / MORE).write_text(_MORE, encoding="utf-8")
    stage.sync()
    stage.until(MORE, "**Passed**")
    question = stage.thread("question")
    tell.say(f"Both approve, and it passes. But no person voted for it, so {question} asks one:")
    tell.shown(stage.read(question).split("---\n", 2)[2])
    tell.say(f"Alice stands above: a veto, in {MORE}, with a reason.")
    stage.save(MORE, veto, quietly=True)
    tell.shown(section(stage.read(MORE), "## Result"))
    tell.say("The question is gone with it, and the setting is what it was:")
    tell.typed("dispatchd config get agents.max_running")
    tell.shown(stage.dispatchd("config", "get", "agents.max_running"))
    tell.pause()


def veto(text: str) -> str:
    """Tick the box below Override, with why."""
    return text.replace("- [ ] Veto:", "- [x] Veto: Not before we know what it costs.", 1)


def look_back(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("What came of it")
    tell.typed("dispatchd log p-9xw4")
    tell.shown(stage.wait_for(lambda: log_with(stage, "sees elm's turn"), "elm's turn is over"))
    tell.typed("dispatchd log p-4t8c")
    tell.shown(stage.dispatchd("log", "p-4t8c"))
    tell.say("It is yours now, and it is running. To stop it, and to be rid of it:")
    tell.typed(f'cd {short(stage.repository)} && PATH="{CHECKOUT}/.venv/bin:$PATH"')
    tell.typed("dispatchd down")
    tell.typed(f"rm -rf {short(stage.repository)} {short(agents_folder(stage.repository))}")


def log_with(stage: Stage, words: str) -> str | None:
    """The log of the first vote, if it has *words*."""
    log = stage.dispatchd("log", "p-9xw4")
    return log if words in log else None


def section(text: str, heading: str) -> str:
    """The section below *heading*, without its blank lines."""
    below = text.partition(f"{heading}\n")[2].partition("\n## ")[0]
    return "\n".join([heading, *(line for line in below.splitlines() if line.strip())])


def short(folder: Path) -> str:
    """*folder* as one would type it here."""
    here = Path.cwd()
    return folder.relative_to(here).as_posix() if folder.is_relative_to(here) else str(folder)


ACTS = (
    open_the_house,
    put_it_to_the_vote,
    vote_as_a_person,
    see_it_end,
    see_what_was_done,
    let_agents_decide_alone,
    look_back,
)
