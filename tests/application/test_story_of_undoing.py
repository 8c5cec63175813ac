"""Taking back what happened, by the event that takes it back; and what cannot be, with what to do instead."""

from typing import Any

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from tests.application.world import BOB, World

ISSUE, EPIC, PROPOSAL = "issues/login.md", "epics/login.md", "proposals/argon.md"
TEXT = "---\nid: i-7k2m\nstatus: queued\npriority: low\nlabels: [auth]\n---\n\n# Login times out\n\nText.\n"
EPIC_TEXT = """\
---
id: e-3fq9
status: ready
---

# Passwordless login

## Stages

### Design

Gate: approval: Is the flow right?

### Build

Gate: approval: Is it built?
"""


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(ISSUE, TEXT)
    world.settle()
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.settle()


def last(world: World, name: str) -> str:
    return [each.id for each in world.events() if type(each.event).__name__ == name][-1]


def undo(world: World, name: str) -> Any:
    done = world.ask(Verb.UNDO, event=last(world, name)[:8])
    world.settle()
    return done


def change(world: World, *changes: str) -> None:
    world.ask(Verb.SET, noun="issue", id="i-7k2m", changes=changes)
    world.settle()


def facts(world: World) -> tuple[str, str | None]:
    issue = world.entity("i-7k2m")
    return str(issue.status), issue.assignee


def test_a_fact_is_as_it_was_and_the_log_names_both(world: World) -> None:
    world.edit(ISSUE, "priority: low", "priority: critical")
    world.settle()
    undone = last(world, "FactSet")
    done = undo(world, "FactSet")
    assert world.field(ISSUE, "priority") == "low"
    assert done["told"][0] == (
        f"Alice Doe undoes {undone[:6]}: Alice Doe sets priority of i-7k2m to critical: Login times out"
    )
    assert world.happened("EventUndone")[0].undone == undone
    with pytest.raises(Rejected, match="was undone by Alice Doe, 2026-11-21"):
        world.ask(Verb.UNDO, event=undone)
    undo(world, "FactSet")
    assert world.field(ISSUE, "priority") == "critical"


def test_what_somebody_has_changed_since_is_not_touched(world: World) -> None:
    change(world, "priority=high")
    first = last(world, "FactSet")
    change(world, "priority=critical")
    with pytest.raises(
        Rejected, match=r'^set it as you want it: dispatchd issue set i-7k2m priority=low; it is "crit'
    ):
        world.ask(Verb.UNDO, event=first)
    assert world.field(ISSUE, "priority") == "critical"
    assert not world.happened("EventUndone")


def test_a_set_gets_back_what_it_lost_and_keeps_what_came_since(world: World) -> None:
    change(world, "labels+=network", "labels-=auth")
    change(world, "labels+=later")
    first = [each.id for each in world.events() if type(each.event).__name__ == "SetChanged"]
    world.ask(Verb.UNDO, event=first[-2])
    world.settle()
    assert set(world.entity("i-7k2m").labels) == {"network", "later", "auth"}


@pytest.mark.parametrize(
    ("first", "change_to", "event", "after"),
    [
        ((), ("status=unassigned",), "IssueMoved", ("queued", None)),
        ((), ("status=done",), "IssueMoved", ("queued", None)),
        ((), ("status=cancelled",), "IssueMoved", ("queued", None)),
        ((), ("status=in_review!",), "IssueMoved", ("queued", None)),
        ((), ("assignee=ash",), "IssueMoved", ("queued", None)),
        ((), ("assignee=ash",), "FactSet", ("queued", None)),
        (("assignee=ash",), ("assignee=",), "FactSet", ("assigned", "ash")),
        (("assignee=ash",), ("status=queued",), "IssueMoved", ("assigned", "ash")),
        (("assignee=ash",), ("status=unassigned",), "IssueMoved", ("assigned", "ash")),
        (("assignee=ash",), ("status=in_progress",), "IssueMoved", ("assigned", "ash")),
        (("status=unassigned", "assignee=ash"), ("status=queued",), "IssueMoved", ("unassigned", "ash")),
        (("status=done",), ("status=queued!",), "IssueMoved", ("done", None)),
        (("assignee=ash",), ("assignee=alice",), "FactSet", ("assigned", "ash")),
    ],
)  # fmt: skip
def test_states_and_assignments_are_as_before(
    world: World,
    first: tuple[str, ...],
    change_to: tuple[str, ...],
    event: str,
    after: tuple[str, str | None],
) -> None:
    if first:
        change(world, *first)
    assert facts(world) == after
    change(world, *change_to)
    assert facts(world) != after
    undo(world, event)
    assert facts(world) == after


def test_a_deleted_issue_comes_back_with_its_text(world: World) -> None:
    before = world.read(ISSUE)
    world.delete(ISSUE)
    world.settle()
    undo(world, "EntityRemoved")
    assert world.read(ISSUE) == before
    assert facts(world) == ("queued", None)
    undo(world, "EntityRestored")
    assert ISSUE not in world.paths()
    assert world.on_branch(ISSUE) is None


def test_a_comment_goes_from_the_file_and_stays_in_the_log(world: World) -> None:
    world.ask(Verb.COMMENT, id="i-7k2m", text="Wrong issue, sorry.")
    world.settle()
    undo(world, "CommentAdded")
    assert "## Activity" not in world.read(ISSUE)
    assert any("takes back a comment on i-7k2m" in line for line in world.told())
    with pytest.raises(Rejected):
        world.ask(Verb.UNDO, event=last(world, "CommentAdded"))
    with pytest.raises(Rejected, match=r"^say it again"):
        world.ask(Verb.UNDO, event=last(world, "CommentWithdrawn"))


def test_the_brake_is_let_go_and_pulled_again(world: World) -> None:
    world.ask(Verb.PAUSE, reason="Lunch")
    world.settle()
    undo(world, "WorkPaused")
    assert world.paths("PAUSE") == []
    undo(world, "WorkResumed")
    assert world.paths("PAUSE") == ["PAUSE"]
    assert world.read("PAUSE") == "Lunch\n"
    assert world.store.look(lambda work: work.pause.reason if work.pause else None) == "Lunch"


def test_the_reason_that_comes_back_is_the_last_one_there_was(world: World) -> None:
    for reason in ("Lunch", "Supper"):
        world.ask(Verb.PAUSE, reason=reason)
        world.settle()
    world.ask(Verb.RESUME)
    world.settle()
    undo(world, "WorkResumed")
    assert world.read("PAUSE") == "Supper\n"


def test_taking_back_another_reason_leaves_the_brake_on(world: World) -> None:
    for reason in ("Lunch", "Supper"):
        world.ask(Verb.PAUSE, reason=reason)
        world.settle()
    undo(world, "WorkPaused")
    assert world.read("PAUSE") == "Lunch\n"
    world.ask(Verb.RESUME)
    world.settle()
    assert world.paths("PAUSE") == []


def test_a_brake_without_a_reason_comes_back_without_one(world: World) -> None:
    world.ask(Verb.PAUSE)
    world.settle()
    world.delete("PAUSE")
    world.settle()
    undo(world, "WorkResumed")
    assert world.store.look(lambda work: work.pause.reason if work.pause else None) == ""


def test_an_approval_can_be_taken_back_until_something_is_built_on_it(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert world.entity("e-3fq9").stages[0].state == "approved"
    undo(world, "GateApproved")
    assert world.entity("e-3fq9").stages[0].state == "awaiting_gate"
    assert "- [ ] Approve" in world.read(EPIC)
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.save("issues/b.md", "---\nepic: e-3fq9\nstage: Build\nstatus: in_progress\n---\n\n# Build it\n")
    world.settle()
    with pytest.raises(Rejected, match=r'^reject a gate further on; what comes after "Design" has begun'):
        undo(world, "GateApproved")


def test_a_cancelled_epic_goes_on(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()
    world.edit(EPIC, "status: awaiting_gate", "status: cancelled")
    world.settle()
    assert world.entity("e-3fq9").status == "cancelled"
    undo(world, "EpicMoved")
    assert world.entity("e-3fq9").status == "awaiting_gate"


def test_votes_records_and_answers_stay_and_the_refusal_says_what_to_do(world: World) -> None:
    world.save(PROPOSAL, '---\nid: p-9xw4\nvoters: ["@alice"]\n---\n\n# Use argon2id\n')
    world.settle()
    world.ask(Verb.VOTE, proposal="p-9xw4", choice="approve")
    world.settle()
    for name, instead in (
        ("VoteCast", "^veto it: dispatchd override p-9xw4 veto"),
        ("ProposalClosed", "^veto it"),
        ("DecisionRecorded", "^undo what d-.* records"),
        ("IssueOpened", "^cancel it, or delete its file"),
        ("AgentIntroduced", "^write .paused: true."),
    ):
        with pytest.raises(Rejected, match=instead):
            world.ask(Verb.UNDO, event=last(world, name))
    with pytest.raises(Rejected, match="none begins with"):
        world.ask(Verb.UNDO, event="zzzz")
    assert not world.happened("EventUndone")


def test_the_last_things_that_can_be_taken_back_are_listed(world: World) -> None:
    change(world, "priority=high")
    change(world, "assignee=ash")
    world.commit(
        {ISSUE: world.read(ISSUE).replace("type: ", "type: ").replace("labels: [auth]", "labels: [x]")}, BOB
    )
    world.settle()
    world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text="Hm.")
    world.settle()
    listed = world.ask(Verb.UNDO)["items"]
    assert [each["told"].split(" i-7k2m")[0] for each in listed] == [
        "ash comments on",
        "Bob Roe changes labels of",
        "Alice Doe assigns",
        "Alice Doe sets priority of",
    ]
    for each in listed:
        world.ask(Verb.UNDO, event=each["id"])
        world.settle()
    assert facts(world) == ("queued", None)
    assert world.field(ISSUE, "priority") == "low"
    assert world.entity("i-7k2m").labels == ("auth",)
