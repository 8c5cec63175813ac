"""Edits of an epic that met: prose is asked about, and items, boxes and lines of the daemon's never are."""

import pytest

from dispatchd.application.contest_words import TAKE_THE_OTHER
from dispatchd.application.requests.request import Verb
from tests.application.list_cast import EPIC, EPIC_TEXT, line_of, made, make, stage
from tests.application.world import BOB, World


@pytest.fixture(autouse=True)
def _epic(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()


def test_a_buffer_from_before_the_issues_were_made_takes_no_link_away(world: World) -> None:
    buffer = world.read(EPIC)
    make(world, "Build", 3)
    world.save(EPIC, buffer.replace("2. Login page", "2. Login page for phones"))
    world.settle()
    assert world.paths("inbox/") == []
    assert len(made(world)) == 3
    listed = [line for line in stage(world, "Build").splitlines() if line[:1].isdigit()]
    assert [line.split(" ·")[0].split("](")[0] for line in listed] == [
        "1. [Send the link by mail",
        "2. [Login page",
        "3. Login page for phones",
        "4. [Logout",
    ]


def test_a_stale_tick_makes_nothing_again(world: World) -> None:
    buffer = world.read(EPIC)
    make(world, "Build", 3)
    world.commit({EPIC: world.read(EPIC).replace("the demo", "the demo twice")}, BOB)
    world.settle()
    text = buffer.replace("- [ ] Make these 3 issues", "- [x] Make these 3 issues")
    world.save(EPIC, text.replace("the demo", "the demo at noon"))
    world.settle()
    assert len(made(world)) == 3
    assert stage(world, "Build").count("· unassigned") == 3


def test_an_issue_whose_line_a_stale_buffer_lacks_stays_in_the_numbered_list(world: World) -> None:
    make(world, "Build", 3)
    buffer = world.read(EPIC)
    world.edit(EPIC, line_of(world, "Logout"), line_of(world, "Logout") + "4. Foo bar\n")
    world.settle()
    box = "- [ ] Make this issue"
    world.edit(EPIC, box, box.replace("[ ]", "[x]"))
    world.settle()
    foo = line_of(world, "Foo bar")
    text = buffer.replace("What has to be there", "All that has to be there")
    world.save(EPIC, text.replace("[Logout]", "[Log out]"))
    world.settle()
    assert foo in stage(world, "Build")
    assert "\n- " not in stage(world, "Build")
    assert world.entity(made(world)["Foo bar"]).depends_on == (made(world)["Logout"],)


def test_of_two_edits_around_a_list_the_prose_is_asked_about_and_taken_once(world: World) -> None:
    buffer = world.read(EPIC)
    make(world, "Build", 3)
    prose = "What has to be there before anybody can use it."
    world.commit({EPIC: world.read(EPIC).replace(prose, "What Bob needs.")}, BOB)
    world.settle()
    world.save(EPIC, buffer.replace(prose, "What Alice needs.").replace("3. Logout", "3. Logout\n4. More"))
    world.settle()
    (path,) = world.paths("inbox/")
    told = world.read(path)
    assert "> ```text\n> What Alice needs.\n> ```\n" in told
    assert "> ```text\n> What Bob needs.\n> ```\n" in told
    before = world.read(EPIC)
    world.edit(path, f"- [ ] {TAKE_THE_OTHER}", f"- [x] {TAKE_THE_OTHER}")
    world.settle()
    bare = [line for line in world.read(EPIC).splitlines() if not line.startswith("rev:")]
    wanted = before.replace("What Alice needs.", "What Bob needs.").splitlines()
    assert bare == [line for line in wanted if not line.startswith("rev:")]
    assert world.paths("inbox/") == []


def test_words_that_two_people_write_behind_one_link_both_stand(world: World) -> None:
    make(world, "Build", 3)
    buffer, line = world.read(EPIC), line_of(world, "Login page")
    world.ask(Verb.SET, noun="issue", id=made(world)["Logout"], changes=("status=queued",))
    world.settle()
    world.commit({EPIC: world.read(EPIC).replace(line, line.replace("\n", " BOB\n"))}, BOB)
    world.settle()
    world.save(EPIC, buffer.replace(line, line.replace("\n", " ALICE\n")))
    world.settle()
    assert line_of(world, "Login page") == line.replace("\n", " ALICE BOB\n")
    assert world.paths("inbox/") == []


def test_words_behind_a_link_that_a_stale_buffer_strikes_stay(world: World) -> None:
    make(world, "Build", 3)
    buffer, line = world.read(EPIC), line_of(world, "Login page")
    world.ask(Verb.SET, noun="issue", id=made(world)["Logout"], changes=("status=queued",))
    world.settle()
    world.commit({EPIC: world.read(EPIC).replace(line, line.replace("\n", " — ask Bob\n"))}, BOB)
    world.settle()
    world.save(EPIC, buffer.replace(line, f"2. ~~{line.strip().removeprefix('2. ')}~~\n"))
    world.settle()
    assert line_of(world, "Login page").endswith(" · cancelled~~ — ask Bob\n")
