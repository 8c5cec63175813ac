import errno

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

A = "issues/a.md"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n")
    world.settle()


@pytest.mark.parametrize("by_rename", [False, True])
@pytest.mark.parametrize("call", ["open_file", "create", "write", "flush", "exchange", "unlink", "status"])
def test_029_a_save_between_any_two_steps_of_a_write_is_kept_and_merged(
    world: World, call: str, by_rename: bool
) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.tree.before_next(
        call, lambda: world.save(A, buffer.replace("Third", "Third, by a person"), by_rename=by_rename)
    )
    world.settle()
    assert "Third, by a person" in world.read(A)
    assert world.field(A, "priority") == "high"


def test_029_a_fact_saved_just_before_the_exchange_is_an_act(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.tree.before_next("exchange", lambda: world.save(A, buffer.replace("unassigned", "queued")))
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert (world.field(A, "status"), world.field(A, "priority")) == ("queued", "high")
    assert len(world.happened("IssueMoved")) == 1


def test_a_stale_buffer_saved_just_before_the_exchange_reverts_nothing(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high", "labels+=auth"))
    world.settle()
    world.ask(Verb.SET, id="i-aaaa", changes=("type=bug",))
    world.tree.before_next("exchange", lambda: world.save(A, buffer.replace("Third", "Third, longer")))
    world.settle()
    assert (world.at(A).priority, world.at(A).labels, world.at(A).type) == ("high", ("auth",), "bug")
    assert "Third, longer" in world.read(A)


def test_a_displaced_save_that_says_nothing_new_leaves_file_and_branch_as_one(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.tree.before_next(
        "exchange", lambda: world.save(A, buffer.replace("priority: medium", "priority: high"))
    )
    world.settle()
    assert world.field(A, "priority") == "high"


def test_a_refused_fact_saved_just_before_the_exchange_is_answered(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.tree.before_next("exchange", lambda: world.save(A, buffer.replace("unassigned", "in_review")))
    world.settle()
    assert "# dispatchd: kept" in world.field(A, "status")


def test_035_a_file_deleted_while_it_is_written_is_deleted_or_stands_whole(world: World) -> None:
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.tree.before_next("exchange", lambda: world.delete(A))
    world.settle()
    if world.tree.content(A) is None:
        assert world.entity("i-aaaa").removed
    else:
        assert world.field(A, "priority") == "high"


def test_036_a_file_made_by_a_person_where_the_daemon_makes_one_is_kept(world: World) -> None:
    made = world.ask(Verb.ISSUE_NEW, title="Login")
    path = f"issues/{made['subject']}-login.md"
    world.tree.before_next("rename_new", lambda: world.save(path, "A person's own text\n"))
    world.settle()
    texts = [world.read(each) for each in world.paths()]
    assert any("A person's own text" in text for text in texts)
    assert world.entity(made["subject"]) is not None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EMFILE])
@pytest.mark.parametrize("call", ["create", "write", "flush", "exchange"])
def test_014_017_019_020_a_write_that_fails_is_tried_again_and_nothing_is_lost(
    world: World, call: str, code: int
) -> None:
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    before = world.read(A)
    world.tree.fail(call, *[code] * 6)
    world.advance(0.2)
    assert world.read(A) == before
    assert A in world.session.troubles
    world.settle()
    assert world.field(A, "priority") == "high"
    assert A not in world.session.troubles


def test_a_full_disk_is_not_asked_again_and_again(world: World) -> None:
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.tree.fail("create", *[errno.ENOSPC] * 1000)
    calls = len(world.tree.system.call_names)
    world.advance(300.0)
    tried = world.tree.system.call_names[calls:].count("create")
    assert 5 <= tried <= 20
    world.tree.system.script.failing.clear()
    world.settle()


def test_a_file_that_cannot_be_written_does_not_keep_the_others_back(world: World) -> None:
    world.save("issues/b.md", "---\nid: i-bbbb\n---\nB\n")
    world.settle()
    world.tree.hard_link(A, "issues/_other.md")
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.ask(Verb.SET, id="i-bbbb", changes=("priority=high",))
    world.advance(5.0)
    assert world.field("issues/b.md", "priority") == "high"
    world.tree.delete("issues/_other.md")
