"""Gates: live boxes while they await, stamps of what was done, a person's options in their own words."""

from dataclasses import replace

from dispatchd.documents.epic_document import (
    GateVerb,
    parse_epic,
    render_epic,
)
from dispatchd.domain.epic import (
    Criterion,
    Gate,
    GateState,
    StageState,
)
from tests.documents.document_cast import (
    BOB,
    BUILD,
    DAEMON_SIGNED,
    EPIC,
    EPIC_TEXT,
    RELEASE,
    body_of,
    signed,
)
from tests.documents.epic_gates_cast import REJECTED, built, gate_block, with_build, with_release


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
