"""An epic written as a list: its items become issues, once, with everything that was written."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import Priority, Role
from tests.application.list_cast import EPIC, EPIC_TEXT, line_of, made, make, path_of, stage
from tests.application.world import World


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()


def test_below_a_list_stands_the_box_that_makes_its_issues(world: World) -> None:
    assert "3. Logout\n\n- [ ] Make these 3 issues\n\nGate: review" in stage(world, "Build")
    assert "- All regions\n\n- [ ] Make these 2 issues\n\nGate: decision" in stage(world, "Release")


def test_ticking_it_makes_the_issues_with_everything_that_was_written(world: World) -> None:
    make(world, "Build", 3)
    ids = made(world)
    first, second, third = (world.entity(ids[title]) for title in ids)
    assert first.title == "Send the link by mail"
    assert (first.epic, first.stage) == ("e-3fq9", "Build")
    assert (first.role, first.priority, first.labels) == (Role.CODER, Priority.HIGH, ("auth",))
    assert first.depends_on == ()
    assert second.depends_on == (first.id,)
    assert third.depends_on == (second.id,)
    body = world.read(path_of(world, first.id))
    assert body.endswith("---\n\nWatch the error rate for an hour.\n\n- not more than one a minute\n"), body
    assert "Make" not in stage(world, "Build")
    assert (
        f"1. [Send the link by mail](../issues/{first.id}-send-the-link-by-mail.md) · unassigned\n2. ["
        in (stage(world, "Build"))
    )
    assert "Alice Doe makes 3 issues of the list under “Build” of e-3fq9: Passwordless login" in world.told()


def test_each_item_is_made_once_however_often_its_text_comes_back(world: World) -> None:
    box = "- [ ] Make these 3 issues"
    ticked = world.read(EPIC).replace(box, box.replace("[ ]", "[x]"))
    world.save(EPIC, ticked)
    world.settle()
    world.save(EPIC, ticked)
    world.settle()
    world.save(EPIC, ticked.replace("rev:", "revised:"))
    world.settle()
    world.restart()
    world.settle()
    assert len(world.happened("IssueOpened")) == 3
    assert "· unassigned" in line_of(world, "Logout")
    assert "Make these 3" not in world.read(EPIC)


def test_a_tick_that_arrives_from_elsewhere_after_the_same_was_ticked_here_makes_nothing_again(
    world: World,
) -> None:
    before = world.read(EPIC)
    make(world, "Build", 3)
    box = "- [ ] Make these 3 issues"
    here = world.log.head()
    world.log.branch = here
    ticked = before.replace(box, box.replace("[ ]", "[x]"))
    world.commit({EPIC: world.read(EPIC).replace("What has", "All that has")})
    world.settle()
    world.save(EPIC, ticked)
    world.settle()
    assert len(world.happened("IssueOpened")) == 3


def test_the_state_in_the_list_follows_the_issue(world: World) -> None:
    make(world, "Build", 3)
    world.ask(Verb.SET, noun="issue", id=made(world)["Logout"], changes=("status=queued",))
    world.settle()
    assert line_of(world, "Logout").endswith("· queued\n")
    path = path_of(world, made(world)["Login page"])
    world.edit(path, "title: Login page", "title: Login page [new]")
    world.settle()
    assert line_of(world, "Login page \\[new\\]").endswith("· unassigned\n")


def test_the_state_waits_for_a_hand_on_the_file(world: World) -> None:
    make(world, "Build", 3)
    before = world.read(EPIC)
    world.tree.disk.find(f"/work/.dispatch/{EPIC}").writers = 1
    world.ask(Verb.SET, noun="issue", id=made(world)["Logout"], changes=("status=queued",))
    world.advance(20.0)
    assert world.read(EPIC) == before
    world.tree.disk.find(f"/work/.dispatch/{EPIC}").writers = 0
    world.settle()
    assert line_of(world, "Logout").endswith("· queued\n")


def test_items_added_later_bring_the_box_back_with_the_right_number(world: World) -> None:
    make(world, "Build", 3)
    world.edit(EPIC, line_of(world, "Logout"), line_of(world, "Logout") + "4. Forget everything\n")
    world.settle()
    assert "4. Forget everything\n\n- [ ] Make this issue\n\nGate" in stage(world, "Build")
    world.edit(EPIC, "- [ ] Make this issue", "- [x] Make this issue")
    world.settle()
    fourth = world.entity(made(world)["Forget everything"])
    assert fourth.depends_on == (made(world)["Logout"],)
    assert len(made(world)) == 4


def test_an_item_put_between_two_links_comes_between_them(world: World) -> None:
    make(world, "Build", 3)
    ids = made(world)
    world.edit(EPIC, line_of(world, "Logout"), "3. Between @test\n" + line_of(world, "Logout"))
    world.settle()
    world.edit(EPIC, "- [ ] Make this issue", "- [x] Make this issue")
    world.settle()
    between = made(world)["Between"]
    assert world.entity(between).depends_on == (ids["Login page"],)
    assert world.entity(ids["Logout"]).depends_on == (between,)


def test_bullets_wait_for_nothing(world: World) -> None:
    make(world, "Release", 2)
    assert [world.entity(issue).depends_on for issue in made(world).values()] == [(), ()]


def test_a_mark_that_means_nothing_is_answered_at_its_item_and_nothing_is_made(world: World) -> None:
    world.edit(EPIC, "2. Login page", "2. Login page @codr !hihg")
    world.settle()
    assert '2. Login page @codr !hihg\n   > dispatchd: did you mean @coder? "@codr" is no role' in world.read(
        EPIC
    )
    world.edit(EPIC, "- [ ] Make these 3 issues", "- [x] Make these 3 issues")
    world.settle()
    assert not made(world)
    assert "; nothing was made\n3. Logout\n\n- [ ] Make these 3 issues\n" in world.read(EPIC)
    world.edit(EPIC, "@codr !hihg", "@coder !high")
    world.settle()
    assert "dispatchd:" not in world.read(EPIC)
    make(world, "Build", 3)
    assert world.entity(made(world)["Login page"]).priority is Priority.HIGH


def test_a_stage_with_wanted_items_is_not_empty(world: World) -> None:
    assert "Approve" not in stage(world, "Build")
    make(world, "Build", 3)
    for issue in made(world).values():
        world.ask(Verb.SET, noun="issue", id=issue, changes=("status=done",))
    world.settle()
    assert "- [ ] Approve" in stage(world, "Build")
    world.edit(EPIC, "Gate: review", "4. One more\n\nGate: review")
    world.settle()
    assert "- [ ] Approve" not in stage(world, "Build")
    world.edit(EPIC, "4. One more", "4. ~~One more~~")
    world.settle()
    assert "- [ ] Approve" in stage(world, "Build")


def test_making_an_issue_of_an_approved_stage_is_no_change_of_what_was_approved(world: World) -> None:
    make(world, "Build", 3)
    for issue in made(world).values():
        world.ask(Verb.SET, noun="issue", id=issue, changes=("status=done",))
    world.settle()
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.edit(EPIC, "[Logout]", "[Log out]")
    world.settle()
    assert not world.happened("GateReopened")


def test_a_tick_in_a_commit_makes_the_issues_in_the_name_of_its_author(world: World) -> None:
    text = world.read(EPIC).replace("- [ ] Make these 2", "- [X] Make these 2")
    world.commit({EPIC: text})
    world.settle()
    assert [event.issue.title for event in world.happened("IssueOpened")] == [
        "Canary in one region",
        "All regions",
    ]
    assert any("Bob Roe makes 2 issues" in told for told in world.told())
    world.restart()
    world.settle()
    assert len(made(world)) == 2


def test_a_command_makes_what_a_tick_would(world: World) -> None:
    done = world.ask(Verb.EPIC_MAKE, id="e-3fq9", stage="rel")
    assert done["subject"] == "e-3fq9"
    assert list(made(world)) == ["Canary in one region", "All regions"]
    world.settle()
    assert "Make" not in stage(world, "Release")
    world.ask(Verb.EPIC_MAKE, id="e-3fq9")
    assert len(made(world)) == 5
    assert world.ask(Verb.EPIC_MAKE, id="e-3fq9")["told"] == []
    world.settle()
    assert "Make" not in world.read(EPIC)
    assert "Watch the error rate" in world.read(path_of(world, made(world)["Send the link by mail"]))


def test_a_command_names_the_line_that_means_nothing(world: World) -> None:
    world.edit(EPIC, "2. Login page", "2. Login page !hihg")
    world.settle()
    with pytest.raises(Rejected, match=r'epics/login.md:\d+: did you mean !high\? "!hihg" is no priority'):
        world.ask(Verb.EPIC_MAKE, id="e-3fq9")
    assert not made(world)


def test_an_outline_becomes_an_epic_whose_lists_can_be_made(world: World) -> None:
    outline = "# Cloud\n\nWhy.\n\n## Prepare\n\n- [ ] Count @architect\n- [x] Ask\n\n## Move\n\n1. Copy\n   all of it\n2. Switch\n"
    done = world.ask(Verb.EPIC_NEW, outline=outline, name="outline")
    world.settle()
    path = f"epics/{done['subject']}-cloud.md"
    assert world.read(path).partition("---\n\n")[2] == (
        "Why.\n\n## Stages\n\n### Prepare\n\n- Count @architect\n- ~~Ask~~\n\n- [ ] Make this issue\n\n### Move\n\n"
        "1. Copy\n   all of it\n2. Switch\n\n- [ ] Make these 2 issues\n"
    )
    world.edit(path, "- [ ] Make these 2", "- [x] Make these 2")
    world.settle()
    assert list(made(world)) == ["Copy", "Switch"]


def test_an_epic_can_be_opened_by_its_title_alone(world: World) -> None:
    done = world.ask(Verb.EPIC_NEW, title="Cloud")
    world.settle()
    assert world.entity(done["subject"]).title == "Cloud"
    with pytest.raises(Rejected, match="give it a title"):
        world.ask(Verb.EPIC_NEW, outline="- a\n- b\n")


def test_while_a_list_is_typed_under_autosave_no_box_is_put_into_it(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    before, after = world.read(EPIC).split(line)
    for number in range(len("Forget everything")):
        world.save(EPIC, f"{before}{line}4. {'Forget everything'[: number + 1]}{after}")
        world.advance(1.0)
        assert number == 0 or "Make this" not in world.read(EPIC)  # one save alone is nobody's autosave
    world.settle()
    assert "4. Forget everything\n\n- [ ] Make this issue\n" in world.read(EPIC)


@pytest.mark.parametrize("path", [EPIC, "epics/other.md"])
def test_a_box_that_came_ticked_with_its_list_makes_nothing_and_says_so(world: World, path: str) -> None:
    """It stood there unticked for nobody; a copied text, or an agent's, decides nothing."""
    before = world.read(path) if path == EPIC else "# Other\n\n## Stages\n"
    world.save(path, f"{before.rstrip()}\n\n### After\n\n1. One\n2. Two\n\n- [x] Make these issues\n")
    world.settle()
    assert world.happened("IssueOpened") == []
    said = world.read(path).split("### After\n")[1]
    assert "- [ ] Make these 2 issues\n" in said
    assert "the box below came ticked together with the list, so nothing was made; tick it again" in said
    head, tail = world.read(path).split("### After\n")
    world.save(path, f"{head}### After\n{tail.replace('- [ ] Make', '- [x] Make')}")
    world.settle()
    assert sorted(made(world)) == ["One", "Two"]
    assert "tick it again" not in world.read(path)
