"""The story of test-driven work: the daemon believes nobody, and a person is asked once. `make demo STORY=tdd`.

Four agents play scripts. One of their tests proves nothing, and one of them makes a test weaker to get through; what
stops both is a command that the daemon runs itself.
"""

import shutil
from typing import Final

from tests.demo.stage import CHECKOUT, EXAMPLE, Stage, agents_folder, set_fact, tick

ISSUE: Final = "issues/i-5d2k-take-links-back.md"
INTEGRATION: Final = "dispatchd/integration"
WORKFLOW: Final = "workflow: tdd"


def open_the_house(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("A repository whose tests can be counted")
    tell.say(f"Alice's code is in {short(stage)}; its tests leave what they come to in junit.xml.")
    tell.typed("dispatchd init && dispatchd up")
    stage.dispatchd("init")
    lay(stage)
    stage.dispatchd("up")
    stage.sync()
    tell.typed("grep -A 1 commands .dispatch/config.toml")
    tell.shown('[commands]\ntest = "python3 -m tests"')
    tell.say("Four agents have cards: yew specifies, elm writes tests, ash writes code, oak reviews.")
    tell.say("They are scripted: what they do is real, and costs nothing.")
    tell.pause()


def lay(stage: Stage) -> None:
    """The cards and the issue of this story, and settings that let agents begin at once."""
    shutil.copytree(EXAMPLE / "tdd", stage.tree, dirs_exist_ok=True)
    config = stage.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace('start_after = "30s"', 'start_after = "0s"')
    text = text.replace("[commands]\n", '[commands]\ntest = "python3 -m tests"\n', 1)
    agents = f'[agents]\nclones = "{agents_folder(stage.repository)}"\nchecks = ["test"]\n'
    config.write_text(text.replace("[agents]\n", agents, 1), encoding="utf-8")


def name_a_workflow(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("1. One line in the issue")
    tell.typed("dispatchd workflow show tdd")
    tell.shown(stage.dispatchd("workflow", "show", "tdd"))
    tell.pause()
    tell.say(f"Alice gives the line to {ISSUE}, and lets it begin:")
    queued = set_fact("status", f"queued\n{WORKFLOW}")
    stage.save(ISSUE, queued, quietly=True)
    tell.say("What follows is read in that file, below ## Activity, as it comes.")


def see_no_red(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("2. Tests that prove nothing")
    tell.shown(told(stage, "", "write tests begins again"))
    tell.say("oak has approved the tests. dispatchd ran them without the code, and one of them passed.")
    tell.say("So nothing is built on them; they go back to elm, and the evidence stays:")
    page = evidence(stage, "verify red")
    tell.typed(f"head -n 9 .dispatch/{page}")
    tell.shown("\n".join(stage.until(page, "- tests: ").splitlines()[:9]))
    tell.pause()


def see_a_weaker_test(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("3. A test is made weaker")
    tell.shown(told(stage, "write tests begins again", "the tests have changed"))
    tell.say("Now all new tests fail, as they should. ash writes the code, changes a test to get it through,")
    tell.say("and oak approves. dispatchd compares: these are not the tests that were seen to fail.")
    tell.pause()


def ask_a_person(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("4. Round and round? Alice is asked")
    path = stage.thread("escalation")
    tell.shown(told(stage, "the tests have changed", "people are asked how to go on"))
    tell.say(f"Three reviews of the tests are all that the workflow allows. {path}:")
    tell.shown(asked(stage.read(path)))
    tell.pause()
    tell.say("elm has put the test right, so Alice lets them go on:")
    stage.save(path, tick("One more round", under="## Your answer"), quietly=True)
    tell.pause()


def see_green(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("5. Red again, a finding, and green")
    tell.shown(told(stage, "people are asked how to go on", "merged into"))
    tell.say("A finding has to be answered before the phase can be handed in; only what is green is merged.")
    tell.pause()


def look_back(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("What came of it")
    stage.sync()
    page = evidence(stage, "verify green: every")
    tell.typed(f"cat .dispatch/{page}")
    tell.shown(stage.read(page))
    tell.typed(f"git diff --stat main {INTEGRATION}")
    tell.shown(stage.run("git", "diff", "--stat", "main", INTEGRATION))
    tell.typed("dispatchd report")
    tell.shown(stage.dispatchd("report"))
    tell.pause()


def leave_it_running(stage: Stage) -> None:
    tell = stage.narrator
    tell.chapter("It is yours now, and it is running")
    tell.typed(f'cd {short(stage)} && PATH="{CHECKOUT}/.venv/bin:$PATH"')
    tell.say("The whole way in one file, with a link to each piece of evidence:")
    tell.typed(f"cat .dispatch/{ISSUE}")
    tell.say("The workflow as a file of your own, to change what you like:")
    tell.typed("mkdir .dispatch/workflows")
    tell.typed("dispatchd workflow show tdd --text > .dispatch/workflows/tdd.toml")
    tell.typed("dispatchd workflow check tdd")
    tell.say("To stop it, and to be rid of it:")
    tell.typed("dispatchd down")
    tell.typed(f"rm -rf {short(stage)} {short(stage)}.agents")


def told(stage: Stage, after: str, until: str) -> str:
    """What the issue tells, from behind the line that says *after* to the one that says *until*, once it does."""
    activity = stage.until(ISSUE, until).partition("## Activity\n")[2].strip("\n").splitlines()
    first = next((at for at, line in enumerate(activity, 1) if after and after in line), 0)
    last = next(at for at, line in enumerate(activity, 1) if at > first and until in line)
    return "\n".join(activity[first:last])


def evidence(stage: Stage, words: str) -> str:
    """The page that the first line that says *words* links."""
    lines = [line for line in stage.read(ISSUE).splitlines() if words in line and "[evidence]" in line]
    return lines[0].rpartition("[evidence](../")[2].rstrip(")")


def asked(text: str) -> str:
    """What a thread asks and offers."""
    body = text.split("---\n", 2)[2]
    return "\n".join(line for line in body.splitlines() if line.strip() and not line.startswith("<!--"))


def short(stage: Stage) -> str:
    """The repository's folder as one would type it in the checkout."""
    folder = stage.repository
    return folder.relative_to(CHECKOUT).as_posix() if folder.is_relative_to(CHECKOUT) else str(folder)


ACTS: Final = (
    open_the_house,
    name_a_workflow,
    see_no_red,
    see_a_weaker_test,
    ask_a_person,
    see_green,
    look_back,
    leave_it_running,
)
