"""A database lost, older than its history, or beside a branch that was rewritten: nothing decided is lost or asked again."""

import contextlib
import json
from pathlib import Path

import pytest

from dispatchd.application.one_shot import begin, restore_once
from dispatchd.application.outdated import catch_up
from dispatchd.application.ports.store_failures import DatabaseOutdated
from dispatchd.application.requests.request import Verb
from dispatchd.domain.epic import GateState
from dispatchd.domain.issue import IssueStatus
from tests.application.losing import (
    WithoutMemory,
    assert_rebuilt_equal,
    copy_database,
    differences,
    facts,
    lose_database,
    rewrite_branch,
    roll_back,
)
from tests.application.who_and_what import ALICE
from tests.application.world import BOB, World
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import run

MALLORY = ("Mallory", "mallory@evil.example")
ISSUE, OTHER = "issues/a.md", "issues/b.md"
EPIC = "epics/login.md"
LOGIN = """---
id: e-3fq9
status: ready
---

# Passwordless login

## Stages

### Design

Gate: approval: Is the flow right?

### Release

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""
PROPOSAL = '---\nid: p-9xw4\nvoters: [coder, "@alice", "@bob"]\n---\n\n# Use argon2id\n'


@pytest.fixture(autouse=True)
def _decided(world: World) -> None:
    """Something of each kind: decided, voted, asked, answered, refused, commented, deleted."""
    world.save(ISSUE, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.save(OTHER, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.save(EPIC, LOGIN)
    world.save("proposals/p.md", PROPOSAL)
    world.settle()
    world.ask(Verb.ASK, speaker="ash", question="Which hash?", options=("x", "y"), issue="i-aaaa")
    world.ask(Verb.VOTE, speaker="ash", proposal="p-9xw4", choice="approve", reason="fast")
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve: fine")
    world.edit(ISSUE, "medium", "purple")
    world.ask(Verb.COMMENT, id="i-bbbb", text="Said once")
    world.settle()
    world.ask(Verb.GATE_CHOOSE, epic="e-3fq9", option="Rolling", reason="safer")
    world.delete(OTHER)
    world.settle()


def gates(world: World) -> list[GateState]:
    return [stage.gate.state for stage in world.entity("e-3fq9").stages]


def test_inv9_a_lost_database_comes_back_equal_in_every_fact(world: World) -> None:
    assert any("purple" in problem[2] for problem in facts(world)["problems"])
    assert_rebuilt_equal(world)


def test_inv9_files_that_cannot_be_read_are_known_again(world: World) -> None:
    world.save("issues/broken.md", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    world.save(ISSUE, world.read(ISSUE).partition("\n---\n")[0])
    world.settle()
    assert world.record(ISSUE) is not None
    assert_rebuilt_equal(world)


def test_inv9_a_question_about_many_deleted_files_still_stands(world: World) -> None:
    for number in range(14):
        world.save(f"context/{number:02}.md", "Text\n")
    world.settle()
    world.delete(*(f"context/{number:02}.md" for number in range(12)))
    world.settle()
    assert "context/03.md" in facts(world)["held"]
    assert_rebuilt_equal(world)


def test_what_was_deleted_before_the_database_was_lost_can_be_brought_back(world: World) -> None:
    lose_database(world).remove()
    world.settle()
    world.ask(Verb.RESTORE, id="i-bbbb")
    world.settle()
    assert "Text\n" in world.read(OTHER)
    assert "Said once" in world.read(OTHER)


def test_a_stale_buffer_is_merged_as_before_the_database_was_lost(world: World) -> None:
    buffer = world.read(ISSUE)
    world.ask(Verb.SET, id="i-aaaa", changes=("status=queued",))
    world.settle()
    lose_database(world).remove()
    world.settle()
    world.save(ISSUE, buffer.replace("First", "First, said better"))
    world.settle()
    assert world.at(ISSUE).status is IssueStatus.QUEUED
    assert "First, said better" in world.read(ISSUE)


def test_094_a_rewritten_branch_and_a_lost_database_ask_nothing_again(world: World) -> None:
    before = facts(world)
    rewrite_branch(world, ALICE)
    lose_database(world).remove()
    world.settle()
    assert gates(world) == [GateState.APPROVED, GateState.APPROVED]
    after = facts(world)
    assert after["log"][: len(before["log"])] == before["log"]
    assert {event["event"]["type"] for event in after["log"][len(before["log"]) :]} <= {"ThreadOpened"}


def test_a_stranger_who_rewrites_the_branch_with_events_of_their_own_decides_nothing(world: World) -> None:
    world.save("epics/next.md", LOGIN.replace("id: e-3fq9\n", ""))
    world.settle()
    epic = world.at("epics/next.md").id
    mine = json.loads(
        next(line for each in world.commits() for line in each.events if "GateApproved" in line)
    )
    mine |= {"id": "000000", "position": 999, "event": {**mine["event"], "epic": epic}}
    rewrite_branch(world, MALLORY, json.dumps(mine))
    lose_database(world).remove()
    world.settle()
    assert world.entity(epic).stages[0].gate.state is GateState.PENDING
    assert gates(world) == [GateState.APPROVED, GateState.APPROVED]


def test_a_refused_agent_card_of_a_stranger_is_nobodys_after_a_lost_database_either(world: World) -> None:
    world.commit({"agents/eve/agent.md": "---\nrole: coder\nengine: evil\n---\n\nHello\n"}, MALLORY)
    world.settle()
    assert world.entity("eve") is None
    world.save(ISSUE, world.read(ISSUE).replace("First", "First and more"))
    world.settle()
    assert_rebuilt_equal(world)
    assert world.entity("eve") is None


def test_108_a_database_older_than_its_history_is_refused_before_anything_is_done(
    world: World, tmp_path: Path
) -> None:
    copy = copy_database(world, tmp_path / "old.db")
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.settle()
    files, commits = world.tree.scan().files, len(world.commits())
    roll_back(world, copy).remove()
    with pytest.raises(DatabaseOutdated, match="lacks 1 event that this clone itself committed") as refused:
        world.start()
    assert "dispatchd rebuild" in str(refused.value)
    with pytest.raises(DatabaseOutdated):
        run(restore_once(world.session))
    assert (world.tree.scan().files, len(world.commits())) == (files, commits)
    run(catch_up(world.session))
    world.start()


def test_108_a_database_rolled_back_beside_a_branch_that_was_reset_is_refused_too(
    world: World, tmp_path: Path
) -> None:
    copy, head = copy_database(world, tmp_path / "old.db"), world.log.head()
    world.ask(Verb.SET, id="i-aaaa", changes=("status=done",))
    world.settle()
    roll_back(world, copy).remove()
    world.travel(world.log.commits[head].parents[0])
    with pytest.raises(DatabaseOutdated):
        world.start()
    run(catch_up(world.session))
    world.start()
    world.settle()
    assert world.at(ISSUE).status is IssueStatus.DONE


def test_an_older_database_is_brought_up_to_its_history_and_reverts_nothing(
    world: World, tmp_path: Path
) -> None:
    copy = copy_database(world, tmp_path / "old.db")
    world.ask(Verb.SET, id="i-aaaa", changes=("status=done",))
    world.save("issues/c.md", "---\nid: i-cccc\ntitle: C\n---\n\nThird\n")
    world.ask(Verb.RESTORE, id="i-bbbb")
    world.settle()
    world.delete("proposals/p.md")
    world.settle()
    before, files = facts(world), {path: world.tree.content(path) for path in world.paths()}
    roll_back(world, copy).remove()
    assert run(catch_up(world.session)) > 0
    world.start()
    world.settle()
    assert not differences(before, facts(world))
    assert {path: world.tree.content(path) for path in world.paths()} == files
    assert run(catch_up(world.session)) == 0


@pytest.mark.parametrize("by", [BOB, ALICE])
def test_a_commit_of_somebody_else_does_not_make_a_database_old(world: World, by: tuple[str, str]) -> None:
    world.crash()
    world.commit({ISSUE: world.read(ISSUE).replace("unassigned", "queued")}, by)
    world.start()
    world.settle()
    assert world.at(ISSUE).status is IssueStatus.QUEUED


def test_a_crash_between_commit_and_database_does_not_make_it_old(world: World) -> None:
    world.ask(Verb.SET, id="i-aaaa", changes=("status=done",))
    world.steps.fatal = world.steps.taken + 6
    world.settle()
    world.restart()
    world.settle()
    assert world.at(ISSUE).status is IssueStatus.DONE


def test_restoring_everything_brings_back_what_no_commit_holds_and_what_cannot_be_read(world: World) -> None:
    world.save(ISSUE, world.read(ISSUE).replace("First", "First, and prose that still rests"))
    world.save("issues/new.md", "---\nno end\n")
    world.advance(20.0)
    files = {path: world.tree.content(path) for path in world.paths()}
    assert world.on_branch(ISSUE) != world.read(ISSUE)
    world.crash()
    for path in files:
        world.tree.delete(path)
    run(restore_once(world.session))
    world.settle()
    assert {path: world.tree.content(path) for path in world.paths()} == files


def test_restoring_everything_without_a_database_brings_back_what_the_branch_has(world: World) -> None:
    files = {path: world.tree.content(path) for path in world.paths()}
    world.crash()
    for path in files:
        world.tree.delete(path)
    old, world.store = world.store, type(world.store)()
    old.remove()
    world.session = world.new_session()
    run(restore_once(world.session))
    run(begin(world.session))
    world.settle()
    assert {path: world.tree.content(path) for path in world.paths()} == files


@pytest.mark.parametrize("ahead", range(7, 36))
def test_a_save_that_a_write_displaced_is_merged_though_process_and_database_were_lost(ahead: int) -> None:
    world = WithoutMemory()
    world.save(ISSUE, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n")
    world.settle()
    world.forgets = True
    world.tree.before_next("exchange", lambda: world.edit(ISSUE, "First", "First, and more"))
    world.steps.fatal = world.steps.taken + ahead
    with contextlib.suppress(Crashed):
        world.ask(Verb.SET, id="i-aaaa", changes=("status=queued",))
    world.settle()
    assert not world.forgets, "the process did not end"
    world.steps.fatal = None
    if ahead > 7:
        assert "First, and more" in world.read(ISSUE)
    assert world.paths("issues/") == [ISSUE]
    world.store.remove()
