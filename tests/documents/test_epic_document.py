"""Epics: read as people tick, mended below the gates alone."""

from dataclasses import replace

import pytest

from dispatchd.documents.annotations import Annotation, LineAnchor, TopAnchor
from dispatchd.documents.boxes import untick
from dispatchd.documents.epic_document import (
    GateVerb,
    compose_epic,
    epic_facts,
    fact_values,
    parse_epic,
    person_part,
    render_epic,
)
from dispatchd.domain.epic import (
    Criterion,
    Epic,
    Gate,
    GateKind,
    GatePlan,
    GateState,
    Stage,
    StagePlan,
    StageState,
)
from tests.documents.document_cast import (
    BOB,
    BUILD,
    DAEMON_SIGNED,
    DESIGN,
    EPIC,
    EPIC_TEXT,
    RELEASE,
    body_of,
    changed_lines,
    signed,
)


def with_build(stage: Stage) -> Epic:
    return replace(EPIC, stages=(DESIGN, stage, RELEASE))


def with_release(stage: Stage) -> Epic:
    return replace(EPIC, stages=(DESIGN, BUILD, stage))


def built(**gate: object) -> Stage:
    return replace(BUILD, gate=Gate(**gate))  # type: ignore[arg-type]


REJECTED = replace(
    built(state=GateState.REJECTED, rejection=signed(reason="link dies too early")),
    state=StageState.IN_PROGRESS,
)


def gate_block(text: str, name: str) -> list[str]:
    """The boxes of a stage, as they stand."""
    section = text.split(f"### {name}\n")[1].split("\n### ", maxsplit=1)[0].split("Gate:")[1]
    return [line.strip() for line in section.splitlines()[1:] if line.strip()]


def test_the_example_reads_as_its_stages_with_their_gates() -> None:
    document = parse_epic(EPIC_TEXT)

    assert document.problems == ()
    assert [plan.name for plan in document.plans] == ["Design", "Build", "Release"]
    gates = [plan.gate for plan in document.plans]
    assert gates == [stage.plan.gate for stage in EPIC.stages]
    build = document.stages[1]
    assert [(box.verb, box.line) for box in build.boxes] == [
        (GateVerb.APPROVE, 25),
        (GateVerb.REJECT, 26),
        (GateVerb.SKIP, 27),
    ]
    assert (build.line, build.gate_line) == (18, 23)
    assert [box.option for box in document.stages[2].boxes] == ["Blue-green", "Rolling"]
    assert document.stages[0].boxes == ()


def test_the_example_renders_to_itself() -> None:
    assert render_epic(EPIC, EPIC_TEXT) == EPIC_TEXT


def test_facts_are_read_in_the_spelling_of_the_values_that_stand() -> None:
    facts = epic_facts(parse_epic(EPIC_TEXT.replace("in_progress", "In Progress")))
    assert {key: facts[key] for key in ("id", "title", "status")} == {
        key: fact_values(EPIC)[key] for key in ("id", "title", "status")
    }


@pytest.mark.parametrize(
    ("ticked", "verb", "reason"),
    [
        ("- [x] Approve", GateVerb.APPROVE, ""),
        ("- [X] Approve", GateVerb.APPROVE, ""),
        ("- [ x] Approve", GateVerb.APPROVE, ""),
        ("- [x ] Approve", GateVerb.APPROVE, ""),
        ("* [x] Approve", GateVerb.APPROVE, ""),
        ("+ [x] approve", GateVerb.APPROVE, ""),
        ("- [x] **Approve**", GateVerb.APPROVE, ""),
        ("- [x] Approve: good work", GateVerb.APPROVE, "good work"),
        ("- [x] Approve : good work", GateVerb.APPROVE, "good work"),
        ("- [x] Approved", GateVerb.APPROVE, ""),
        ("- [x] Reject: link dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject - link dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject:\n  Reason: link dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject:\nReason: link dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject:\nlink dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject:\n\nReason: link dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject: link\n  dies", GateVerb.REJECT, "link dies"),
        ("- [x] Reject", GateVerb.REJECT, ""),
    ],
)
def test_a_tick_is_read_as_people_make_it(ticked: str, verb: GateVerb, reason: str) -> None:
    text = EPIC_TEXT.replace("- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:\n", f"{ticked}\n")
    (box,) = parse_epic(text).stages[1].boxes
    assert (box.verb, box.ticked, box.reason) == (verb, True, reason)
    assert box.lacks_reason == (verb is GateVerb.REJECT and not reason)


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n- [x] Approve\n```",
        "~~~~\n- [x] Approve\n~~~~",
        "    - [x] Approve",
        "> - [x] Approve",
        "<!--\n- [x] Approve\n-->",
        "<!-- x\n\n- [x] Approve\n-->",
        "- a list\n  - [x] Approve",
        "1. [x] Approve",
    ],
)
def test_a_box_in_code_a_quote_a_comment_or_inside_another_list_is_text(hidden: str) -> None:
    text = EPIC_TEXT.replace("- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:\n", f"{hidden}\n")
    assert parse_epic(text).stages[1].boxes == ()
    rendered = render_epic(EPIC, text)
    assert hidden in rendered
    assert "- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:" in rendered


def test_an_approved_gate_says_who_and_when_on_one_line() -> None:
    epic = with_build(built(state=GateState.APPROVED, approvals=(signed(),)))
    rendered = render_epic(epic, EPIC_TEXT.replace("- [ ] Approve", "- [x] Approve"))
    assert gate_block(rendered, "Build") == ["- [x] Approved (Alice Doe, 2026-11-20 14:02Z)"]


def test_an_approval_keeps_its_reason() -> None:
    epic = with_build(built(state=GateState.APPROVED, approvals=(signed(reason="good\nwork"),)))
    rendered = render_epic(epic, EPIC_TEXT)
    assert gate_block(rendered, "Build") == ["- [x] Approved: good work (Alice Doe, 2026-11-20 14:02Z)"]


def test_of_several_approvers_the_signed_stand_above_the_open_boxes() -> None:
    epic = with_build(built(approvals=(signed(),)))
    rendered = render_epic(epic, EPIC_TEXT.replace("- [ ] Approve", "- [x] Approve"))
    assert gate_block(rendered, "Build") == [
        "- [x] Approved (Alice Doe, 2026-11-20 14:02Z)",
        "- [ ] Approve",
        "- [ ] Reject:",
        "- [ ] Skip:",
    ]
    assert render_epic(epic, rendered) == rendered

    both = with_build(built(state=GateState.APPROVED, approvals=(signed(), signed(BOB))))
    assert gate_block(render_epic(both, rendered), "Build") == [
        "- [x] Approved (Alice Doe, 2026-11-20 14:02Z)",
        "- [x] Approved (Bob Roe, 2026-11-20 14:02Z)",
    ]


def test_a_rejected_gate_offers_to_ask_again_beside_the_reason() -> None:
    rendered = render_epic(
        with_build(REJECTED), EPIC_TEXT.replace("[ ] Reject:", "[x] Reject: link dies too early")
    )
    assert gate_block(rendered, "Build") == [
        "- [x] Rejected: link dies too early (Alice Doe, 2026-11-20 14:02Z)",
        "- [ ] Ask again",
    ]
    (again,) = parse_epic(rendered.replace("[ ] Ask", "[x] Ask")).stages[1].boxes
    assert (again.verb, again.ticked) == (GateVerb.ASK_AGAIN, True)


def test_a_gate_that_asks_again_has_fresh_boxes() -> None:
    rejected = render_epic(with_build(REJECTED), EPIC_TEXT).replace("[ ] Ask", "[x] Ask")
    assert body_of(render_epic(EPIC, rejected)) == body_of(EPIC_TEXT)


def test_a_reason_written_below_goes_into_the_stamp() -> None:
    text = EPIC_TEXT.replace("- [ ] Reject:", "- [x] Reject:").replace(
        "- [ ] Skip:\n", "- [ ] Skip:\n\nReason: link dies too early\n"
    )
    assert parse_epic(text).stages[1].boxes[1].reason == "link dies too early"
    rendered = render_epic(with_build(REJECTED), text)
    assert "Reason:" not in rendered
    assert gate_block(rendered, "Build")[0].startswith("- [x] Rejected: link dies too early (")


def test_a_skipped_gate_says_why() -> None:
    stage = replace(
        built(state=GateState.SKIPPED, skipped=signed(reason="no time")), state=StageState.SKIPPED
    )
    rendered = render_epic(with_build(stage), EPIC_TEXT)
    assert gate_block(rendered, "Build") == ["- [x] Skipped: no time (Alice Doe, 2026-11-20 14:02Z)"]


def test_unticking_what_was_done_puts_the_tick_back() -> None:
    text = EPIC_TEXT.replace("- [x] Approved", "- [ ] Approved")
    assert body_of(render_epic(EPIC, text)) == body_of(EPIC_TEXT)


def test_a_stage_that_does_not_await_its_gate_has_no_boxes() -> None:
    rendered = render_epic(with_build(replace(BUILD, state=StageState.IN_PROGRESS)), EPIC_TEXT)
    assert gate_block(rendered, "Build") == []
    assert body_of(render_epic(EPIC, rendered)) == body_of(EPIC_TEXT)


def test_the_chosen_option_is_ticked_and_stamped_and_the_others_keep_their_words() -> None:
    chosen = replace(
        RELEASE,
        state=StageState.APPROVED,
        gate=Gate(state=GateState.APPROVED, choice="Rolling", approvals=(signed(),)),
    )
    rendered = render_epic(with_release(chosen), EPIC_TEXT)
    assert gate_block(rendered, "Release") == [
        "- [ ] Blue-green",
        "- [x] Rolling (Alice Doe, 2026-11-20 14:02Z)",
    ]
    assert render_epic(with_release(chosen), rendered) == rendered
    assert parse_epic(rendered).plans[2] == parse_epic(EPIC_TEXT).plans[2]
    late = rendered.replace("- [ ] Blue-green", "- [x] Blue-green")
    assert body_of(render_epic(with_release(chosen), late)) == body_of(rendered)
    assert body_of(render_epic(EPIC, rendered)) == body_of(EPIC_TEXT)


def test_a_reason_behind_an_option_changes_neither_the_plan_nor_what_was_approved() -> None:
    with_reason = parse_epic(EPIC_TEXT.replace("- [ ] Rolling", "- [x] Rolling: cheaper"))
    assert with_reason.plans == parse_epic(EPIC_TEXT).plans
    box = with_reason.stages[2].boxes[1]
    assert (box.verb, box.option, box.ticked, box.reason) == (GateVerb.CHOOSE, "Rolling", True, "cheaper")


def test_options_that_begin_alike_are_told_apart() -> None:
    text = EPIC_TEXT.replace("- [ ] Blue-green\n- [ ] Rolling", "- [ ] Cloud: east\n- [ ] Cloud: west")
    gate = parse_epic(text).plans[2].gate
    assert gate is not None
    assert gate.options == ("Cloud: east", "Cloud: west")


def test_a_rejected_decision_says_so_below_its_options() -> None:
    rejected = replace(
        RELEASE,
        state=StageState.IN_PROGRESS,
        gate=Gate(state=GateState.REJECTED, rejection=signed(reason="neither")),
    )
    rendered = render_epic(with_release(rejected), EPIC_TEXT)
    assert gate_block(rendered, "Release") == [
        "- [ ] Blue-green",
        "- [ ] Rolling",
        "- [x] Rejected: neither (Alice Doe, 2026-11-20 14:02Z)",
        "- [ ] Ask again",
    ]
    assert parse_epic(rendered).plans == parse_epic(EPIC_TEXT).plans
    assert body_of(render_epic(EPIC, rendered)) == body_of(EPIC_TEXT)


def test_a_checkpoint_passes_by_itself_and_offers_to_be_skipped() -> None:
    text = EPIC_TEXT.replace(
        "Gate: review by @alice, @bob: Walk through the demo.",
        "Gate: checkpoint: all issues done, command test",
    )
    gate = parse_epic(text).plans[1].gate
    assert gate is not None
    assert gate.criteria == (Criterion(all_issues_done=True), Criterion(command="test"))
    waits = render_epic(EPIC, text)
    assert gate_block(waits, "Build") == ["- [ ] Skip:"]
    passed = with_build(built(state=GateState.APPROVED, approvals=(DAEMON_SIGNED,)))
    assert gate_block(render_epic(passed, waits), "Build") == ["- [x] Passed (2026-11-20 14:02Z)"]


def test_half_written_reasons_and_ticks_that_wait_stay_as_they_are() -> None:
    text = EPIC_TEXT.replace("- [ ] Reject:", "* [X]  Reject:").replace("- [ ] Skip:", "* [ ] Skip: beca")
    text = text.replace("- [ ] Approve", "* [ ] Approve")
    assert render_epic(EPIC, text) == text


def test_boxes_sorted_by_a_person_stay_sorted() -> None:
    text = EPIC_TEXT.replace(
        "- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:", "- [ ] Skip:\n\n- [ ] Approve\n\n- [ ] Reject:"
    )
    assert render_epic(EPIC, text) == text


def test_the_substance_of_a_stage_is_its_words_without_the_daemons() -> None:
    before = parse_epic(EPIC_TEXT)
    ticked = EPIC_TEXT.replace("[ ] Reject:", "[x] Reject: no")
    noted = render_epic(
        EPIC,
        ticked,
        [Annotation(anchor=LineAnchor(line="- [x] Reject: no"), message="only @alice or @bob may")],
    )
    linked = noted.replace("· in progress", "· done").replace("1. [Send", "- [Send").replace("\n\n", "\n\n\n")
    assert [plan.substance for plan in parse_epic(linked).plans] == [plan.substance for plan in before.plans]
    changed = parse_epic(EPIC_TEXT.replace("Walk through the demo.", "Walk through the demo twice."))
    assert changed.plans[1].substance != before.plans[1].substance
    assert changed.plans[2].substance == before.plans[2].substance


def test_the_persons_part_is_the_same_whatever_the_daemon_writes() -> None:
    mine = person_part(EPIC_TEXT)
    for stage in (REJECTED, built(approvals=(signed(),)), replace(BUILD, state=StageState.PENDING)):
        rendered = render_epic(with_build(stage), EPIC_TEXT, [Annotation(anchor=TopAnchor(), message="hm")])
        assert person_part(rendered) == mine
    assert person_part(EPIC_TEXT.replace("What and why", "What, and why")) != mine


def test_a_note_stands_inside_the_list_under_its_box_and_goes_again() -> None:
    note = Annotation(
        anchor=LineAnchor(line="- [x] Reject:"), message="needs a reason: write it behind the colon"
    )
    text = EPIC_TEXT.replace("[ ] Reject:", "[x] Reject:")
    noted = render_epic(EPIC, text, [note])
    assert changed_lines(text, noted) == ["+   > dispatchd: needs a reason: write it behind the colon"]
    assert render_epic(EPIC, noted, [note]) == noted
    assert body_of(render_epic(EPIC, noted)) == body_of(text)
    assert body_of(render_epic(EPIC, untick(noted, 26))) == body_of(EPIC_TEXT)


def test_problems_name_their_lines_and_a_gate_nobody_can_read_stays_shut() -> None:
    text = "## Stages\n\n### One\n\nGate: aproval: ok?\n\n### one\n\nGate: decision: which?\n\nGate: review\n\n### \n\nGate: checkpoint: moon is full\n"
    document = parse_epic(text)
    assert [(problem.line, problem.what) for problem in document.problems] == [
        (7, 'There is a stage "one" on line 3 already'),
        (13, "This stage has no name"),
        (5, '"aproval: ok?" names no kind of gate'),
        (11, "This stage has a gate on line 9 already, so this one does not count"),
        (9, "A decision gate needs two options or more"),
        (15, '"moon is full" is nothing that can be checked, so the gate asks a person'),
    ]
    assert {plan.gate.kind for plan in document.plans if plan.gate} == {GateKind.APPROVAL, GateKind.DECISION}


def test_a_gate_outside_the_stages_is_pointed_at() -> None:
    (problem,) = parse_epic("Gate: approval: ok?\n").problems
    assert (problem.line, problem.what) == (1, "This gate belongs to no stage")


def test_a_new_epic_is_written_whole() -> None:
    plan = GatePlan(kind=GateKind.REVIEW, question="Walk through the demo.", approvers=("alice", "bob"))
    epic = replace(
        EPIC, stages=(Stage(plan=StagePlan(name="Build", gate=plan), state=StageState.AWAITING_GATE), RELEASE)
    )
    assert (
        compose_epic(epic, "What and why …")
        == """\
---
id: e-3fq9
title: Passwordless login
status: in_progress
---

What and why …

## Stages

### Build

Gate: review by @alice, @bob: Walk through the demo.

- [ ] Approve
- [ ] Reject:
- [ ] Skip:

### Release

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""
    )


def test_line_endings_of_a_file_are_kept() -> None:
    crlf = EPIC_TEXT.replace("\n", "\r\n")
    assert render_epic(EPIC, crlf) == crlf
    rendered = render_epic(with_build(REJECTED), crlf)
    assert rendered.count("\n") == rendered.count("\r\n")
    assert (
        rendered.replace("\r\n", "\n").splitlines()[5:]
        == render_epic(with_build(REJECTED), EPIC_TEXT).splitlines()[5:]
    )


def test_a_file_without_a_final_newline_stays_without() -> None:
    text = EPIC_TEXT.removesuffix("- [ ] Blue-green\n- [ ] Rolling\n").rstrip() + "\n\n- [ ] One\n- [ ] Two"
    rejected = replace(RELEASE, gate=Gate(state=GateState.REJECTED, rejection=signed(reason="no")))
    rendered = render_epic(with_release(rejected), text)
    assert rendered.endswith("- [ ] Ask again")
    assert not render_epic(EPIC, rendered).endswith("\n")
