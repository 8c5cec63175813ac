"""`check` reads every file whose text means something: rules, workflows, and issues that name one."""

from dataclasses import replace

import pytest

from dispatchd.adapters.agents.scripted import flaws_of_scripts
from dispatchd.application.checking import check_tree
from dispatchd.application.kinds.all_kinds import KINDS
from tests.application.world import World

OURS = ("plain", "tdd")
CONFIG = '[people]\nalice = ["alice@example.com"]\n\n[commands]\ntest = "make test"\n'
TWO_EYES = """\
[[phase]]
name = "build"
role = "coder"
check = "test"
otherwise = "build"
iterations = 3
"""


@pytest.fixture
def checked(world: World) -> World:
    world.save("config.toml", CONFIG)
    world.save("workflows/two-eyes.toml", TWO_EYES)
    world.settle()
    return world


def found(world: World) -> list[str]:
    world.settle()
    return [str(each) for each in check_tree(world.tree, KINDS, (), OURS, flaws_of_scripts)]


def issue(workflow: str, status: str = "queued") -> str:
    return f"---\ntitle: Login\nstatus: {status}\nworkflow: {workflow}\n---\n\nDo it.\n"


def test_a_tree_that_reads_well_has_nothing(checked: World) -> None:
    for name in ("two-eyes", "tdd"):
        checked.save(f"issues/{name}.md", issue(name))
    checked.save("policies.toml", '[[rule]]\nanswer = "deny"\ncommand = "git push*"\n')
    assert found(checked) == []


def test_mistakes_in_the_rules_are_said_with_their_lines(checked: World) -> None:
    checked.save(
        "policies.toml", '[[rule]]\nanswer = "deni"\ncommand = "git push*"\n\n[[rule]]\nagnt = "ash"\n'
    )
    said = found(checked)
    assert [each.partition(": ")[0] for each in said] == ["policies.toml:2", "policies.toml:6"]


def test_a_workflow_that_nobody_wrote_is_said_at_the_line_that_names_it(checked: World) -> None:
    checked.save("issues/login.md", issue("two-eys"))
    (said,) = found(checked)
    path = next(each for each in checked.paths("issues"))
    line = checked.read(path).split("\n").index("workflow: two-eys") + 1
    assert said.startswith(f'{path}:{line}: There is no workflow "two-eys"; nothing begins')
    assert "two-eyes" in said


def test_a_finished_issue_may_name_a_workflow_that_is_gone(checked: World) -> None:
    checked.save("issues/login.md", issue("two-eys", "cancelled"))
    assert found(checked) == []


def test_a_command_that_a_checkpoint_names_and_nobody_wrote_is_said_before_it_is_reached(
    checked: World,
) -> None:
    stages = "# Sign in\n\n## Stages\n\n### Ship\n\nGate: checkpoint: all issues done, command nosuch\n"
    checked.save("epics/e.md", f"---\nid: e-3fq9\n---\n\n{stages}")
    (said,) = found(checked)
    line = (
        checked.read("epics/e.md").split("\n").index("Gate: checkpoint: all issues done, command nosuch") + 1
    )
    what = 'There is no command "nosuch", which the checkpoint of “Ship” waits for'
    assert said.startswith(f"epics/e.md:{line}: {what}")
    checked.edit("epics/e.md", "nosuch", "test")
    assert found(checked) == []


def test_a_check_of_a_workflow_that_is_no_command_is_said(checked: World) -> None:
    checked.save("config.toml", CONFIG.replace("test =", "tests ="))
    (said,) = found(checked)
    assert said.startswith("workflows/two-eyes.toml")
    assert 'There is no command "test"' in said


def test_a_script_that_nobody_could_play_is_said_at_its_fence(checked: World) -> None:
    script = "```toml script\n[[turn]]\nstep = [ { say = I am no text } ]\n```\n"
    checked.save("issues/play.md", f"---\ntitle: Play\nstatus: unassigned\n---\n\nPlay.\n\n{script}")
    checked.save(
        "agents/ash/agent.md", f"---\nname: ash\nrole: coder\n---\n\n{script}".replace("say =", "sway")
    )
    said = found(checked)
    assert [each.split(":")[0] for each in said] == ["agents/ash/agent.md", "issues/play.md"]
    line = checked.read("issues/play.md").split("\n").index("```toml script") + 1
    assert said[1].startswith(
        f"issues/play.md:{line}: The script is not TOML, counted from the line below its fence: "
    )
    checked.edit("issues/play.md", "status: unassigned", "status: done")
    assert len(found(checked)) == 1
    checked.edit("agents/ash/agent.md", "{ sway I am no text }", "{ say = 'I play.' }")
    assert found(checked) == []


def test_what_stands_refused_for_the_same_reason_is_said_once(checked: World) -> None:
    checked.save("agents/robo/agent.md", "---\nname: robo\nrole: coder\nengine: command:robo\n---\n\nRuns.\n")
    checked.settle()
    (slip,) = check_tree(checked.tree, KINDS, (), OURS)
    stands = replace(slip, what=f"{slip.what}. {slip.hint}", hint="")
    other = replace(slip, what="Something else")
    assert check_tree(checked.tree, KINDS, (stands, other), OURS) == (slip, other)
