from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dispatchd.application.ports.unit_of_work import AgreedText, TextSource
from dispatchd.application.requests.planning import plan
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.actors import Actor
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import (
    AnswerThread,
    ApproveGate,
    AskGateAgain,
    CastVote,
    ChooseDirection,
    Command,
    DeliverAnswer,
    DismissThread,
    IntroduceAgent,
    OpenProposal,
    OpenThread,
    OverrideKind,
    OverrideProposal,
    RejectGate,
    RestoreEntity,
    ReviseFile,
    SkipGate,
)
from dispatchd.domain.epic import Epic, Gate, GateKind, GatePlan, GateState, Stage, StagePlan, StageState
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Choice, CreateIssue, Proposal, Threshold
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose, ThreadStatus
from tests.fakes.board_double import ALICE, ASH, NOON, BoardDouble, by, draw

DESIGN = Stage(
    plan=StagePlan(name="Design", gate=GatePlan(kind=GateKind.APPROVAL)),
    state=StageState.IN_PROGRESS,
    gate=Gate(state=GateState.REJECTED),
)
RELEASE = Stage(
    plan=StagePlan(
        name="Release", gate=GatePlan(kind=GateKind.DECISION, options=("Blue-green", "Rolling", "Big bang"))
    ),
    state=StageState.AWAITING_GATE,
)
EPIC = Epic(id=EntityId("e-3fq9"), title="Passwordless", created=NOON, stages=(DESIGN, RELEASE))
PROPOSAL = Proposal(
    id=EntityId("p-9xw4"), title="Use argon2id", created=NOON, proposer=ALICE, voters=("coder", "@alice")
)
QUESTION = Thread(
    id=EntityId("t-4kq2"),
    title="Which hash?",
    created=NOON,
    kind=ThreadKind.QUESTION,
    sender="ash",
    options=("argon2id", "bcrypt"),
)


@pytest.fixture
def board() -> BoardDouble:
    return BoardDouble().add(EPIC, PROPOSAL, QUESTION, Agent(name="ash"))


def planned(board: BoardDouble, verb: Verb, actor: Actor = ALICE, **arguments: object) -> tuple[Command, ...]:
    speaker = actor.handle if actor is ASH else None
    return plan(board.work, Request(verb=verb, arguments=arguments, speaker=speaker), by(actor), draw)


def refusal(board: BoardDouble, verb: Verb, actor: Actor = ALICE, **arguments: object) -> str:
    with pytest.raises(Rejected) as raised:
        planned(board, verb, actor, **arguments)
    return str(raised.value)


def test_a_gate_is_that_of_the_stage_which_waits(board: BoardDouble) -> None:
    assert planned(board, Verb.GATE_APPROVE, epic="e-3fq9") == (ApproveGate(epic=EPIC.id, stage="Release"),)
    assert planned(board, Verb.GATE_ASK_AGAIN, epic="e-3f") == (AskGateAgain(epic=EPIC.id, stage="Design"),)


def test_a_stage_is_found_by_the_beginning_of_its_heading(board: BoardDouble) -> None:
    assert planned(board, Verb.GATE_REJECT, epic="e-3fq9", stage="des", reason="too\nearly") == (
        RejectGate(epic=EPIC.id, stage="Design", reason="too early"),
    )
    assert planned(board, Verb.GATE_SKIP, epic="e-3fq9", stage="RELEASE", reason="x") == (
        SkipGate(epic=EPIC.id, stage="Release", reason="x"),
    )
    assert '"Design", "Release"' in refusal(board, Verb.GATE_APPROVE, epic="e-3fq9", stage="Build")


def test_a_rejection_says_why(board: BoardDouble) -> None:
    assert "--reason" in refusal(board, Verb.GATE_REJECT, epic="e-3fq9", stage="Design")


def test_no_gate_waits_is_said_with_the_stages(board: BoardDouble) -> None:
    board.add(replace(EPIC, stages=(DESIGN,)))
    assert "Design (in progress)" in refusal(board, Verb.GATE_APPROVE, epic="e-3fq9")


@pytest.mark.parametrize("typed", ["Rolling", "rolling", "rol", "2"])
def test_a_direction_is_chosen_by_what_people_type_of_it(board: BoardDouble, typed: str) -> None:
    assert planned(board, Verb.GATE_CHOOSE, epic="e-3fq9", option=typed) == (
        ChooseDirection(epic=EPIC.id, stage="Release", option="Rolling"),
    )


def test_an_ambiguous_direction_names_those_it_could_be(board: BoardDouble) -> None:
    said = refusal(board, Verb.GATE_CHOOSE, epic="e-3fq9", option="b")
    assert '"Blue-green", "Big bang"' in said


def test_a_person_votes_in_their_own_seat_and_an_agent_in_that_of_its_role(board: BoardDouble) -> None:
    assert planned(board, Verb.VOTE, proposal="p-9xw4", choice="yes") == (
        CastVote(proposal=PROPOSAL.id, voter="@alice", choice=Choice.APPROVE),
    )
    assert planned(board, Verb.VOTE, ASH, proposal="p-9xw4", choice="Abstain", reason="no view") == (
        CastVote(proposal=PROPOSAL.id, voter="coder", choice=Choice.ABSTAIN, reason="no view"),
    )


def test_a_rejecting_vote_says_why(board: BoardDouble) -> None:
    assert "says why" in refusal(board, Verb.VOTE, proposal="p-9xw4", choice="reject")
    assert "approve, reject, abstain" in refusal(board, Verb.VOTE, proposal="p-9xw4", choice="perhaps")


def test_an_override_needs_a_reason(board: BoardDouble) -> None:
    assert planned(board, Verb.OVERRIDE, proposal="p-9", how="veto", reason="the licence") == (
        OverrideProposal(proposal=PROPOSAL.id, how=OverrideKind.VETO, reason="the licence"),
    )
    assert "says why" in refusal(board, Verb.OVERRIDE, proposal="p-9xw4", how="approve")


def test_a_new_proposal_asks_everybody_unless_it_says_whom(board: BoardDouble) -> None:
    (everybody,) = planned(board, Verb.PROPOSAL_NEW, title="Use argon2id")
    assert isinstance(everybody, OpenProposal)
    assert everybody.proposal.voters == ("@alice", "@bob")
    (some,) = planned(
        board,
        Verb.PROPOSAL_NEW,
        title="Use argon2id",
        voters=["Coder", "alice", "ash"],
        threshold="super majority",
        deadline="2026-11-28",
        actions=["create issue: Replace bcrypt"],
    )
    assert isinstance(some, OpenProposal)
    assert some.proposal.voters == ("coder", "@alice", "ash")
    assert some.proposal.threshold is Threshold.SUPER_MAJORITY
    assert some.proposal.deadline == datetime(2026, 11, 29, tzinfo=UTC)
    assert some.proposal.actions == (CreateIssue(title="Replace bcrypt"),)


@pytest.mark.parametrize(
    ("argument", "value", "said"),
    [
        ("voters", ["@carol"], 'there is no "@carol"'),
        ("deadline", "soon", "2026-11-28"),
        ("threshold", "most", "simple_majority"),
        ("actions", ["delete everything"], "create issue"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(
    board: BoardDouble, argument: str, value: Any, said: str
) -> None:
    assert said in refusal(board, Verb.PROPOSAL_NEW, title="x", **{argument: value})


def test_a_question_is_answered_by_an_option_by_words_or_by_both(board: BoardDouble) -> None:
    assert planned(board, Verb.ANSWER, thread="t-4kq2", option="arg") == (
        AnswerThread(thread=QUESTION.id, option="argon2id"),
    )
    assert planned(board, Verb.ANSWER, thread="t-4kq2", text=" neither ") == (
        AnswerThread(thread=QUESTION.id, text="neither"),
    )
    assert planned(board, Verb.ANSWER, thread="t-4kq2", option="bcrypt", text="cost 12") == (
        AnswerThread(thread=QUESTION.id, option="bcrypt", text="cost 12"),
    )
    said = refusal(board, Verb.ANSWER, thread="t-4kq2")
    assert '"argon2id", "bcrypt"' in said
    assert "--text" in said


def test_words_answer_a_question_without_options(board: BoardDouble) -> None:
    board.add(replace(QUESTION, options=()))
    assert planned(board, Verb.ANSWER, thread="t-4kq2", option="use both") == (
        AnswerThread(thread=QUESTION.id, text="use both"),
    )


def test_a_notice_is_seen(board: BoardDouble) -> None:
    board.add(replace(QUESTION, kind=ThreadKind.NOTICE, options=("Seen",)))
    assert planned(board, Verb.ANSWER, thread="t-4kq2", option="seen") == (DismissThread(thread=QUESTION.id),)
    assert "seen" in refusal(board, Verb.ANSWER, thread="t-4kq2")


def test_an_agent_asks_and_is_made_known_first(board: BoardDouble) -> None:
    board.add(Issue(id=EntityId("i-7k2m"), title="Login", created=NOON))
    request = Request(
        verb=Verb.ASK,
        speaker="@Birch",
        arguments={"question": "Which hash?", "options": ["argon2id", "bcrypt"], "issue": "7k2m"},
    )
    birch = replace(ASH, handle="birch", name="birch")
    introduced, opened = plan(board.work, request, by(birch), draw)
    assert introduced == IntroduceAgent(agent=Agent(name="birch", role="coder", paused=True))
    assert isinstance(opened, OpenThread)
    assert opened.thread.title == "Which hash?"
    assert opened.thread.sender == "birch"
    assert opened.thread.issue == "i-7k2m"
    assert opened.thread.options == ("argon2id", "bcrypt")
    assert [turn.text for turn in opened.thread.turns] == ["Which hash?"]


@pytest.mark.parametrize("name", ["Alice", "../etc", "a b", "-x", "dispatchd", "x" * 50, ""])
def test_not_every_name_can_be_an_agents(board: BoardDouble, name: str) -> None:
    request = Request(verb=Verb.TELL, speaker=name, arguments={"text": "hello"})
    with pytest.raises(Rejected, match="agent"):
        plan(board.work, request, by(ASH), draw)


def test_a_long_question_keeps_its_text_and_gets_a_short_title(board: BoardDouble) -> None:
    question = "word " * 50 + "\nmore"
    (opened,) = planned(board, Verb.ASK, ASH, question=question)
    assert isinstance(opened, OpenThread)
    assert len(opened.thread.title) <= 102
    assert opened.thread.turns[0].text == question.strip()


def test_an_agent_tells_people_or_another_agent(board: BoardDouble) -> None:
    board.add(Agent(name="birch"))
    (to_people,) = planned(board, Verb.TELL, ASH, text="The form is ready")
    (to_birch,) = planned(board, Verb.TELL, ASH, text="Use v2", to="birch")
    assert isinstance(to_people, OpenThread)
    assert isinstance(to_birch, OpenThread)
    assert (to_people.thread.kind, to_people.thread.to) == (ThreadKind.NOTICE, None)
    assert (to_birch.thread.kind, to_birch.thread.to) == (ThreadKind.MESSAGE, "birch")
    assert "leave --to out" in refusal(board, Verb.TELL, ASH, text="x", to="nobody")


def test_an_answer_is_received_once_and_by_whoever_asked(board: BoardDouble) -> None:
    assert planned(board, Verb.RECEIVE, ASH, thread="t-4kq2") == ()
    board.add(replace(QUESTION, status=ThreadStatus.ANSWERED, chosen="bcrypt"))
    assert planned(board, Verb.RECEIVE, ASH, thread="t-4kq2") == (DeliverAnswer(thread=QUESTION.id),)
    board.add(replace(QUESTION, status=ThreadStatus.ANSWERED, sender="birch"))
    assert planned(board, Verb.RECEIVE, ASH, thread="t-4kq2") == ()
    board.add(replace(QUESTION, status=ThreadStatus.ANSWERED, delivered=True))
    assert planned(board, Verb.RECEIVE, ASH, thread="t-4kq2") == ()


def test_what_waits_for_a_persons_word_is_confirmed_alone_or_all_at_once(board: BoardDouble) -> None:
    held = replace(
        QUESTION,
        id=EntityId("t-9exd"),
        purpose=ThreadPurpose.CONFIRM_ACT,
        options=("Yes, that was me", "No"),
        issue=EntityId("i-7k2m"),
    )
    board.add(held)
    yes = AnswerThread(thread=held.id, option="Yes, that was me")
    assert planned(board, Verb.CONFIRM, all=True) == (yes,)
    assert planned(board, Verb.CONFIRM, id="t-9exd") == (yes,)
    assert planned(board, Verb.CONFIRM, id="i-7k2m") == (yes,)
    assert "yes-or-no" in refusal(board, Verb.CONFIRM, id="t-4kq2")


def test_only_what_was_deleted_is_restored(board: BoardDouble) -> None:
    assert "was not deleted" in refusal(board, Verb.RESTORE, id="p-9xw4")
    assert "never was" in refusal(board, Verb.RESTORE, id="p-zzzz")
    board.add(replace(PROPOSAL, removed=True))
    assert planned(board, Verb.RESTORE, id="P-9XW4") == (RestoreEntity(subject=PROPOSAL.id),)


def test_a_deleted_file_that_is_no_entity_comes_back_by_its_path(board: BoardDouble) -> None:
    blob = board.blobs.put(b"Tabs.\n")
    board.documents.agreed["context/style.md"] = AgreedText(
        subject="context/style.md", rev=None, digest=blob, source=TextSource.INGESTED, at=NOON
    )
    assert planned(board, Verb.RESTORE, id=".dispatch/context/style.md") == (
        ReviseFile(path=DocumentPath("context/style.md"), blob=blob),
    )
    board.write("context/style.md", "context/style.md", b"Tabs.\n")
    assert "was not deleted" in refusal(board, Verb.RESTORE, id="context/style.md")


def test_what_is_answered_already_says_so(board: BoardDouble) -> None:
    board.add(replace(QUESTION, status=ThreadStatus.ANSWERED, chosen="bcrypt"))
    assert "is answered already" in refusal(board, Verb.ANSWER, thread="t-4kq2", option="argon2id")
