"""An epic written as a list: its items become issues, once, and the list stays true whatever is done to it."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus, Priority, Role
from tests.application.world import World

EPIC = "epics/login.md"
EPIC_TEXT = """\
---
id: e-3fq9
status: ready
---

# Passwordless login

## Stages

### Build

What has to be there before anybody can use it.

1. Send the link by mail @coder !high #auth
   Watch the error rate for an hour.

   - not more than one a minute
2. Login page
3. Logout

Gate: review: Walk through the demo.

### Release

- Canary in one region
- All regions

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()


def stage(world: World, name: str) -> str:
    section: str = world.read(EPIC).split(f"### {name}\n")[1].split("\n### ")[0]
    return section


def made(world: World) -> dict[str, str]:
    """The issues there are, by title."""
    return {event.issue.title: event.issue.id for event in world.happened("IssueOpened")}


def path_of(world: World, issue: str) -> str:
    return next(path for path in world.paths("issues/") if issue in path)


def line_of(world: World, title: str) -> str:
    """The line of the list that shows the issue called *title*."""
    return next(line for line in world.read(EPIC).splitlines(keepends=True) if f"[{title}]" in line)


def make(world: World, name: str, number: int) -> None:
    box = f"- [ ] Make these {number} issues"
    before = stage(world, name)
    assert box in before
    world.edit(EPIC, before, before.replace(box, box.replace("[ ]", "[x]")))
    world.settle()


def test_below_a_list_stands_the_box_that_makes_its_issues(world: World) -> None:
    assert "3. Logout\n\n- [ ] Make these 3 issues\n\nGate: review" in stage(world, "Build")
    assert "- All regions\n- [ ] Make these 2 issues\n\nGate: decision" in stage(world, "Release")


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


def test_another_order_of_the_links_is_another_order_of_the_work(world: World) -> None:
    make(world, "Build", 3)
    ids = made(world)
    second, third = line_of(world, "Login page"), line_of(world, "Logout")
    world.edit(EPIC, second + third, third + second)
    world.settle()
    assert world.entity(ids["Logout"]).depends_on == (ids["Send the link by mail"],)
    assert world.entity(ids["Login page"]).depends_on == (ids["Logout"],)


def test_a_dependency_that_somebody_wrote_stays_when_the_order_changes(world: World) -> None:
    make(world, "Build", 3)
    ids = made(world)
    first = ids["Send the link by mail"]
    world.ask(Verb.SET, noun="issue", id=ids["Logout"], changes=(f"depends_on+={first}",))
    world.settle()
    second, third = line_of(world, "Login page"), line_of(world, "Logout")
    world.edit(EPIC, second + third, third + second)
    world.settle()
    world.edit(EPIC, third + second, second + third)
    world.settle()
    assert set(world.entity(ids["Logout"]).depends_on) == {first, ids["Login page"]}


def test_an_order_against_what_somebody_wrote_is_answered_in_place(world: World) -> None:
    make(world, "Release", 2)
    ids = made(world)
    one, two = line_of(world, "Canary in one region"), line_of(world, "All regions")
    world.ask(
        Verb.SET, noun="issue", id=ids["Canary in one region"], changes=(f"depends_on={ids['All regions']}",)
    )
    world.settle()
    world.edit(EPIC, one + two, one.replace("- ", "1. ") + two.replace("- ", "2. "))
    world.settle()
    assert f"   > dispatchd: put {ids['All regions']} before {ids['Canary in one region']}" in (
        stage(world, "Release")
    )
    assert world.entity(ids["All regions"]).depends_on == ()


def test_another_text_of_the_link_is_another_title_of_the_issue(world: World) -> None:
    make(world, "Build", 3)
    world.edit(EPIC, "[Logout]", "[Log out everywhere]")
    world.settle()
    assert world.entity(made(world)["Logout"]).title == "Log out everywhere"
    assert line_of(world, "Log out everywhere").startswith("3. ")


def test_a_struck_item_cancels_its_issue_in_the_name_of_whoever_struck_it(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    world.edit(EPIC, line, f"3. ~~{line.strip().removeprefix('3. ')}~~\n")
    world.settle()
    assert world.entity(made(world)["Logout"]).status is IssueStatus.CANCELLED
    assert line_of(world, "Logout").endswith("· cancelled~~\n")
    assert any("Alice Doe cancels" in told for told in world.told())


def test_a_line_that_is_deleted_takes_its_issue_out_of_the_stage_and_no_further(world: World) -> None:
    make(world, "Build", 3)
    world.edit(EPIC, line_of(world, "Logout"), "")
    world.settle()
    issue = world.entity(made(world)["Logout"])
    assert (issue.epic, issue.stage, issue.status) == ("e-3fq9", None, IssueStatus.UNASSIGNED)
    assert issue.depends_on == ()
    assert "Logout" not in world.read(EPIC)


def test_a_line_moved_to_another_stage_takes_its_issue_along(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    text = world.read(EPIC).replace(line, "").replace("- Canary", line.replace("3. ", "- ") + "- Canary")
    world.save(EPIC, text)
    world.settle()
    issue = world.entity(made(world)["Logout"])
    assert (issue.stage, issue.depends_on) == ("Release", ())


def test_an_issue_that_changes_its_stage_in_its_own_file_changes_its_list(world: World) -> None:
    make(world, "Build", 3)
    world.edit(path_of(world, made(world)["Logout"]), "stage: Build", "stage: Release")
    world.settle()
    assert "Logout" not in stage(world, "Build")
    assert "· unassigned" in stage(world, "Release")


def test_an_issue_opened_under_a_stage_joins_the_list_there_is(world: World) -> None:
    make(world, "Release", 2)
    world.ask(Verb.ISSUE_NEW, title="Tell everybody", epic="e-3fq9", stage="Release")
    world.ask(Verb.ISSUE_NEW, title="Not listed", epic="e-3fq9", stage="Build")
    world.settle()
    assert line_of(world, "Tell everybody").startswith("- [")
    assert "Not listed" not in world.read(EPIC)


def test_a_link_put_into_a_list_puts_its_issue_under_the_stage(world: World) -> None:
    world.save("issues/loose.md", "---\nid: i-7k2m\n---\n\n# Loose end\n")
    world.settle()
    world.edit(EPIC, "2. Login page", "2. i-7k2m\n3. Login page")
    world.settle()
    assert (world.entity("i-7k2m").epic, world.entity("i-7k2m").stage) == ("e-3fq9", "Build")
    assert "2. [Loose end](../issues/loose.md) · unassigned\n" in world.read(EPIC)
    world.rename("issues/loose.md", "issues/a loose end.md")
    world.settle()
    assert "2. [Loose end](<../issues/a loose end.md>) · unassigned\n" in world.read(EPIC)
    world.edit(EPIC, "[Loose end]", "[Tied up]")
    world.settle()
    assert world.entity("i-7k2m").title == "Tied up"


def test_an_issue_of_another_epic_is_only_a_link(world: World) -> None:
    world.save("epics/other.md", "---\nid: e-0th3\n---\n\n# Other\n\n## Stages\n\n### One\n")
    world.save("issues/x.md", "---\nid: i-7k2m\nepic: e-0th3\nstage: One\n---\n\n# Loose end\n")
    world.settle()
    world.edit(EPIC, "2. Login page", "2. [see this](../issues/x.md)\n3. Login page")
    world.settle()
    assert world.entity("i-7k2m").epic == "e-0th3"
    assert "2. [see this](../issues/x.md)\n   > dispatchd: take it out of" in world.read(EPIC)


def test_a_mark_that_means_nothing_is_answered_at_its_item_and_nothing_is_made(world: World) -> None:
    world.edit(EPIC, "2. Login page", "2. Login page @codr !hihg")
    world.settle()
    assert '2. Login page @codr !hihg\n   > dispatchd: did you mean @coder? "@codr" is no role' in world.read(
        EPIC
    )
    world.edit(EPIC, "- [ ] Make these 3 issues", "- [x] Make these 3 issues")
    world.settle()
    assert not made(world)
    assert "here is called that; nothing was made\n3. Logout\n\n- [ ] Make these 3 issues\n" in world.read(
        EPIC
    )
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
