"""INV5 for bodies: whatever a person writes between the daemon's lines, and whatever happens, their lines stay.

Each document has lines of all sorts put into it at random places and is then rendered for a random state.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatchd.documents import epic_document, issue_document, proposal_document, thread_document
from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.annotations import Annotation, KeyAnchor, LineAnchor, TopAnchor
from dispatchd.domain.epic import Epic, EpicStatus, Gate, GateState, Stage, StageState
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus, Vote
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn
from tests.documents.document_cast import (
    AFTERNOON,
    ALICE,
    ASH,
    BOB,
    EPIC,
    EPIC_TEXT,
    ISSUE,
    ISSUE_TEXT,
    MORNING,
    PROPOSAL,
    PROPOSAL_TEXT,
    THREAD,
    THREAD_TEXT,
    signed,
)

LINES: Final = (
    "", "  ", "words zz{n}", "- item zz{n}", "- [ ] box zz{n}", "- [x] done zz{n}", "* [X] star zz{n}",
    "+ plus zz{n}", "1. one zz{n}", "  deeper zz{n}", "    code zz{n}", "\ttab zz{n}", "> quote zz{n}",
    ">lazy zz{n}", "```", "~~~ zz{n}", "<!-- zz{n}", "-->", "<div>zz{n}", "#### Four zz{n}", "### Three zz{n}",
    "## Two zz{n}", "---", "===", "| a | zz{n} |", "[zz{n}]: http://x", "**ash**, zz{n}", "  > nested zz{n}",
    "Reason: zz{n}", "\\- zz{n}", "&nbsp;zz{n}", "zz{n}  ", "- - zz{n}", "-\tzz{n}", "- [x](zz{n})", "*** zz{n}",
    "\u2028zz{n}", "zz{n}\x0b", "\xa0zz{n}",
)  # fmt: skip
MARK: Final = re.compile(r"zz\d+x")
MESSAGES: Final = ("needs a reason", 'kept "queued"; write `x`')

Put = Callable[[str], str]


@st.composite
def edits(draw: st.DrawFn, text: str) -> str:
    """*text* with lines of a person put into its body, in any line ending, with or without a final newline."""
    head, body = text.split("---\n", 2)[1:]
    lines = body.splitlines()
    for number in range(draw(st.integers(0, 6))):
        line = draw(st.sampled_from(LINES)).format(n=f"{number}x")
        lines.insert(draw(st.integers(0, len(lines))), line)
    whole = "---\n" + head + "---\n" + "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n\n\n"]))
    return whole.replace("\n", "\r\n") if draw(st.booleans()) else whole


@st.composite
def notes(draw: st.DrawFn, canvas: str) -> tuple[Annotation, ...]:
    """Annotations on any lines and keys."""
    lines = [line for line in canvas.splitlines() if line.strip()]
    anchors = st.one_of(
        st.sampled_from(lines).map(lambda line: LineAnchor(line=line)),
        st.just(TopAnchor()),
        st.sampled_from(["status", "title", "nothing"]).map(lambda key: KeyAnchor(key=key)),
    )
    one = st.builds(
        lambda anchor, message: Annotation(anchor=anchor, message=message), anchors, st.sampled_from(MESSAGES)
    )
    return tuple(draw(st.lists(one, max_size=3)))


def keeps_what_is_a_persons(
    canvas: str,
    put: Put,
    put_with: Callable[[str, Sequence[Annotation]], str],
    said: Sequence[Annotation],
    part: Put,
) -> None:
    """What holds for every kind."""
    rendered = put(canvas)
    assert put(rendered) == rendered
    assert part(rendered) == part(canvas)
    for mark in MARK.findall(canvas):
        assert mark in rendered
    assert rendered.replace("\r\n", "").count("\n") == (0 if "\r\n" in canvas else rendered.count("\n"))
    if not canvas.endswith("\n") and rendered.startswith(canvas[:3]):
        assert not rendered.endswith("\n")
    noted = put_with(rendered, said)
    assert put_with(noted, said) == noted
    assert part(noted) == part(canvas)
    for mark in MARK.findall(canvas):
        assert mark in noted
    without = put(noted)
    assert "dispatchd:" not in without
    assert [line for line in without.splitlines() if line.strip() and "rev:" not in line] == [
        line for line in rendered.splitlines() if line.strip() and "rev:" not in line
    ]


GATES: Final = (
    (StageState.PENDING, Gate()),
    (StageState.IN_PROGRESS, Gate()),
    (StageState.AWAITING_GATE, Gate()),
    (StageState.AWAITING_GATE, Gate(approvals=(signed(),))),
    (StageState.APPROVED, Gate(state=GateState.APPROVED, approvals=(signed(reason="ok"), signed(BOB)))),
    (StageState.APPROVED, Gate(state=GateState.APPROVED, approvals=(signed(),), choice="Rolling")),
    (StageState.IN_PROGRESS, Gate(state=GateState.REJECTED, rejection=signed(reason="no (really)"))),
    (StageState.SKIPPED, Gate(state=GateState.SKIPPED, skipped=signed(reason="late"))),
)


@st.composite
def epics(draw: st.DrawFn) -> Epic:
    states = [draw(st.sampled_from(GATES)) for _ in EPIC.stages]
    stages = tuple(
        Stage(plan=stage.plan, state=state, gate=gate)
        for stage, (state, gate) in zip(EPIC.stages, states, strict=True)
    )
    return replace(EPIC, status=draw(st.sampled_from(list(EpicStatus))), stages=stages)


@settings(max_examples=100)
@given(st.data())
def test_epics(data: st.DataObject) -> None:
    canvas, epic, before = data.draw(edits(EPIC_TEXT)), data.draw(epics()), data.draw(epics())
    canvas = epic_document.render_epic(before, canvas)
    keeps_what_is_a_persons(
        canvas,
        lambda text: epic_document.render_epic(epic, text),
        lambda text, said: epic_document.render_epic(epic, text, said),
        data.draw(notes(canvas)),
        epic_document.person_part,
    )
    rendered = epic_document.render_epic(epic, canvas)
    plans = [plan.substance for plan in epic_document.parse_epic(canvas).plans]
    assert [plan.substance for plan in epic_document.parse_epic(rendered).plans] == plans


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    choices = [choice for choice in Choice if draw(st.booleans())][:1]
    votes = [Vote(voter="@alice", choice=choice, signature=signed(ALICE, "because")) for choice in choices]
    if draw(st.booleans()):
        votes.append(Vote(voter="coder", choice=Choice.REJECT, signature=signed(ASH, "slow: very")))
    status = draw(st.sampled_from(list(ProposalStatus)))
    return replace(
        PROPOSAL,
        status=status,
        voters=draw(st.sampled_from([PROPOSAL.voters, (), ("@bob", "@alice"), ("coder",)])),
        votes=tuple(votes),
        closed_at=AFTERNOON,
        override=signed(BOB, "now") if status is ProposalStatus.VETOED else None,
    )


@settings(max_examples=100)
@given(st.data())
def test_proposals(data: st.DataObject) -> None:
    canvas, proposal, before = data.draw(edits(PROPOSAL_TEXT)), data.draw(proposals()), data.draw(proposals())
    people = ("alice", "bob")
    canvas = proposal_document.render_proposal(before, canvas, people=people)
    keeps_what_is_a_persons(
        canvas,
        lambda text: proposal_document.render_proposal(proposal, text, people=people),
        lambda text, said: proposal_document.render_proposal(proposal, text, said, people=people),
        data.draw(notes(canvas)),
        proposal_document.person_part,
    )


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    more = [
        Turn(by=draw(st.sampled_from([ALICE, ASH])), at=AFTERNOON, text=text)
        for text in ("yes\n\n- [x] bcrypt", "## Your answer", "``` x")
        if draw(st.booleans())
    ]
    return replace(
        THREAD,
        kind=draw(st.sampled_from(list(ThreadKind))),
        status=draw(st.sampled_from(list(ThreadStatus))),
        options=draw(st.sampled_from([THREAD.options, ()])),
        accepts_text=draw(st.booleans()),
        turns=(*THREAD.turns, *more),
    )


@settings(max_examples=100)
@given(st.data())
def test_threads(data: st.DataObject) -> None:
    canvas, thread = data.draw(edits(THREAD_TEXT)), data.draw(threads())
    canvas = thread_document.render_thread(replace(thread, turns=THREAD.turns), canvas)
    keeps_what_is_a_persons(
        canvas,
        lambda text: thread_document.render_thread(thread, text),
        lambda text, said: thread_document.render_thread(thread, text, said),
        data.draw(notes(canvas)),
        lambda text: " ".join(thread_document.person_part(text).split()),
    )


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    return replace(
        ISSUE,
        status=draw(st.sampled_from(list(IssueStatus))),
        labels=draw(st.sampled_from([ISSUE.labels, (), ("ops",)])),
        assignee=draw(st.sampled_from([None, "ash"])),
    )


HAPPENED: Final = (
    ActivityLine(at=AFTERNOON, text="started by ash"),
    ActivityLine(at=MORNING, text="Alice Doe", said="One.\n\nTwo."),
    ActivityLine(at=MORNING, text="merged"),
)


@settings(max_examples=100)
@given(st.data())
def test_issues(data: st.DataObject) -> None:
    canvas, issue = data.draw(edits(ISSUE_TEXT)), data.draw(issues())
    before, after = (HAPPENED[: data.draw(st.integers(0, 3))] for _ in range(2))
    canvas = issue_document.render_issue(issue, canvas, activity=before)
    keeps_what_is_a_persons(
        canvas,
        lambda text: issue_document.render_issue(issue, text, activity=after),
        lambda text, said: issue_document.render_issue(issue, text, said, activity=after),
        data.draw(notes(canvas)),
        lambda text: " ".join(issue_document.person_part(text).split()),
    )
