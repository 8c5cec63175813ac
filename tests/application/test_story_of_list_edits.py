"""What a person does to the list of links later: order, words, strikes, places; and what the list says then."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.list_cast import EPIC, EPIC_TEXT, line_of, made, make, path_of, stage
from tests.application.world import World


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()


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


def test_a_new_epic_takes_in_the_issues_that_it_lists(world: World) -> None:
    world.save("issues/a.md", "---\nid: i-aaaa\n---\n\n# First thing\n")
    world.save("issues/b.md", "---\nid: i-bbbb\n---\n\n# Second thing\n")
    world.settle()
    world.save("epics/new.md", "# New\n\n## Stages\n\n### One\n\n1. i-aaaa\n2. [[i-bbbb]]\n3. Third thing\n")
    world.settle()
    assert (
        "1. [First thing](../issues/a.md) · unassigned\n2. [Second thing](../issues/b.md) · "
        in world.read("epics/new.md")
    )
    assert world.entity("i-bbbb").depends_on == ("i-aaaa",)
    assert world.entity("i-bbbb").epic == world.at("epics/new.md").id


def test_a_new_epic_takes_no_issue_from_another(world: World) -> None:
    make(world, "Build", 3)
    logout = made(world)["Logout"]
    text = f"# New\n\n## Stages\n\n### One\n\n- [see there](../issues/{logout}-logout.md)\n"
    world.save("epics/new.md", text)
    world.settle()
    assert world.entity(logout).epic == "e-3fq9"
    assert text.removeprefix("# New\n") in world.read("epics/new.md")


def test_the_line_of_an_issue_whose_file_was_deleted_says_so(world: World) -> None:
    make(world, "Build", 3)
    path = path_of(world, made(world)["Logout"])
    world.delete(path)
    world.settle()
    assert line_of(world, "Logout").endswith("· deleted\n")
    world.ask(Verb.RESTORE, id=made(world)["Logout"])
    world.settle()
    assert line_of(world, "Logout").endswith("· unassigned\n")


def test_a_state_that_a_person_changes_in_the_list_is_put_back(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    world.edit(EPIC, line, line.replace("unassigned", "done"))
    world.settle()
    assert line_of(world, "Logout") == line
    assert world.entity(made(world)["Logout"]).status is IssueStatus.UNASSIGNED


def test_words_of_a_person_beside_and_under_a_link_stay(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    world.edit(EPIC, line, line.replace("\n", " — ask Bob\n   He knows.\n"))
    world.ask(Verb.SET, noun="issue", id=made(world)["Logout"], changes=("status=queued",))
    world.settle()
    assert "· queued — ask Bob\n   He knows.\n" in world.read(EPIC)
    world.edit(path_of(world, made(world)["Logout"]), "stage: Build", "stage: Release")
    world.settle()
    assert "— ask Bob\n   He knows.\n" in stage(world, "Build")


def test_words_behind_a_link_need_no_dash(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    world.edit(EPIC, line, line.replace("\n", " NORA\n"))
    world.settle()
    assert line_of(world, "Logout") == line.replace("\n", " NORA\n")
    world.ask(Verb.SET, noun="issue", id=made(world)["Logout"], changes=("status=queued",))
    world.settle()
    assert line_of(world, "Logout").endswith("-logout.md) · queued NORA\n")
    line = line_of(world, "Logout")
    world.edit(EPIC, line, f"3. ~~{line.strip().removeprefix('3. ')}~~\n")
    world.settle()
    assert world.entity(made(world)["Logout"]).status is IssueStatus.CANCELLED
    assert line_of(world, "Logout").endswith(" · cancelled NORA~~\n")


def test_a_whole_stage_that_goes_is_asked_about_before_anything_happens_to_its_issues(world: World) -> None:
    make(world, "Build", 3)
    world.edit(EPIC, f"### Build\n{stage(world, 'Build')}\n", "")
    world.settle()
    assert {world.entity(issue).stage for issue in made(world).values()} == {"Build"}
    assert any("What became of the stages" in world.read(path) for path in world.paths("inbox/"))


def test_a_renamed_stage_keeps_its_list(world: World) -> None:
    make(world, "Build", 3)
    world.edit(EPIC, "### Build", "### Make it")
    world.settle()
    assert {world.entity(issue).stage for issue in made(world).values()} == {"Make it"}
    assert stage(world, "Make it").count("· unassigned") == 3


def test_a_line_copied_to_another_stage_moves_nothing(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    world.edit(EPIC, "- Canary", line.replace("3. ", "- ") + "- Canary")
    world.settle()
    assert world.entity(made(world)["Logout"]).stage == "Build"
    assert world.read(EPIC).count("[Logout]") == 2


def test_a_line_goes_to_another_epic_in_two_saves_whichever_comes_first(world: World) -> None:
    make(world, "Build", 3)
    world.save("epics/other.md", "---\nid: e-0th3\n---\n\n# Other\n\n## Stages\n\n### One\n")
    world.settle()
    for title in ("Logout", "Login page"):
        line = line_of(world, title)
        texts = {
            EPIC: world.read(EPIC).replace(line, ""),
            "epics/other.md": world.read("epics/other.md").rstrip() + f"\n\n- {line.partition(' ')[2]}",
        }
        order = list(texts) if title == "Logout" else list(reversed(texts))
        for path in order:
            world.save(path, texts[path])
        world.settle()
        issue = world.entity(made(world)[title])
        assert (issue.epic, issue.stage) == ("e-0th3", "One")
        assert f"[{title}]" not in world.read(EPIC)
        assert "dispatchd:" not in world.read("epics/other.md")


def test_an_epic_that_is_cancelled_makes_nothing_and_says_how(world: World) -> None:
    world.edit(EPIC, "status: in_progress", "status: cancelled")
    world.settle()
    world.edit(EPIC, "- [ ] Make these 3 issues", "- [x] Make these 3 issues")
    world.settle()
    assert not made(world)
    assert (
        '- [ ] Make these 3 issues\n  > dispatchd: write "status: ready" to take e-3fq9 up again'
        in world.read(EPIC)
    )


def test_a_strike_taken_back_says_how_the_issue_is_taken_up_again(world: World) -> None:
    make(world, "Build", 3)
    line = line_of(world, "Logout")
    world.edit(EPIC, line, f"3. ~~{line.strip().removeprefix('3. ')}~~\n")
    world.settle()
    struck = line_of(world, "Logout")
    world.edit(EPIC, struck, struck.replace("~~", ""))
    world.settle()
    assert 'it stays cancelled; to take it up again write "status: unassigned!"' in world.read(EPIC)
    assert "~~" not in line_of(world, "Logout")
