"""Words below an issue's activity that rest, while somebody else changes the same file: each is signed by its writer."""

import pytest

from dispatchd.application.committing import commit
from dispatchd.application.ports.audit_log import AuditCommit, CommitId, Signature
from dispatchd.application.requests.request import Verb
from dispatchd.application.taking_over import take_over
from dispatchd.domain.identifiers import DocumentPath
from tests.application.invariants import check_all
from tests.application.losing import lose_database
from tests.application.world import BOB, World
from tests.fakes.instant_store import run

ISSUE = "issues/login.md"
TEXT = "---\nid: i-7k2m\npriority: medium\n---\n\n# Login times out\n\nIt gives up.\n\n## Activity\n\nAn old note.\n"
CAROL = ("Carol Poe", "carol@example.com")
MOST = 100.0
"""Seconds: longer than prose rests."""


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(ISSUE, TEXT)
    world.settle()


def say(world: World, text: str) -> None:
    world.save(ISSUE, world.read(ISSUE) + text)
    world.advance(2.0)


def said(world: World) -> list[tuple[str, str]]:
    return [(each.by.name, each.text) for each in world.entity("i-7k2m").comments]


def elsewhere(world: World, text: str, by: tuple[str, str] = BOB, onto: CommitId | None = None) -> CommitId:
    """Somebody's commit in another clone."""
    who = Signature(name=by[0], email=by[1], at=world.clock.now())
    changes = {DocumentPath(ISSUE): text.encode()}
    made = AuditCommit(author=who, subject="elsewhere", changes=changes)
    return world.log.elsewhere(made, (onto or world.log.head(),))


def take(world: World, there: CommitId) -> None:
    """One go at sharing: what is saved here is committed, what came is merged and followed."""
    assert run(take_over(world.session, there))
    world.round()


def published(world: World) -> str:
    """What everybody else has as soon as they fetch."""
    run(commit(world.session, force=True))
    text = world.log.read(world.log.head(), DocumentPath(ISSUE))
    assert text is not None
    return text.decode()


def assert_signed(world: World, *expected: tuple[str, str]) -> None:
    world.settle()
    assert sorted(said(world)) == sorted(expected)
    text = world.read(ISSUE)
    for name, words in expected:
        first = words.partition("\n")[0]
        assert text.count(first) == 1
        assert f"**{name}**: {words}" in text or f"**{name}**:\n  > {first}" in text
    check_all(world)


def test_words_rest_while_a_fact_arrives_and_are_signed_by_who_wrote_them(world: World) -> None:
    before = world.read(ISSUE)
    say(world, "\nAlice on 6\n")
    take(world, elsewhere(world, before.replace("priority: medium", "priority: high"), onto=world.log.head()))
    assert "Alice on 6" in world.read(ISSUE)
    world.advance(MOST)
    assert world.field(ISSUE, "priority") == "high"
    assert_signed(world, ("Alice Doe", "Alice on 6"))


def test_words_that_begin_the_activity_where_a_line_is_owed_there_outlast_what_arrives(world: World) -> None:
    first, moved = "issues/plain.md", "issues/moved.md"
    world.save(first, "---\nid: i-8p3q\ntitle: Plain\npriority: medium\n---\n\nBeginning\n")
    world.save("agents/ash/agent.md", "---\nname: ash\nrole: coder\n---\n\nx\n")
    world.settle()
    world.save(first, world.read(first) + "\n## Activity\nA word of Alice's\n")
    world.rename(first, moved)
    world.ask(Verb.ASK, speaker="ash", question="Which?", options=["x", "y"], issue="i-8p3q")
    world.advance(6.0)
    assert "ash asks" not in world.read(moved), "nothing is rendered while somebody writes"
    world.commit({moved: world.read(moved).replace("priority: medium", "priority: high")}, BOB)
    world.advance(MOST)
    world.settle()
    text = world.read(moved)
    assert (text.count("A word of Alice's"), text.count("ash asks")) == (1, 1)
    (comment,) = world.entity("i-8p3q").comments
    assert (comment.by.name, comment.text) == ("Alice Doe", "A word of Alice's")
    assert world.field(moved, "priority") == "high"
    check_all(world)


def test_words_of_two_people_are_two_comments_where_one_came_while_the_other_rested(world: World) -> None:
    head, before = world.log.head(), world.read(ISSUE)
    say(world, "\nAlice again\n")
    take(world, elsewhere(world, before + "\nBob again\n", onto=head))
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"), ("Bob Roe", "Bob again"))


def test_who_goes_on_below_words_that_rest_has_not_said_those(world: World) -> None:
    say(world, "\nAlice again\n")
    take(world, elsewhere(world, published(world) + "\nBob again\n"))
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"), ("Bob Roe", "Bob again"))


def test_several_may_come_one_after_the_other(world: World) -> None:
    say(world, "\nAlice again\n")
    take(world, elsewhere(world, published(world).replace("medium", "low")))
    take(world, elsewhere(world, published(world) + "\nCarol too\n", CAROL))
    world.advance(2.0)
    take(world, elsewhere(world, published(world).replace("It gives up", "It gave up")))
    say(world, "\nAlice goes on\n")
    take(world, elsewhere(world, published(world) + "\nBob too\n"))
    world.advance(MOST)
    assert_signed(
        world,
        ("Alice Doe", "Alice again"),
        ("Alice Doe", "Alice goes on"),
        ("Bob Roe", "Bob too"),
        ("Carol Poe", "Carol too"),
    )
    assert "It gave up" in world.read(ISSUE)
    assert "An old note." in world.read(ISSUE)


def test_a_process_that_ends_meanwhile_owes_them_still(world: World) -> None:
    say(world, "\nAlice again\n")
    take(world, elsewhere(world, published(world) + "\nBob too\n"))
    world.advance(10.0)
    world.restart()
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"), ("Bob Roe", "Bob too"))


def test_a_buffer_that_goes_on_below_them_is_one_comment_with_them(world: World) -> None:
    say(world, "\nAlice aga")
    buffer = world.read(ISSUE)
    take(world, elsewhere(world, published(world).replace("medium", "low")))
    world.advance(5.0)
    world.save(ISSUE, buffer + "in\n")
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"))
    assert world.field(ISSUE, "priority") == "low"


def test_a_hand_on_the_file_keeps_them_waiting_and_no_longer(world: World) -> None:
    say(world, "\nAlice again\n")
    world.tree.disk.find(f"/work/.dispatch/{ISSUE}").writers = 1
    take(world, elsewhere(world, published(world).replace("medium", "low")))
    world.advance(MOST)
    assert world.field(ISSUE, "priority") == "medium"
    world.tree.disk.find(f"/work/.dispatch/{ISSUE}").writers = 0
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"))
    assert world.field(ISSUE, "priority") == "low"


def test_who_waits_for_all_to_be_in_gets_them_signed(world: World) -> None:
    say(world, "\nAlice again\n")
    take(world, elsewhere(world, published(world).replace("medium", "low")))
    world.round()
    run(world.session.take(rested=True))
    assert said(world) == [("Alice Doe", "Alice again")]


def test_words_that_somebody_else_changes_are_put_into_nobodys_mouth(world: World) -> None:
    say(world, "\nAlice again\n")
    take(world, elsewhere(world, published(world).replace("Alice again", "Alice against it")))
    world.advance(MOST)
    assert said(world) == []
    assert "Alice against it" in world.read(ISSUE)


def test_what_came_from_others_and_stands_on_the_branch_unsigned_is_signed_after_a_loss(world: World) -> None:
    say(world, "\nAlice again\n")
    before = published(world)
    assert run(take_over(world.session, elsewhere(world, before + "\nBob too\n")))
    lose_database(world).remove()
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"), ("Bob Roe", "Bob too"))
    lose_database(world).remove()
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again"), ("Bob Roe", "Bob too"))


def test_a_lost_database_owes_them_as_far_as_the_branch_tells(world: World) -> None:
    say(world, "\nAlice ag")
    published(world)
    say(world, "ain\n\nand again\n")
    take(world, elsewhere(world, published(world).replace("medium", "low")))
    lose_database(world).remove()
    world.advance(MOST)
    assert_signed(world, ("Alice Doe", "Alice again\n\nand again"))
    assert "An old note." in world.read(ISSUE)
