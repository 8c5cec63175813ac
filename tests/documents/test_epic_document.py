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
    Gate,
    GateKind,
    GatePlan,
    GateState,
    Stage,
    StagePlan,
    StageState,
)
from tests.documents.document_cast import (
    BUILD,
    EPIC,
    EPIC_TEXT,
    RELEASE,
    body_of,
    changed_lines,
    signed,
)
from tests.documents.epic_gates_cast import REJECTED, built, with_build, with_release


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
