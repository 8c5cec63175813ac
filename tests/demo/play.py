"""A story in half a minute: what happens when files are edited. `make demo` plays it and leaves it running.

python -m tests.demo.play [--fast] [--folder NEW_FOLDER]
"""

import argparse
import os
import sys
from pathlib import Path

from tests.demo.stage import (
    CHECKOUT,
    Narrator,
    Stage,
    Stopped,
    fact,
    lay_example,
    new_repository,
    set_fact,
    stop_earlier_ones,
    tick,
)

DROPPED = "issues/login timeout.md"
EPIC = "epics/e-3fq9-passwordless-login.md"
PROPOSAL = "proposals/p-9xw4-argon2id.md"


def open_the_house(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("A repository becomes a workspace")
    tell.say(f"Alice's code is in {_short(stage.repository)}.")
    tell.typed("dispatchd init && dispatchd up")
    stage.dispatchd("init")
    lay_example(stage)
    stage.dispatchd("up")
    stage.sync()
    tell.say("Its .dispatch/ holds four issues, an epic, a proposal and the cards of two agents.")
    tell.pause()


def drop_a_file(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("1. Drop a file")
    tell.typed(f'echo "Login times out on slow networks" > ".dispatch/{DROPPED}"')
    (stage.tree / DROPPED).write_text("Login times out on slow networks\n", encoding="utf-8")
    stage.sync()
    tell.typed(f'cat ".dispatch/{DROPPED}"')
    tell.shown(stage.read(DROPPED))
    tell.pause()


def change_a_line(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("2. Change a line")
    tell.typed(f"sed -i 's/^status: .*/status: queued/' \".dispatch/{DROPPED}\"")
    stage.save(DROPPED, set_fact("status", "queued"))
    tell.say("It is queued, and Alice's commit says so:")
    tell.shown(_log(stage, 1))
    tell.pause()


def make_a_mistake(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("A change the rules refuse is answered on its own line")
    stage.save(DROPPED, set_fact("status", "in_review"))
    tell.pause()
    tell.say("Nothing is lost: what was written is in the log. Alice goes back to what holds.")
    stage.save(DROPPED, set_fact("status", "queued"))


def tick_a_gate(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("3. Tick a box: a gate")
    tell.say(f"The epic is a draft. Alice starts it, in {EPIC}:")
    stage.save(EPIC, set_fact("status", "ready"))
    tell.say("Its design is done, so the gate asks. Alice ticks it:")
    stage.save(EPIC, tick("Approve", under="### Design"))
    tell.pause()


def vote(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("A vote")
    for agent, reason in (("ash", "Fastest to build."), ("rowan", "PBKDF2 is below what is recommended.")):
        tell.typed(f'dispatchd as {agent} vote p-9xw4 approve "{reason}"')
        stage.dispatchd("as", agent, "vote", "p-9xw4", "approve", reason)
    stage.sync()
    tell.say(f"Two agents have voted. The last voice is Alice's, in {PROPOSAL}:")
    stage.save(PROPOSAL, tick("Approve", under="### @alice"))
    decision = stage.newest("decisions/d-*.md")
    tell.say(f"All have voted, and {decision} says what was decided:")
    tell.shown(stage.read(decision))
    tell.pause()


def answer_a_question(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("4. Answer a question")
    issue = fact(stage.read(DROPPED), "id")
    tell.typed(f'dispatchd as ash ask "Which hash?" --option argon2id --option bcrypt --issue {issue}')
    asked = stage.dispatchd(
        "as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt", "--issue", issue
    )
    thread_id = asked.split()[0]
    tell.shown(thread_id)
    stage.sync()
    thread = stage.newest(f"inbox/{thread_id}*.md")
    tell.say(f"That is what an agent does. {thread} appears, and Alice ticks an option:")
    stage.save(thread, tick("argon2id", under="## Your answer"))
    tell.typed(f"dispatchd as ash wait {thread_id}")
    tell.shown(stage.dispatchd("as", "ash", "wait", thread_id))
    tell.pause()


def look_back(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("Who did what: it is all in git")
    stage.sync()
    tell.typed("git -C .dispatch log --format='%an: %s'")
    tell.shown(_log(stage, 40))
    tell.pause()
    tell.chapter("Where everything stands")
    tell.typed("dispatchd status")
    tell.shown(stage.dispatchd("status"))


def leave_it_running(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("It is yours now, and it is running")
    tell.typed(f'cd {_short(stage.repository)} && PATH="{CHECKOUT}/.venv/bin:$PATH"')
    tell.say("Open .dispatch/README.md, or the folder itself in your editor, and change something:")
    tell.typed(f"$EDITOR .dispatch/{EPIC}")
    tell.typed('echo "Say thank you after signing in" > ".dispatch/issues/say thank you.md"')
    tell.typed("dispatchd status")
    tell.say("To stop it, and to be rid of it:")
    tell.typed("dispatchd down")
    tell.typed(f"rm -rf {_short(stage.repository)}")


def _log(stage: Stage, count: int) -> str:
    return stage.run("git", "-C", str(stage.tree), "log", f"--max-count={count}", "--format=%an: %s")


def _short(folder: Path) -> str:
    here = Path.cwd()
    return folder.relative_to(here).as_posix() if folder.is_relative_to(here) else str(folder)


ACTS = (
    open_the_house,
    drop_a_file,
    change_a_line,
    make_a_mistake,
    tick_a_gate,
    vote,
    answer_a_question,
    look_back,
    leave_it_running,
)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="no pauses for reading")
    parser.add_argument("--folder", type=Path, help="where the repository goes; it must not exist yet")
    given = parser.parse_args(words)
    narrator = Narrator(fast=given.fast, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    if given.folder is None:
        stop_earlier_ones(narrator)
    stage = Stage(repository=new_repository(given.folder), narrator=narrator)
    try:
        for act in ACTS:
            act(stage)
    except Stopped as stopped:
        sys.stderr.write(f"\nThe demo stops here: {stopped}\nIts workspace stays in {stage.repository}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
