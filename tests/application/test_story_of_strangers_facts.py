"""Commits of somebody who is not in `[people]` change texts and ordinary facts, and decide nothing."""

import pytest

from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus, Priority
from dispatchd.domain.proposal import ProposalStatus
from tests.application.world import BOB, World

MALLORY = ("Mallory", "mallory@evil.example")
E = "epics/e.md"
P = "proposals/p.md"
ISSUE = "issues/i.md"
AGENT = "agents/ash/agent.md"
GATE = "Gate: approval by @alice: Is it right?\n"
EPIC = f"---\nid: e-aaaa\ntitle: E\nstatus: ready\n---\n\n## Stages\n\n### One\n\n{GATE}\n### Two\n\nGate: approval: And this?\n"
PROPOSAL = (
    "---\nid: p-aaaa\ntitle: P\nstatus: open\nthreshold: unanimous\nvoters: ['@alice', '@bob']\n"
    "deadline: 2099-01-01\n---\n\nWhy\n\n## If it passes\n\n- create issue: good\n"
)


@pytest.fixture(autouse=True)
def _things(world: World) -> None:
    world.save(E, EPIC)
    world.save(P, PROPOSAL)
    world.save(ISSUE, "---\nid: i-aaaa\ntitle: I\n---\n\nText\n")
    world.save(AGENT, "---\nname: ash\nrole: coder\n---\n\nCard\n")
    world.settle()


def epic_status(world: World) -> EpicStatus | None:
    epic = world.store.look(lambda work: work.epic(EntityId("e-aaaa")))
    return None if epic is None or epic.removed else epic.status


def proposal_status(world: World) -> ProposalStatus | None:
    proposal = world.store.look(lambda work: work.proposal(EntityId("p-aaaa")))
    return None if proposal is None or proposal.removed else proposal.status


def mallory_writes(world: World, path: str, before: str, after: str) -> None:
    text = world.read(path)
    assert before in text, text
    world.commit({path: text.replace(before, after, 1)}, MALLORY)
    world.settle()


def test_a_gate_that_a_stranger_takes_out_is_back_and_still_asks(world: World) -> None:
    as_it_was = world.read(E)
    mallory_writes(world, E, GATE, "")
    assert epic_status(world) is EpicStatus.AWAITING_GATE
    told = world.read(E)
    assert GATE in told
    assert "changing the stages and gates of an epic at work" in told
    assert told.partition("## Stages")[2] == as_it_was.partition("## Stages")[2]


def test_a_save_after_that_does_not_confirm_it(world: World) -> None:
    mallory_writes(world, E, GATE, "")
    world.edit(E, "### Two", "Some more.\n\n### Two")
    world.settle()
    assert epic_status(world) is EpicStatus.AWAITING_GATE
    world.edit(E, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert "Approved (" in world.read(E)


def test_the_text_of_an_epic_is_a_strangers_to_mend(world: World) -> None:
    mallory_writes(world, E, "### Two", "A better word.\n\n### Two")
    assert "A better word." in world.read(E)
    assert "for the people" not in world.read(E)


@pytest.mark.parametrize("status", ["cancelled", "draft", "completed"])
def test_a_stranger_ends_no_epic(world: World, status: str) -> None:
    mallory_writes(world, E, "status: awaiting_gate", f"status: {status}")
    assert epic_status(world) is EpicStatus.AWAITING_GATE
    assert "status: awaiting_gate" in world.read(E)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status: open", "status: withdrawn"),
        ("voters: ['@alice', '@bob']", "voters: ['@bob']"),
        ("threshold: unanimous", "threshold: single_approval"),
        ("deadline: 2099-01-01", "deadline: 2020-01-01"),
        ("create issue: good", "create issue: evil"),
    ],
)
def test_what_is_voted_on_and_by_whom_is_no_strangers(world: World, before: str, after: str) -> None:
    stood = world.store.look(lambda work: work.proposal(EntityId("p-aaaa")))
    mallory_writes(world, P, before, after)
    assert world.store.look(lambda work: work.proposal(EntityId("p-aaaa"))) == stood
    assert before in world.read(P) or before.startswith("voters")  # a set keeps its members, not their order
    assert "for the people under [people]" in world.read(P)


def test_actions_that_were_voted_on_are_back_in_the_file(world: World) -> None:
    world.edit(P, "### @alice\n\n- [ ] Approve", "### @alice\n\n- [x] Approve")
    world.settle()
    mallory_writes(world, P, "create issue: good", "create issue: evil")
    assert "create issue: good" in world.read(P)
    assert "evil" not in world.read(P)


@pytest.mark.parametrize("path", [E, P, ISSUE])
def test_a_file_that_a_stranger_deletes_is_back_with_a_notice(world: World, path: str) -> None:
    text = world.read(path)
    world.commit({path: None}, MALLORY)
    world.settle()
    assert world.read(path) == text
    notices = [each for each in world.paths() if each.startswith("inbox/") and "is-back" in each]
    assert len(notices) == 1
    assert "deleting is for the people" in world.read(notices[0])


def test_an_agents_card_is_no_strangers(world: World) -> None:
    mallory_writes(world, AGENT, "role: coder", "role: security")
    agent = world.store.look(lambda work: work.agent("ash"))
    assert agent is not None
    assert agent.role == "coder"
    world.commit({"agents/eve/agent.md": "---\nrole: security\n---\n\nCard\n"}, MALLORY)
    world.settle()
    assert world.store.look(lambda work: work.agent("eve")) is None


def test_facts_and_text_of_an_issue_may_come_from_anybody(world: World) -> None:
    mallory_writes(world, ISSUE, "priority: medium", "priority: high")
    mallory_writes(world, ISSUE, "status: unassigned", "status: queued")
    mallory_writes(world, ISSUE, "Text", "Better text")
    assert world.at(ISSUE).priority is Priority.HIGH
    assert world.at(ISSUE).status is IssueStatus.QUEUED
    assert "Better text" in world.read(ISSUE)


def test_a_new_proposal_of_a_stranger_is_a_draft_whatever_it_says(world: World) -> None:
    for status in ("passed", "open"):
        path = f"proposals/{status}.md"
        world.commit({path: f"---\ntitle: N\nstatus: {status}\nvoters: ['@alice']\n---\n\nWhy\n"}, MALLORY)
        world.settle()
        assert "status: draft" in world.read(path)


def test_a_new_epic_of_a_stranger_is_a_draft_whatever_it_says(world: World) -> None:
    for status in ("ready", "completed"):
        path = f"epics/{status}.md"
        text = f"---\ntitle: N\nstatus: {status}\n---\n\n## Stages\n\n### One\n\nGate: approval: Well?\n"
        world.commit({path: text}, MALLORY)
        world.settle()
        assert "status: draft" in world.read(path)


def test_a_copy_of_a_passed_proposal_has_not_passed_and_keeps_every_line(world: World) -> None:
    world.edit(P, "- [ ] Force approve:", "- [x] Force approve: it is urgent")
    world.settle()
    assert proposal_status(world) is ProposalStatus.PASSED
    passed = world.read(P)
    world.save("proposals/copy.md", passed)
    world.settle()
    copy = world.read("proposals/copy.md")
    assert "status: draft" in copy
    assert "cannot say that its vote is over" in copy
    assert copy.partition("## Votes")[2] == passed.partition("## Votes")[2]


def test_somebody_of_people_decides_by_a_commit_as_before(world: World) -> None:
    world.commit({E: world.read(E).replace(GATE, "", 1)}, BOB)
    world.settle()
    assert "Approved" not in world.read(E)
    epic = world.store.look(lambda work: work.epic(EntityId("e-aaaa")))
    assert epic is not None
    assert epic.stages[0].plan.gate is None


def test_an_address_that_begins_with_a_persons_name_is_not_theirs(world: World) -> None:
    text = world.read(E).replace("- [ ] Approve", "- [x] Approve", 1)
    world.commit({E: text}, ("Alice", "alice@evil.example"))
    world.settle()
    assert "Approved (" not in world.read(E)
