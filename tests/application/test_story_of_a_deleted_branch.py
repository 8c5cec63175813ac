"""The branch is deleted under the daemon: it is back where it stood, an alarm says so, and work goes on."""

from tests.application.world import World

A = "issues/a.md"


def test_094_a_deleted_branch_is_made_again_where_it_stood_and_an_alarm_says_so(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.settle()
    before = world.committed_events()
    world.branch.branch = None
    world.edit(A, "unassigned", "queued")
    world.settle()
    assert world.committed_events()[: len(before)] == before
    assert world.field(A, "status") == "queued"
    (told,) = world.paths("inbox")
    assert "The dispatch branch was deleted, and is back" in world.read(told)
    assert world.pending() == []


def test_094_a_branch_deleted_while_no_daemon_ran_is_back_after_the_start(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.settle()
    stood, world.branch.branch = world.branch.branch, None
    world.restart()
    world.settle()
    assert stood is not None
    assert len(world.paths("inbox")) == 1
    assert world.field(A, "status") == "unassigned"
