"""Proposals: a section per person, agents' lines, overrides, and what came of it."""

from dataclasses import replace

import pytest

from dispatchd.documents.annotations import Annotation, LineAnchor
from dispatchd.documents.proposal_document import (
    compose_proposal,
    fact_values,
    parse_proposal,
    person_part,
    proposal_facts,
    render_proposal,
)
from dispatchd.domain.command import OverrideKind
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import (
    Choice,
    CreateIssue,
    Proposal,
    ProposalStatus,
    SetFact,
    UnreadAction,
    Vote,
)
from tests.documents.document_cast import (
    AFTERNOON,
    ALICE,
    ASH,
    BOB,
    PROPOSAL,
    PROPOSAL_TEXT,
    body_of,
    changed_lines,
    signed,
)

LINK = "../decisions/d-5m2x-use-argon2id.md"


def voted(choice: Choice, reason: str = "") -> Proposal:
    vote = Vote(voter="@alice", choice=choice, signature=signed(ALICE, reason))
    return replace(PROPOSAL, votes=(*PROPOSAL.votes, vote))


def closed(proposal: Proposal, status: ProposalStatus = ProposalStatus.PASSED) -> Proposal:
    return replace(proposal, status=status, closed_at=AFTERNOON, decision=EntityId("d-5m2x"))


def render_closed(proposal: Proposal, canvas: str) -> str:
    return render_proposal(proposal, canvas, decision_link=LINK)


def section(text: str, heading: str) -> list[str]:
    after = text.split(f"{heading}\n", 1)[1]
    return [line for line in after.split("\n#")[0].splitlines() if line]


def test_the_example_reads_as_its_facts_actions_and_boxes() -> None:
    document = parse_proposal(PROPOSAL_TEXT)
    assert document.problems == ()
    facts = proposal_facts(document)
    assert all(
        facts[key] == value for key, value in fact_values(PROPOSAL).items() if value and key != "created"
    )
    assert document.actions == PROPOSAL.actions
    (ballot,) = document.ballots
    assert ballot.person == "alice"
    assert [(box.choice, box.ticked, box.line) for box in ballot.boxes] == [
        (Choice.APPROVE, False, 24),
        (Choice.REJECT, False, 25),
        (Choice.ABSTAIN, False, 26),
        (Choice.MORE_INFO, False, 27),
    ]
    assert [box.how for box in document.overrides] == list(OverrideKind)


def test_the_example_renders_to_itself() -> None:
    assert render_proposal(PROPOSAL, PROPOSAL_TEXT) == PROPOSAL_TEXT


def test_a_tick_with_its_reason_is_read_and_stays_unstamped() -> None:
    text = PROPOSAL_TEXT.replace("[ ] More info:", "[X] more info : which cost?")
    box = parse_proposal(text).ballots[0].boxes[3]
    assert (box.ticked, box.reason, box.lacks_reason) == (True, "which cost?", False)
    assert render_proposal(voted(Choice.MORE_INFO, "which cost?"), text) == text


@pytest.mark.parametrize("box", ["Reject:", "More info:"])
def test_a_vote_that_needs_a_reason_and_has_none_waits(box: str) -> None:
    text = PROPOSAL_TEXT.replace(f"[ ] {box}", f"[x] {box}")
    waiting = [each for each in parse_proposal(text).ballots[0].boxes if each.lacks_reason]
    assert len(waiting) == 1
    assert render_proposal(PROPOSAL, text) == text
    moved = text.replace("[ ] Approve\n", "[x] Approve\n")
    assert render_proposal(voted(Choice.APPROVE), moved) == moved


def test_a_vote_given_elsewhere_is_ticked_here() -> None:
    rendered = render_proposal(voted(Choice.REJECT, "too\nslow"), PROPOSAL_TEXT)
    assert changed_lines(PROPOSAL_TEXT, rendered) == ["- - [ ] Reject:", "+ - [x] Reject: too slow"]
    changed = render_proposal(voted(Choice.APPROVE), rendered)
    assert changed_lines(PROPOSAL_TEXT, changed) == ["- - [ ] Approve", "+ - [x] Approve"]


def test_a_tick_taken_away_is_put_back() -> None:
    stands = render_proposal(voted(Choice.APPROVE), PROPOSAL_TEXT)
    assert body_of(render_proposal(voted(Choice.APPROVE), stands.replace("[x]", "[ ]"))) == body_of(stands)


def test_moving_the_tick_leaves_the_old_box_empty() -> None:
    text = render_proposal(voted(Choice.APPROVE), PROPOSAL_TEXT).replace("[ ] Reject:", "[x] Reject: no")
    rendered = render_proposal(voted(Choice.REJECT, "no"), text)
    assert section(rendered, "### @alice")[:2] == ["- [ ] Approve", "- [x] Reject: no"]


def test_agents_votes_stand_as_lines_and_a_changed_one_is_put_right() -> None:
    text = PROPOSAL_TEXT.replace("- ash (coder): approve.", "- ash (coder): reject.")
    assert body_of(render_proposal(PROPOSAL, text)) == body_of(PROPOSAL_TEXT)
    named = Vote(voter="ash", choice=Choice.MORE_INFO, signature=signed(ASH))
    rendered = render_proposal(replace(PROPOSAL, votes=(*PROPOSAL.votes, named)), PROPOSAL_TEXT)
    assert changed_lines(PROPOSAL_TEXT, rendered) == ["+ - ash: more info"]


def test_a_dropped_proposal_gets_its_votes_and_overrides_below() -> None:
    proposal = replace(PROPOSAL, voters=(), votes=())
    rendered = render_proposal(proposal, "Use argon2id?\n", people=("alice", "bob"))
    assert body_of(rendered).strip().startswith("Use argon2id?\n\n## Votes\n\n### @alice\n\n- [ ] Approve\n")
    assert rendered.endswith(
        "### @bob\n\n- [ ] Approve\n- [ ] Reject:\n- [ ] Abstain\n- [ ] More info:\n\n"
        "## Override\n\n- [ ] Force approve:\n- [ ] Force reject:\n- [ ] Veto:\n"
    )
    assert render_proposal(proposal, rendered, people=("alice", "bob")) == rendered


def test_a_new_voter_gets_a_section_and_a_former_one_loses_an_empty_one() -> None:
    bobs = replace(PROPOSAL, voters=("coder", "@bob"))
    text = PROPOSAL_TEXT.replace('voters: [coder, security, "@alice"]', 'voters: [coder, "@bob"]')
    rendered = render_proposal(bobs, text)
    assert "### @alice" not in rendered
    assert section(rendered, "### @bob") == [
        "- [ ] Approve",
        "- [ ] Reject:",
        "- [ ] Abstain",
        "- [ ] More info:",
    ]
    assert render_proposal(bobs, rendered) == rendered
    spoken = text.replace("### @alice\n", "### @alice\n\nI am away.\n")
    assert section(render_proposal(bobs, spoken), "### @alice") == ["I am away."]


def test_a_draft_is_left_alone() -> None:
    text = "---\nid: p-9xw4\ntitle: Use argon2id for password hashes\nstatus: draft\n---\n\nWhy\n"
    proposal = Proposal(
        id=PROPOSAL.id, title=PROPOSAL.title, created=AFTERNOON, proposer=ASH, status=ProposalStatus.DRAFT
    )
    assert render_proposal(proposal, text, people=("alice",)) == text


def test_a_closed_proposal_keeps_its_votes_readable_and_loses_its_boxes() -> None:
    passed = closed(voted(Choice.APPROVE, "fine"))
    rendered = render_closed(passed, render_proposal(voted(Choice.APPROVE, "fine"), PROPOSAL_TEXT))
    assert body_of(rendered).split("## Votes")[1] == (
        "\n\n- ash (coder): approve. Fastest to build.\n\n### @alice\n\n- [x] Approve: fine\n\n"
        f"## Result\n\n**Passed** 2026-11-20 14:02Z: 2 approve. Without a vote: security. "
        f"[Decision]({LINK})\n\n"
        "## Override\n\n- [ ] Veto:\n"
    )
    assert render_closed(passed, rendered) == rendered
    assert render_closed(passed, rendered.replace("[ ] Veto:", "[x] Veto:")).count("[x] Veto:") == 1


def test_a_section_nobody_voted_in_goes_when_it_closes() -> None:
    rendered = render_closed(closed(PROPOSAL, ProposalStatus.REJECTED), PROPOSAL_TEXT)
    assert "@alice\n" not in body_of(rendered)
    line = f"**Rejected** 2026-11-20 14:02Z: 1 approve. Without a vote: security, @alice. [Decision]({LINK})"
    assert rendered.endswith(f"## Result\n\n{line}\n")
    assert render_closed(closed(PROPOSAL, ProposalStatus.REJECTED), rendered) == rendered


def test_a_veto_turns_the_result_and_takes_the_last_box() -> None:
    passed = render_closed(closed(PROPOSAL), PROPOSAL_TEXT)
    vetoed = replace(closed(PROPOSAL, ProposalStatus.VETOED), override=signed(BOB, "Too slow."))
    rendered = render_closed(vetoed, passed.replace("[ ] Veto:", "[x] Veto: Too slow."))
    assert rendered.endswith(
        f"## Result\n\n**Vetoed** 2026-11-20 14:02Z, by Bob Roe: Too slow. 1 approve. [Decision]({LINK})\n"
    )
    assert render_closed(vetoed, rendered) == rendered


def test_a_forced_outcome_names_who_forced_it_and_why() -> None:
    forced = replace(closed(PROPOSAL), override=signed(ALICE, "deadline"))
    assert "**Passed** 2026-11-20 14:02Z, forced by Alice Doe: deadline. 1 approve." in render_closed(
        forced, PROPOSAL_TEXT
    )


def test_a_result_section_above_the_votes_is_a_persons() -> None:
    text = PROPOSAL_TEXT.replace("## If it passes", "## Result\n\n**Passed** the exam.\n\n## If it passes")
    assert render_proposal(PROPOSAL, text) == text
    assert "**Passed** the exam." in render_closed(closed(PROPOSAL), text)


def test_the_persons_part_is_the_same_whatever_the_daemon_writes() -> None:
    mine = person_part(PROPOSAL_TEXT)
    assert mine == (
        "Why …\n## If it passes\n- create issue: Replace bcrypt in auth.py\n- set i-7k2m priority: high"
    )
    for proposal in (voted(Choice.REJECT, "no"), closed(PROPOSAL), closed(voted(Choice.ABSTAIN))):
        assert person_part(render_closed(proposal, PROPOSAL_TEXT)) == mine


def test_two_ticks_at_once_stay_with_a_word_under_each() -> None:
    text = PROPOSAL_TEXT.replace("[ ] Approve", "[x] Approve").replace("[ ] Abstain", "[x] Abstain")
    notes = [
        Annotation(anchor=LineAnchor(line=f"- [x] {label}"), message="tick one only")
        for label in ("Approve", "Abstain")
    ]
    noted = render_proposal(PROPOSAL, text, notes)
    assert section(noted, "### @alice") == [
        "- [x] Approve",
        "  > dispatchd: tick one only",
        "- [ ] Reject:",
        "- [x] Abstain",
        "  > dispatchd: tick one only",
        "- [ ] More info:",
    ]
    assert render_proposal(PROPOSAL, noted, notes) == noted


def test_overrides_are_read_with_their_reasons() -> None:
    text = PROPOSAL_TEXT.replace("[ ] Veto:", "[x] Veto: costs too much")
    box = parse_proposal(text).overrides[2]
    assert (box.how, box.ticked, box.reason, box.line) == (OverrideKind.VETO, True, "costs too much", 33)
    assert parse_proposal(PROPOSAL_TEXT.replace("[ ] Veto:", "[x] Veto:")).overrides[2].lacks_reason


def test_a_new_proposal_is_written_whole() -> None:
    text = compose_proposal(PROPOSAL, "Why …")
    assert body_of(text) == body_of(PROPOSAL_TEXT)
    assert text.replace("---\n\nWhy", "rev: r77ab12cd\n---\n\nWhy") == PROPOSAL_TEXT


def test_actions_that_cannot_be_read_are_problems_with_their_lines() -> None:
    text = PROPOSAL_TEXT.replace("- set i-7k2m priority: high", "- set priority: high\n- frobnicate")
    document = parse_proposal(text)
    assert [problem.line for problem in document.problems] == [16, 17]
    assert document.actions == (
        CreateIssue(title="Replace bcrypt in auth.py"),
        UnreadAction(text="set priority: high"),
        UnreadAction(text="frobnicate"),
    )
    assert document.action_lines == (15, 16, 17)
    assert SetFact(target="i-7k2m", key="priority", value="high") in parse_proposal(PROPOSAL_TEXT).actions
