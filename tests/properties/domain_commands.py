"""Commands at random about one small workspace, as people, agents and the daemon might give them."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from hypothesis import strategies as st

from dispatchd.domain.actors import DAEMON, Actor, Channel
from dispatchd.domain.agent import Agent
from dispatchd.domain.check_command import FailCheck, PassCheck
from dispatchd.domain.command import (
    AnswerThread,
    ApproveGate,
    AskGateAgain,
    CastVote,
    ChangeSet,
    ChooseDirection,
    Command,
    DeliverAnswer,
    DismissThread,
    EndVoting,
    IntroduceAgent,
    MoveIssue,
    OpenIssue,
    OpenThread,
    OverrideKind,
    OverrideProposal,
    PlanActions,
    PlanStages,
    RejectGate,
    RemoveEntity,
    RestoreEntity,
    SetFact,
    SkipGate,
)
from dispatchd.domain.epic import Criterion, FailedCheck, GateKind
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.list_command import MakeIssues, OrderIssues
from dispatchd.domain.proposal import Choice, CreateIssue
from dispatchd.domain.steering_command import AddComment, PauseWork, ResumeWork
from dispatchd.domain.thread import Deletion, Thread, ThreadKind, ThreadPurpose, Turn
from tests.fakes.fake_board import ALICE, ASH, BIRCH, BOB, NOON, STRANGER, FakeBoard, by
from tests.fakes.fake_workspace import EPIC, PROPOSAL, open_epic, open_issue, open_proposal, plan, workspace

PEOPLE: Final = (ALICE, BOB, STRANGER)
AGENTS: Final = (ASH, BIRCH)
ISSUES: Final = tuple(EntityId(f"i-{letter * 4}") for letter in "abcd")
STAGES: Final = ("Design", "Build", "Release")
PLANS: Final = (
    plan("Design"),
    plan("Design", substance="changed"),
    plan("Design", approvers=("alice", "bob")),
    plan("Build", None),
    plan("Build", GateKind.DECISION, options=("Blue", "Green")),
    plan(
        "Release", GateKind.CHECKPOINT, criteria=(Criterion(all_issues_done=True), Criterion(command="test"))
    ),
    plan("Extra", None),
    replace(plan("Build", None), wanted=("New",)),
)
REASON: Final = st.sampled_from(["", "because"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command and who gives it, through which door."""

    command: Command
    actor: Actor
    channel: Channel = Channel.SAVE


class Begun(StrEnum):
    """How far the epic of a workspace has come."""

    DRAFT = "draft"
    STARTED = "started"
    ASKING = "asking"
    SECOND_STAGE = "second stage"


def begun(how_far: Begun = Begun.DRAFT) -> FakeBoard:
    """An epic with a gate of every sort, four issues, an open proposal, a question and a message."""
    board = workspace()
    open_epic(board, PLANS[0], PLANS[4], PLANS[5], started=False)
    for issue, stage in zip(ISSUES, ("Design", "Build", "Release", None), strict=True):
        open_issue(board, issue, stage)
    open_proposal(board, "coder", "pine", "@alice", "@bob", actions=(CreateIssue(title="One"),))
    board.handle(OpenThread(thread=_thread("t-aaaa", ASH)), by(ASH))
    board.handle(OpenThread(thread=_thread("t-bbbb", ALICE, to="ash")), by(ALICE))
    commands: tuple[Command, ...] = (
        SetFact(subject=EPIC, key="status", value="ready"),
        MoveIssue(issue=ISSUES[0], to=IssueStatus.DONE),
        ApproveGate(epic=EPIC, stage="Design"),
    )
    for command in commands[: list(Begun).index(how_far)]:
        board.handle(command, by(ALICE))
    return board


def _thread(thread_id: str, sender: Actor, **facts: Any) -> Thread:
    turn = Turn(by=sender, at=NOON, text="?")
    kept = {"kind": ThreadKind.QUESTION, "options": ("yes", "no"), "turns": (turn,), **facts}
    return Thread(id=EntityId(thread_id), title="Well?", created=NOON, sender=sender.handle, **kept)


def _some(kind: type[Command], **fields: Any) -> st.SearchStrategy[Command]:
    return st.builds(kind, **fields)


_issue = st.sampled_from(ISSUES)
_stage = st.sampled_from(STAGES)
_thread_id = st.sampled_from(
    [EntityId("t-aaaa"), EntityId("t-bbbb"), EntityId("t-100000"), EntityId("t-200000")]
)
_subject = st.sampled_from([*ISSUES, EPIC, PROPOSAL, EntityId("t-aaaa"), EntityId("ash")])
_facts = st.sampled_from(
    [
        ("assignee", "ash"),
        ("assignee", None),
        ("epic", EPIC),
        ("epic", None),
        ("stage", "Design"),
        ("stage", None),
        ("status", "ready"),
        ("status", "cancelled"),
        ("status", "done!"),
        ("status", "withdrawn"),
        ("priority", "high"),
        ("threshold", "single_approval"),
        ("parent", ISSUES[0]),
        ("role", "security"),
        ("title", "Another"),
    ]
)
_fact = st.builds(
    lambda subject, fact: SetFact(subject=subject, key=fact[0], value=fact[1]), _subject, _facts
)
_forged = _thread(
    "t-cccc",
    DAEMON,
    purpose=ThreadPurpose.CONFIRM_DELETION,
    act=Deletion(subjects=ISSUES),
)

COMMANDS: Final[st.SearchStrategy[Command]] = st.one_of(
    _some(MoveIssue, issue=_issue, to=st.sampled_from(IssueStatus), forced=st.booleans()),
    _fact,
    _some(
        ChangeSet,
        subject=_issue,
        key=st.just("depends_on"),
        add=st.tuples(_issue),
        remove=st.lists(_issue, max_size=2).map(tuple),
    ),
    _some(
        ChangeSet,
        subject=st.just(PROPOSAL),
        key=st.just("voters"),
        remove=st.sampled_from([("@bob",), ("pine",)]),
    ),
    _some(
        PlanStages,
        epic=st.just(EPIC),
        stages=st.lists(st.sampled_from(PLANS), unique_by=lambda each: each.name, max_size=4).map(tuple),
    ),
    *(
        _some(kind, epic=st.just(EPIC), stage=_stage, reason=REASON)
        for kind in (ApproveGate, RejectGate, SkipGate)
    ),
    _some(ChooseDirection, epic=st.just(EPIC), stage=_stage, option=st.sampled_from(["Blue", "Red"])),
    _some(AskGateAgain, epic=st.just(EPIC), stage=_stage),
    _some(
        OrderIssues,
        epic=st.just(EPIC),
        stage=_stage,
        runs=st.lists(st.lists(_issue, unique=True, max_size=4).map(tuple), max_size=2).map(tuple),
    ),
    _some(
        MakeIssues,
        epic=st.just(EPIC),
        stage=_stage,
        issues=st.just((Issue(id=EntityId("i-gggg"), title="New", created=NOON),)),
        runs=st.lists(_issue, unique=True, max_size=2).map(lambda run: ((*run, EntityId("i-gggg")),)),
    ),
    _some(PassCheck, epic=st.just(EPIC), stage=_stage, command=st.just("test")),
    _some(
        FailCheck,
        epic=st.just(EPIC),
        stage=_stage,
        check=st.just(FailedCheck(command="test", commit="c" * 40, ran="make test", why="it fails (1)")),
    ),
    _some(
        CastVote,
        proposal=st.just(PROPOSAL),
        voter=st.sampled_from(["coder", "pine", "ash", "@alice", "@bob"]),
        choice=st.sampled_from(Choice),
        reason=REASON,
    ),
    _some(OverrideProposal, proposal=st.just(PROPOSAL), how=st.sampled_from(OverrideKind), reason=REASON),
    _some(EndVoting, proposal=st.just(PROPOSAL)),
    _some(PlanActions, proposal=st.just(PROPOSAL), actions=st.just(())),
    _some(
        AnswerThread,
        thread=_thread_id,
        option=st.sampled_from([None, "yes", "Take them as written", "Approve it, in your own name"]),
        text=REASON,
    ),
    _some(DismissThread, thread=_thread_id),
    _some(DeliverAnswer, thread=_thread_id),
    _some(OpenThread, thread=st.just(_forged)),
    _some(
        IntroduceAgent, agent=st.builds(Agent, name=st.sampled_from(["rowan", "alice"]), role=st.just("pm"))
    ),
    _some(AddComment, issue=_issue, text=REASON),
    _some(PauseWork, reason=REASON),
    _some(ResumeWork),
    _some(RemoveEntity, subject=_subject),
    _some(RestoreEntity, subject=_subject),
    _some(
        OpenIssue,
        issue=st.builds(
            Issue,
            id=st.sampled_from([EntityId("i-eeee"), EntityId("i-ffff")]),
            title=st.just("New"),
            created=st.just(NOON),
            epic=st.just(EPIC),
            stage=_stage,
            status=st.sampled_from(IssueStatus),
        ),
    ),
)


def asked_by(actors: tuple[Actor, ...]) -> st.SearchStrategy[list[Asked]]:
    """Sequences of commands by any of *actors*, saved or committed."""
    one = st.builds(
        Asked,
        command=COMMANDS,
        actor=st.sampled_from(actors),
        channel=st.sampled_from([Channel.SAVE, Channel.COMMIT]),
    )
    return st.lists(one, max_size=25)


def attempt(board: FakeBoard, asked: Asked) -> list[Event] | None:
    """What happens, or None where the rules refuse."""
    try:
        return board.handle(asked.command, by(asked.actor, channel=asked.channel))
    except Rejected:
        return None
