"""A story in under a minute: files are edited, and agents do the work. `make demo` plays it and leaves it running.

python -m tests.demo.play [--fast] [--folder NEW_FOLDER] [--story NAME]
"""

import argparse
import os
import sys
from pathlib import Path

from tests.demo import tdd
from tests.demo import vote as vote_story
from tests.demo.stage import (
    CHECKOUT,
    Narrator,
    Stage,
    Stopped,
    agents_folder,
    lay_example,
    new_repository,
    set_fact,
    stop_earlier_ones,
    tick,
)

DROPPED = "issues/login timeout.md"
EPIC = "epics/e-3fq9-passwordless-login.md"
PROPOSAL = "proposals/p-9xw4-argon2id.md"
LINK = "issues/i-8p3q-send-the-link.md"
PAGE = "issues/i-4m7t-say-what-happened.md"
HASH = "issues/i-9r2d-hashing-is-slow.md"
INTEGRATION = "dispatchd/integration"


def open_the_house(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("A repository becomes a workspace")
    tell.say(f"Alice's code is in {_short(stage.repository)}.")
    tell.typed("dispatchd init && dispatchd up")
    stage.dispatchd("init")
    lay_example(stage)
    stage.dispatchd("up")
    stage.sync()
    tell.say("Its .dispatch/ holds issues, an epic, a proposal and the cards of two agents, ash and rowan.")
    tell.say("They are scripted here: they edit, test and commit real code, and cost nothing.")
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
    tell.say("A change that the rules refuse is answered on its own line:")
    stage.save(DROPPED, set_fact("status", "in_review"))
    stage.save(DROPPED, set_fact("status", "unassigned"), quietly=True)
    tell.pause()


def tick_a_gate(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("2. Tick a box, and agents begin")
    tell.say(f"The epic is a draft. Alice starts it, in {EPIC}:")
    stage.save(EPIC, set_fact("status", "ready"))
    tell.say("Its design is done, so the gate asks. Alice ticks it, and the next stage opens:")
    stage.save(EPIC, tick("Approve", under="### Design"))
    tell.pause()


def queue_two_more(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("3. Change a line: two more are queued")
    for path in (HASH, PAGE):
        tell.typed(f"sed -i 's/^status: .*/status: queued/' .dispatch/{path}")
        stage.save(path, set_fact("status", "queued"), quietly=True)
    stage.until(LINK, "begins; its work goes to")
    tell.typed("dispatchd why i-4m7t")
    tell.shown(stage.dispatchd("why", "i-4m7t"))
    tell.typed("dispatchd status")
    tell.shown(stage.dispatchd("status"))
    tell.pause()


def give_leave(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("4. Give leave")
    path = stage.thread("permission")
    tell.say(f"rowan wants to run something and stands still. {path} appears in the inbox:")
    tell.shown(_question(stage.read(path)))
    stage.save(path, tick("Always allow", under="## Your answer"), quietly=True)
    tell.say("Always is a rule from now on, in policies.toml; delete it and it is over:")
    stage.until("policies.toml", "[[rule]]")
    tell.shown(stage.read("policies.toml")[stage.read("policies.toml").index("[[rule]]") :])
    tell.pause()


def vote(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("5. A vote, while they work")
    for agent, reason in (("ash", "Fastest to build."), ("rowan", "PBKDF2 is below what is recommended.")):
        tell.typed(f'dispatchd as {agent} vote p-9xw4 approve "{reason}"')
        stage.dispatchd("as", agent, "vote", "p-9xw4", "approve", reason)
    stage.sync()
    tell.say(f"The last voice is Alice's, in {PROPOSAL}:")
    stage.save(PROPOSAL, tick("Approve", under="### @alice"), quietly=True)
    decision = stage.newest("decisions/d-*.md")
    tell.say(f"All have voted, and {decision} says what was decided.")
    tell.pause()


def answer_a_question(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("6. Answer a question")
    path = stage.thread("question")
    tell.say(f"ash does not guess: it has committed what it has, ended its turn, and asks in {path}:")
    tell.shown(_question(stage.read(path)))
    tell.say("No process waits for the answer. Meanwhile rowan is through, and its work is merged:")
    tell.shown(_activity(stage.until(HASH, "merged into")))
    tell.say("Alice ticks an option, and ash goes on where it was, in the same session:")
    stage.save(path, tick("Keep the mail and try again", under="## Your answer"), quietly=True)
    tell.pause()


def mend_a_conflict(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("7. Two agents changed the same lines")
    text = stage.until(LINK, "merged into")
    tell.say(
        "ash submits, and CHANGES.md conflicts with what rowan did. The work goes back to ash, which mends it:"
    )
    tell.shown(_activity(text))
    tell.pause()


def mend_a_red_check(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("8. A check is red")
    tell.say(
        "i-4m7t waited for i-8p3q; now ash takes it. Its tests fail on the merged code, and it comes back too:"
    )
    tell.shown(_activity(stage.until(PAGE, "merged into")))
    tell.pause()


def look_back(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("What came of it")
    stage.sync()
    tell.typed(f"git log --graph --oneline {INTEGRATION}")
    tell.shown(stage.run("git", "log", "--graph", "--format=%h %s", INTEGRATION))
    tell.typed(f"git show {INTEGRATION}:CHANGES.md")
    tell.shown(stage.run("git", "show", f"{INTEGRATION}:CHANGES.md"))
    tell.say("Alice's own branch and checkout are as they were:")
    tell.typed("git status --short --branch")
    tell.shown(stage.run("git", "status", "--short", "--branch"))
    tell.typed("dispatchd log i-8p3q")
    tell.shown(stage.dispatchd("log", "i-8p3q"))
    tell.typed("dispatchd report")
    tell.shown(stage.dispatchd("report"))
    tell.pause()


def leave_it_running(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("It is yours now, and it is running")
    tell.typed(f'cd {_short(stage.repository)} && PATH="{CHECKOUT}/.venv/bin:$PATH"')
    tell.say("Take what the agents made into your branch:")
    tell.typed(f"git merge --ff-only {INTEGRATION}")
    tell.say("Every act was a commit in .dispatch, by whoever did it:")
    tell.typed("git -C .dispatch log --format='%an: %s'")
    tell.say("Let a real agent work: in its card write `engine: claude`, then queue what you dropped:")
    tell.typed("sed -i 's/^engine: .*/engine: claude/' .dispatch/agents/ash/agent.md")
    tell.typed(f"sed -i 's/^status: .*/status: queued/' \".dispatch/{DROPPED}\"")
    tell.typed("dispatchd agent logs ash --follow")
    tell.say("To stop it, and to be rid of it:")
    tell.typed("dispatchd down")
    tell.typed(f"rm -rf {_short(stage.repository)} {_short(agents_folder(stage.repository))}")


def _question(text: str) -> str:
    """What a thread asks and offers, without its front matter."""
    body = text.split("---\n", 2)[2]
    return "\n".join(line for line in body.splitlines() if line.strip() and not line.startswith("<!--"))


def _activity(text: str) -> str:
    """What became of the work on an issue, as its file tells it."""
    return text.partition("## Activity\n")[2].strip("\n")


def _short(folder: Path) -> str:
    here = Path.cwd()
    return folder.relative_to(here).as_posix() if folder.is_relative_to(here) else str(folder)


ACTS = (
    open_the_house,
    drop_a_file,
    tick_a_gate,
    queue_two_more,
    give_leave,
    vote,
    answer_a_question,
    mend_a_conflict,
    mend_a_red_check,
    look_back,
    leave_it_running,
)
STORIES = {
    "first": ACTS,
    "vote": vote_story.ACTS,
    "tdd": tdd.ACTS,
}
"""What `make demo STORY=NAME` plays; each other than the first has a file of its own."""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="no pauses for reading")
    parser.add_argument("--folder", type=Path, help="where the repository goes; it must not exist yet")
    parser.add_argument("--story", choices=STORIES, default="first", help="which one is played")
    given = parser.parse_args(words)
    narrator = Narrator(fast=given.fast, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    if given.folder is None:
        stop_earlier_ones(narrator)
    stage = Stage(repository=new_repository(given.folder), narrator=narrator)
    try:
        for act in STORIES[given.story]:
            act(stage)
    except Stopped as stopped:
        sys.stderr.write(f"\nThe demo stops here: {stopped}\nIts workspace stays in {stage.repository}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
