from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.apply import apply_event
from dispatchd.domain.command import (
    AnswerThread,
    CastVote,
    Command,
    MoveIssue,
    OpenThread,
    OverrideKind,
    OverrideProposal,
    RejectGate,
)
from dispatchd.domain.decide import decide
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.epic_event import EpicMoved
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import (
    EditRefused,
    Event,
    FactSet,
    IssueMoved,
    ProseRevised,
    SetChanged,
    subject_of,
)
from dispatchd.domain.identifiers import DocumentDigest, EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.proposal import Choice
from dispatchd.domain.reactions import react
from dispatchd.domain.telling import LONGEST, tell
from dispatchd.domain.thread import Thread, ThreadKind
from tests.fakes.fake_board import ALICE, ASH, NOON, FakeBoard, by
from tests.fakes.fake_workspace import EPIC, PROPOSAL, open_epic, open_proposal, plan, stand_issue, workspace

LOGIN = EntityId("i-7k2m")
ASH_CARD = EntityId("ash")


def told(board: FakeBoard, command: Command, actor: Any = ALICE) -> str:
    return tell(board.handle(command, by(actor))[0], by(actor), board)


def test_who_did_what_to_which_thing() -> None:
    board = workspace()
    stand_issue(board, LOGIN)
    assert (
        told(board, MoveIssue(issue=LOGIN, to=IssueStatus.QUEUED))
        == "Alice Doe queues i-7k2m: Login times out"
    )
    question = Thread(
        id=EntityId("t-4kq2"),
        title="Which hash for passwords?",
        created=NOON,
        kind=ThreadKind.QUESTION,
        sender="ash",
        options=("argon2id",),
    )
    assert told(board, OpenThread(thread=question), ASH) == "ash asks: Which hash for passwords?"
    answer = AnswerThread(thread=question.id, option="argon2id")
    assert told(board, answer) == "Alice Doe answers t-4kq2: argon2id (Which hash for passwords?)"
    message = Thread(
        id=EntityId("t-9d2k"), title="Hello", created=NOON, kind=ThreadKind.MESSAGE, sender="alice", to="ash"
    )
    assert told(board, OpenThread(thread=message)) == "Alice Doe drafts a message to ash: Hello"
    assert told(board, AnswerThread(thread=message.id, text="Hi")) == "Alice Doe sends ash t-9d2k: Hello"
    forced = MoveIssue(issue=LOGIN, to=IssueStatus.DONE, forced=True)
    assert told(board, forced) == "Alice Doe forces i-7k2m: Login times out to done (was queued)"


def test_gates_and_votes_are_told_with_their_reasons() -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"))
    rejection = RejectGate(epic=EPIC, stage="Design", reason="too early")
    assert told(board, rejection) == "Alice Doe rejects “Design” of e-3fq9: Passwordless login (too early)"
    open_proposal(board, "@alice", "coder")
    vote = CastVote(proposal=PROPOSAL, voter="coder", choice=Choice.REJECT, reason="slow")
    assert told(board, vote, ASH) == "ash rejects p-9xw4 as coder: Use argon2id (slow)"
    veto = OverrideProposal(proposal=PROPOSAL, how=OverrideKind.VETO, reason="no")
    assert told(board, veto) == "Alice Doe vetoes p-9xw4: Use argon2id (no)"


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (FactSet(subject=LOGIN, key="title", before="a", after="b\nc"), "Alice Doe renames i-7k2m: b c"),
        (FactSet(subject=ASH_CARD, key="paused", before="false", after="true"), "Alice Doe pauses ash"),
        (FactSet(subject=ASH_CARD, key="paused", before="true", after="false"), "Alice Doe resumes ash"),
        (FactSet(subject=ASH_CARD, key="paused", before="true", after=None), "Alice Doe resumes ash"),
        (FactSet(subject=LOGIN, key="role", before="docs", after=None), "Alice Doe clears role of i-7k2m"),
        (
            SetChanged(subject=LOGIN, key="labels", before=("a",), after=("b", "c")),
            "Alice Doe changes labels of i-7k2m (adds b and c, takes out a)",
        ),
        (
            FactSet(subject=PROPOSAL, key="decision", before=None, after="d-5m2x"),
            "Alice Doe links p-9xw4 to its record d-5m2x",
        ),
        (
            EditRefused(subject=LOGIN, place="- 2026-11-21 22:35Z, **Bob**:", attempted="", why="kept"),
            "Alice Doe edits “- 2026-11-21 22:35Z, **Bob**:” in i-7k2m, which was not taken: kept",
        ),
        (
            EditRefused(subject=EPIC, place="- [x] All at once", attempted="All at once", why="not yet"),
            "Alice Doe ticks “All at once” in e-3fq9, which was not taken: not yet",
        ),
        (
            EditRefused(subject=LOGIN, place="status", attempted="foo", why="no"),
            "Alice Doe writes “foo” in status of i-7k2m, which was not taken: no",
        ),
        (
            EpicMoved(epic=EPIC, before=EpicStatus.IN_PROGRESS, after=EpicStatus.AWAITING_GATE),
            "Alice Doe holds e-3fq9 until its gate is answered",
        ),
        (ProseRevised(subject=LOGIN, blob=DocumentDigest("0" * 64)), "Alice Doe writes in i-7k2m"),
    ],
)
def test_small_changes_are_told_too(event: Event, line: str) -> None:
    assert tell(event, by(ALICE), workspace()) == line


def test_the_daemon_that_merges_has_reviewed_nothing() -> None:
    moved = IssueMoved(issue=LOGIN, before=IssueStatus.AWAITING_REVIEW, after=IssueStatus.IN_REVIEW)
    assert tell(moved, by(DAEMON), workspace()) == "dispatchd lets through i-7k2m"
    assert tell(moved, by(ALICE), workspace()) == "Alice Doe reviews i-7k2m"


def example(kind: Any) -> Any:
    """Some value of a type, built from its fields."""
    if get_origin(kind) in {Union, UnionType}:
        options = [each for each in get_args(kind) if each is not NoneType]
        return example(options[0]) if len(options) == len(get_args(kind)) else None
    if get_origin(kind) is tuple:
        return ()
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{field.name: example(hints[field.name]) for field in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return NOON if kind is datetime else {bool: False, int: 2}.get(kind, "some\x1b[31mthing\n" * 40)


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_has_a_subject_a_line_of_words_and_is_applied_and_reacted_to(kind: type) -> None:
    board = workspace()
    event = example(kind)
    line = tell(event, by(DAEMON), board)
    assert subject_of(event)
    assert len(line) <= LONGEST
    assert line.isprintable()
    apply_event(board, event, by(DAEMON))
    react(board, event, by(DAEMON), board.draw)


@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
def test_every_command_is_decided_or_refused_in_words(kind: type) -> None:
    for actor in (ALICE, ASH, DAEMON):
        try:
            decide(workspace(), example(kind), by(actor))
        except Rejected as refusal:
            assert str(refusal)  # noqa: PT017 -- either outcome is right; a refusal without words is not


def test_what_the_daemon_does_is_told_as_its_own() -> None:
    board = workspace()
    open_epic(board, plan("Design", None))
    assert [tell(event, whose, board) for event, whose in board.log][-2:] == [
        "dispatchd finishes the stage “Design” of e-3fq9: Passwordless login",
        "dispatchd completes e-3fq9: Passwordless login",
    ]
