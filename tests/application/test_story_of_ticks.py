import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.proposal import ProposalStatus
from tests.application.world import BOB, World

EPIC, PROPOSAL = "epics/login.md", "proposals/argon.md"
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

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling

### Release

Gate: review by @alice, @bob: Walk through the demo.
"""
PROPOSAL_TEXT = """\
---
id: p-9xw4
voters: [coder, "@alice", "@bob"]
---

# Use argon2id
"""


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.save(PROPOSAL, PROPOSAL_TEXT)
    world.settle()


def stage(world: World, name: str) -> str:
    section: str = world.read(EPIC).split(f"### {name}\n")[1].split("\n### ")[0]
    return section


@pytest.mark.parametrize(
    "tick", ["- [x] Approve", "- [X] Approve", "- [ x] Approve", "* [x ] Approve", "+ [x] approve"]
)
def test_ticking_approve_replaces_the_box_by_who_and_when_and_opens_the_next_stage(
    world: World, tick: str
) -> None:
    world.edit(EPIC, "- [ ] Approve", tick)
    world.settle()
    assert "Approved (Alice Doe, 2026-11-21 07:" in stage(world, "Design")
    assert "- [ ] Reject" not in stage(world, "Design")
    assert len(world.happened("GateApproved")) == 1
    assert world.paths("decisions/")
    assert any("approves “Design”" in subject for subject in world.subjects())


def test_the_answer_to_a_tick_goes_at_once_even_while_the_file_saves_itself(world: World) -> None:
    for number in range(4):
        world.save(EPIC, world.read(EPIC).replace("# Passwordless", f"# {number} Passwordless", 1))
        world.advance(1.0)
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.advance(2.0)
    assert "Approved (Alice Doe" in stage(world, "Design")


def test_a_rejection_without_a_reason_waits_and_is_no_refusal(world: World) -> None:
    world.edit(EPIC, "- [ ] Reject:", "- [x] Reject:")
    world.settle()
    assert "needs a reason" in stage(world, "Design")
    assert not world.happened("GateRejected")
    assert not world.happened("EditRefused")
    world.edit(EPIC, "- [x] Reject:", "- [x] Reject: link dies too early")
    world.settle()
    assert "- [x] Rejected: link dies too early (Alice Doe, 2026-11-21 07:" in stage(world, "Design")
    assert "needs a reason" not in stage(world, "Design")
    assert len(world.happened("GateRejected")) == 1


def test_contradicting_ticks_do_nothing_and_the_file_says_so(world: World) -> None:
    world.edit(EPIC, "- [ ] Approve\n- [ ] Reject:", "- [x] Approve\n- [x] Reject: hm")
    world.settle()
    assert not world.happened("GateApproved")
    assert not world.happened("GateRejected")
    assert "tick one only" in stage(world, "Design")
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "dispatchd:" not in world.read(EPIC)


def test_unticking_what_was_done_puts_the_tick_back(world: World) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    done = world.read(EPIC)
    world.edit(EPIC, "- [x] Approved", "- [ ] Approved")
    world.settle()
    assert world.read(EPIC).count("- [x] Approved") == 1
    assert len(world.happened("GateApproved")) == 1
    assert stage(world, "Design").strip() == done.split("### Design\n")[1].split("\n### ")[0].strip()


def test_a_line_that_says_somebody_approved_is_answered_and_approves_nothing(world: World) -> None:
    forged = "- [x] Approved (Bob Roe, 2026-11-20 14:02Z)"
    world.save(EPIC, world.read(EPIC).replace("- [ ] Skip:\n", f"- [ ] Skip:\n{forged}\n", 1))
    world.settle()
    assert forged not in world.read(EPIC)
    assert (
        '> dispatchd: tick a box that stands here to answer; dispatchd alone writes "Approved (Bob Roe'
        in (stage(world, "Design"))
    )
    assert [each.attempted for each in world.happened("EditRefused")] == [forged.removeprefix("- [x] ")]
    assert world.happened("GateApproved") == []
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert "dispatchd:" not in stage(world, "Design")
    world.edit(EPIC, "- [x] Approved (", "* [x] Approved  (")
    world.settle()
    assert "dispatchd:" not in stage(world, "Design")


def test_a_stale_buffer_with_its_tick_does_not_approve_again(world: World) -> None:
    buffer = world.read(EPIC).replace("- [ ] Approve", "- [x] Approve")
    world.save(EPIC, buffer)
    world.settle()
    world.save(EPIC, buffer)
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert world.read(EPIC).count("Approved (Alice Doe") == 1


def test_a_direction_is_chosen_among_the_persons_own_boxes(world: World) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.edit(EPIC, "- [ ] Rolling", "- [x] Rolling")
    world.settle()
    assert any("Rolling" in line for line in world.told())
    assert world.at(EPIC).stages[2].state == "awaiting_gate"


def test_a_review_waits_for_all_its_names(world: World) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.edit(EPIC, "- [ ] Rolling", "- [x] Rolling")
    world.settle()
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert world.at(EPIC).status is EpicStatus.AWAITING_GATE
    world.commit({EPIC: world.read(EPIC).replace("- [ ] Approve", "- [x] Approve")}, BOB)
    world.settle()
    assert world.at(EPIC).status is EpicStatus.COMPLETED
    assert {
        event.circumstance.actor.handle
        for event in world.events()
        if type(event.event).__name__ == "GateSigned"
    } | {
        event.circumstance.actor.handle
        for event in world.events()
        if type(event.event).__name__ == "GateApproved"
    } >= {"alice", "bob"}


def test_a_box_in_a_code_block_or_of_no_gate_is_text(world: World) -> None:
    world.save(EPIC, world.read(EPIC) + "\n```\n- [x] Approve\n```\n\n> - [x] Approve\n\n- [x] Approve\n")
    world.settle()
    assert not world.happened("GateApproved")


def test_a_box_of_a_gate_that_is_not_asking_is_refused_in_place(world: World) -> None:
    world.edit(EPIC, "Walk through the demo.\n", "Walk through the demo.\n\n- [x] Approve\n")
    world.settle()
    assert not world.happened("GateApproved")


def test_102_an_agent_cannot_approve_however_it_asks(world: World) -> None:
    with pytest.raises(Rejected):
        world.ask(Verb.GATE_APPROVE, speaker="ash", epic="e-3fq9")
    with pytest.raises(Rejected):
        world.ask(Verb.OVERRIDE, speaker="ash", proposal="p-9xw4", how="force approve", reason="quick")


def vote(world: World, person: str, box: str, reason: str = "") -> str:
    head, section = world.read(PROPOSAL).split(f"### @{person}\n")
    own, rest = section.split("\n##", 1)
    bare = box.rstrip(":")
    own = own.replace(f"- [ ] {box}", f"- [x] {bare}{': ' + reason if reason else ''}")
    return f"{head}### @{person}\n{own}\n##{rest}"


def test_votes_close_the_proposal_and_a_decision_is_written(world: World) -> None:
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.settle()
    assert world.at(PROPOSAL).status is ProposalStatus.OPEN
    world.commit({PROPOSAL: vote(world, "bob", "Approve")}, BOB)
    world.settle()
    assert world.at(PROPOSAL).status is ProposalStatus.PASSED
    assert len(world.paths("decisions/")) == 1
    assert [vote.voter for vote in world.happened("VoteCast")] == ["@alice", "@bob"]


def test_a_moved_tick_is_a_new_vote_and_a_removed_one_comes_back(world: World) -> None:
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.settle()
    world.edit(PROPOSAL, "- [x] Approve", "- [ ] Approve")
    world.settle()
    assert world.read(PROPOSAL).count("- [x] Approve") == 1
    world.edit(PROPOSAL, "- [x] Approve\n- [ ] Reject:", "- [ ] Approve\n- [x] Reject: no")
    world.settle()
    assert [vote.choice for vote in world.happened("VoteCast")] == ["approve", "reject"]
    assert "- [x] Reject: no" in world.read(PROPOSAL)


def test_a_tick_in_another_persons_section_is_refused(world: World) -> None:
    world.save(PROPOSAL, vote(world, "bob", "Approve"))
    world.settle()
    assert not world.happened("VoteCast")
    assert "dispatchd:" in world.read(PROPOSAL)
    assert "- [x] Approve" not in world.read(PROPOSAL)


def test_105_a_deleted_vote_line_comes_back(world: World) -> None:
    world.ask(Verb.VOTE, speaker="ash", proposal="p-9xw4", choice="approve", reason="fast")
    world.settle()
    line = "- ash (coder): approve. fast\n"
    world.edit(PROPOSAL, line, "")
    world.settle()
    assert line in world.read(PROPOSAL)
    assert len(world.happened("VoteCast")) == 1


def test_an_override_needs_its_reason_and_then_counts(world: World) -> None:
    world.edit(PROPOSAL, "- [ ] Force approve:", "- [x] Force approve:")
    world.settle()
    assert world.at(PROPOSAL).status is ProposalStatus.OPEN
    world.edit(PROPOSAL, "- [x] Force approve:", "- [x] Force approve: we must ship")
    world.settle()
    assert world.at(PROPOSAL).status is ProposalStatus.PASSED
    assert len(world.happened("ProposalOverridden")) == 1


def test_a_deadline_ends_the_vote_once(world: World) -> None:
    world.edit(PROPOSAL, "status: open", "status: open\ndeadline: 2026-11-21")
    world.settle()
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.settle()
    world.pass_time(17 * 3600.0)
    world.housekeeping()
    world.settle()
    assert world.at(PROPOSAL).status is not ProposalStatus.OPEN
    assert len(world.happened("ProposalClosed")) == 1


def test_a_renamed_stage_is_a_rename_and_its_issues_follow(world: World) -> None:
    world.save("issues/a.md", "---\nepic: e-3fq9\nstage: Build\n---\nA\n")
    world.settle()
    world.edit(EPIC, "### Build", "### Make")
    world.settle()
    assert world.at("issues/a.md").stage == "Make"
    assert world.field("issues/a.md", "stage") == "Make"


def test_a_gate_awaits_when_its_issues_are_done(world: World) -> None:
    world.save("epics/two.md", "---\nid: e-2222\n---\n\n## Stages\n\n### One\n\nGate: approval\n\n### Two\n")
    world.save("issues/a.md", "---\nepic: e-2222\nstage: One\n---\nA\n")
    world.settle()
    world.edit("epics/two.md", "status: draft", "status: ready")
    world.settle()
    assert world.at("epics/two.md").status is EpicStatus.IN_PROGRESS
    world.edit("issues/a.md", "unassigned", "done")
    world.settle()
    assert world.at("epics/two.md").status is EpicStatus.AWAITING_GATE
    assert "- [ ] Approve" in world.read("epics/two.md")
