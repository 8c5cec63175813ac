"""What a line names and nobody is called stays as it was written, counts for nothing, and counts once it is there."""

import pytest

from tests.application.invariants import check_all
from tests.application.world import BOB, CONFIG, World

ISSUE, LATER = "issues/a.md", "issues/later.md"


def issue(**facts: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in facts.items())
    return f"---\nid: i-7k2m\n{lines}---\n\nA\n"


def value(world: World, key: str) -> str:
    return world.field(ISSUE, key).partition(" # dispatchd:")[0]


def is_noted(world: World, key: str) -> bool:
    return "# dispatchd:" in world.field(ISSUE, key)


@pytest.mark.parametrize(
    ("key", "written", "path", "text"),
    [
        ("assignee", "ash", "agents/ash/agent.md", "---\nname: ash\n---\n"),
        ("assignee", '"@carol"', "config.toml", CONFIG.decode() + 'carol = ["carol@example.com"]\n'),
        ("parent", "i-2b9x", LATER, "---\nid: i-2b9x\n---\n\nB\n"),
        ("epic", "e-3fq9", "epics/e.md", "---\nid: e-3fq9\n---\n\n# E\n"),
        ("depends_on", "[i-2b9x]", LATER, "---\nid: i-2b9x\n---\n\nB\n"),
    ],
)
def test_it_stays_with_a_note_and_counts_when_there_is_such_a_one(
    world: World, key: str, written: str, path: str, text: str
) -> None:
    world.save(ISSUE, issue(**{key: written}))
    world.settle()
    assert value(world, key) == written
    assert is_noted(world, key)
    assert not getattr(world.entity("i-7k2m"), key)
    check_all(world)
    world.save(path, text)
    world.settle()
    assert not is_noted(world, key)
    assert value(world, key).strip('"') == written.strip('"')
    assert getattr(world.entity("i-7k2m"), key)
    assert not world.problems()
    check_all(world)


@pytest.mark.parametrize("key", ["parent", "depends_on"])
def test_an_issue_that_names_itself_stays_said_and_counts_for_nothing(world: World, key: str) -> None:
    world.save(ISSUE, issue())
    world.settle()
    world.save(ISSUE, world.read(ISSUE).replace("status:", f"{key}: i-7k2m\nstatus:"))
    world.settle()
    assert value(world, key) == "i-7k2m"
    assert "this issue itself" in world.field(ISSUE, key)
    assert not getattr(world.entity("i-7k2m"), key)
    world.edit(ISSUE, "priority: medium", "priority: high")
    world.settle()
    assert value(world, key) == "i-7k2m"
    check_all(world)


def test_what_would_close_a_circle_stays_beside_the_issue_itself_and_both_are_said(world: World) -> None:
    world.save(ISSUE, issue())
    world.save(LATER, "---\nid: i-2b9x\ndepends_on: [i-7k2m]\n---\n\nB\n")
    world.settle()
    world.save(ISSUE, world.read(ISSUE).replace("status:", "depends_on: [i-7k2m, i-2b9x]\nstatus:"))
    world.settle()
    assert value(world, "depends_on") == "[i-7k2m, i-2b9x]"
    note = world.field(ISSUE, "depends_on").partition("# dispatchd:")[2]
    assert "is this issue itself; leave i-2b9x out" in note
    world.edit(LATER, "depends_on: [i-7k2m]\n", "")
    world.settle()
    assert world.entity("i-7k2m").depends_on == ("i-2b9x",)
    assert value(world, "depends_on") == "[i-7k2m, i-2b9x]"
    note = world.field(ISSUE, "depends_on").partition("# dispatchd:")[2]
    assert "leave i-2b9x out" not in note
    check_all(world)


def test_of_voters_all_that_nobody_is_called_are_named_at_once(world: World) -> None:
    path = "proposals/p.md"
    world.save(path, '---\nid: p-9xw4\nvoters: ["@zed", wizard]\n---\n\n# Tea\n')
    world.settle()
    assert 'there is no "@zed" and no "wizard"' in world.read(path)
    world.save(path, '---\nid: p-2b9x\nvoters: ["@bob"]\n---\n\n# Tea\n')
    world.save(path, world.read(path).replace('["@bob"]', '["@zed", wizard, "@bob"]'))
    world.settle()
    assert 'there is no "@zed" and no "wizard"' in world.read(path)


def test_of_a_set_every_member_stays_and_each_counts_when_it_is_there(world: World) -> None:
    world.save(LATER, "---\nid: i-2b9x\n---\n\nB\n")
    world.save(ISSUE, issue(depends_on="[i-zzzz, i-2b9x, i-yyyy]"))
    world.settle()
    assert value(world, "depends_on") == "[i-zzzz, i-2b9x, i-yyyy]"
    assert world.entity("i-7k2m").depends_on == ("i-2b9x",)
    world.save("issues/y.md", "---\nid: i-yyyy\n---\n\nY\n")
    world.settle()
    assert value(world, "depends_on") == "[i-zzzz, i-2b9x, i-yyyy]"
    assert set(world.entity("i-7k2m").depends_on) == {"i-2b9x", "i-yyyy"}
    assert "i-yyyy" not in world.field(ISSUE, "depends_on").partition("# dispatchd:")[2]
    check_all(world)


def test_another_member_added_beside_it_leaves_it_there(world: World) -> None:
    world.save(LATER, "---\nid: i-2b9x\n---\n\nB\n")
    world.save(ISSUE, issue(depends_on="[i-zzzz]"))
    world.settle()
    world.edit(ISSUE, "[i-zzzz]", "[i-zzzz, i-2b9x]")
    world.settle()
    assert value(world, "depends_on") == "[i-zzzz, i-2b9x]"
    assert is_noted(world, "depends_on")
    assert world.entity("i-7k2m").depends_on == ("i-2b9x",)
    check_all(world)


def test_a_note_that_somebody_deletes_comes_back_and_the_word_stays(world: World) -> None:
    world.save(ISSUE, issue(assignee="nobody-here"))
    world.settle()
    world.save(ISSUE, world.read(ISSUE).replace(world.field(ISSUE, "assignee"), "nobody-here"))
    world.settle()
    assert value(world, "assignee") == "nobody-here"
    assert is_noted(world, "assignee")
    check_all(world)


def test_a_known_name_instead_ends_it_and_so_does_the_end_of_the_line(world: World) -> None:
    world.save(ISSUE, issue(assignee="nobody-here", parent="i-zzzz"))
    world.settle()
    said = world.field(ISSUE, "parent")
    world.save(
        ISSUE,
        world.read(ISSUE).replace(world.field(ISSUE, "assignee"), "bob").replace(f"parent: {said}\n", ""),
    )
    world.settle()
    assert world.entity("i-7k2m").assignee == "bob"
    assert "parent" not in world.read(ISSUE)
    assert not world.problems()
    check_all(world)


def test_where_there_is_a_fact_that_comes_back(world: World) -> None:
    world.save(ISSUE, issue(assignee="bob"))
    world.settle()
    world.edit(ISSUE, "bob", "nobody-here")
    world.settle()
    assert value(world, "assignee").strip('"@') == "bob"
    world.commit({ISSUE: world.read(ISSUE).replace(world.field(ISSUE, "assignee"), "")}, BOB)
    world.settle()
    assert world.entity("i-7k2m").assignee is None
    check_all(world)


def test_a_stage_counts_when_its_epic_has_it(world: World) -> None:
    world.save("epics/e.md", "---\nid: e-3fq9\n---\n\n# E\n\n## Stages\n\n### Design\n")
    world.settle()
    world.save(ISSUE, issue(epic="e-3fq9", stage="Build"))
    world.settle()
    assert value(world, "stage") == "Build"
    world.edit("epics/e.md", "### Design\n", "### Design\n\n### Build\n")
    world.settle()
    assert not is_noted(world, "stage")
    assert world.entity("i-7k2m").stage == "Build"
    check_all(world)


def test_a_change_elsewhere_leaves_it_as_it_is(world: World) -> None:
    world.save(ISSUE, issue(assignee="nobody-here"))
    world.settle()
    world.edit(ISSUE, "priority: medium", "priority: high")
    world.settle()
    assert value(world, "assignee") == "nobody-here"
    check_all(world)
