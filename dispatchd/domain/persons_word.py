"""Which acts decide something for a human, so that a person's word or signature is asked for: one table for all commands.

A command that the table does not have cannot be decided about at all, so a new kind is a line here first. Questions of
the daemon's are weighed alike: one of a kind that nobody has called harmless needs a signature.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.authority import decided_by
from dispatchd.domain.board import Board
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
    MoveDocument,
    MoveIssue,
    NoteDeed,
    OpenEpic,
    OpenIssue,
    OpenProposal,
    OpenThread,
    OverrideProposal,
    PlanActions,
    PlanStages,
    RefuseEdit,
    RejectGate,
    RemoveEntity,
    RestoreEntity,
    ReviseFile,
    ReviseProse,
    SetFact,
    SkipGate,
)
from dispatchd.domain.due_turns import STUCK
from dispatchd.domain.flow_command import (
    AllowRound,
    AnswerFinding,
    BeginFlow,
    EndPhase,
    GiveVerdict,
    PassCheckOfPhase,
)
from dispatchd.domain.list_command import MakeIssues, OrderIssues
from dispatchd.domain.policy_command import AnswerByRule, NoteRuling, PassQuestionOn, PutRulesInForce
from dispatchd.domain.run_command import (
    AskForAnswer,
    AskForVote,
    BounceWork,
    EndRun,
    HoldWork,
    NoteBranch,
    NoteMerged,
    StartRun,
    StopRun,
    SubmitWork,
)
from dispatchd.domain.steering_command import AddComment, NoteUndone, PauseWork, ResumeWork, WithdrawComment
from dispatchd.domain.thread import TOLD_ONLY, GateAct, StageChange, Thread, ThreadPurpose, ThreadStatus
from dispatchd.domain.undecided import has_open_gate, is_open_vote


class Need(IntEnum):
    """What has to prove that a person meant an act. Each need holds those below it."""

    NOTHING = 0
    WORD = 1
    """Where an agent could have written it, a person confirms it."""
    SIGNATURE = 2
    """Where signatures are asked for, it counts only from a signed commit."""


_NO_VOTE: Final = frozenset({ThreadPurpose.SETTLE_CONTEST, ThreadPurpose.CONFIRM_DELETION})
_GOES_ON: Final = frozenset({"try again", "leave it to me"})
"""What may be said to work that is stuck without going round a review; whatever else is offered there may."""
_NO_GATE: Final = ("account:", "circuit:", "budget:", "cap:", "checkpoint:", "coordinator:", "silent:")
"""What the cause of a question of ours begins with whose answer goes round no gate and no vote: money, trouble, haste."""


def need_of(board: Board, command: Command) -> Need:
    """What *command* needs where a human asks for it."""
    need = NEEDS[type(command)]
    return need if isinstance(need, Need) else need(board, command)


def _of_answer(board: Board, command: AnswerThread) -> Need:
    thread = board.thread(command.thread)
    return Need.NOTHING if thread is None else need_of_answer(thread, command.option)


def need_of_answer(thread: Thread, option: str | None = None) -> Need:
    """What an answer to *thread* needs: people's own and agents' questions are talk that is answered by a word."""
    if isinstance(thread.act, GateAct | StageChange) or thread.purpose is ThreadPurpose.CONFIRM_ACT:
        return Need.SIGNATURE
    if thread.kind in TOLD_ONLY:
        return Need.NOTHING
    if thread.sender != DAEMON.handle or not thread.options or thread.purpose in _NO_VOTE:
        return Need.WORD
    if thread.cause.startswith(STUCK):
        return Need.WORD if option is None or option.strip().casefold() in _GOES_ON else Need.SIGNATURE
    return Need.WORD if thread.cause.startswith(_NO_GATE) else Need.SIGNATURE


def _of_fact(board: Board, command: SetFact | ChangeSet) -> Need:
    return Need.NOTHING if decided_by(board, command) is None else Need.WORD


def _of_removal(board: Board, command: RemoveEntity) -> Need:
    """With an epic its open gates would be gone, with a proposal its vote; a notice that was read may go."""
    thread = board.thread(command.subject)
    if thread is not None and (thread.kind in TOLD_ONLY or thread.status is not ThreadStatus.OPEN):
        return Need.NOTHING
    is_undecided = has_open_gate(board.epic(command.subject)) or is_open_vote(board.proposal(command.subject))
    return Need.SIGNATURE if is_undecided else Need.WORD


def _of_finding(board: Board, command: AnswerFinding) -> Need:
    """A person waives what a review has found; the answer in a thread that says so has had its own proof."""
    thread = board.thread(command.word) if command.word is not None else None
    return Need.SIGNATURE if thread is None else Need.NOTHING


NEEDS: Final[Mapping[type, Need | Callable[[Board, Any], Need]]] = {
    **dict.fromkeys(
        (ApproveGate, RejectGate, SkipGate, ChooseDirection, AskGateAgain, CastVote, OverrideProposal),
        Need.SIGNATURE,
    ),
    AnswerThread: _of_answer,
    AnswerFinding: _of_finding,
    PutRulesInForce: Need.WORD,
    SetFact: _of_fact,
    ChangeSet: _of_fact,
    # The gates in a plan are protected by a refusal of their own: `signatures.touches_gates`.
    PlanStages: Need.NOTHING,
    # Texts are governed where it is decided which of them is in force: `application/governed_texts`.
    **dict.fromkeys((ReviseFile, ReviseProse, MoveDocument, RefuseEdit), Need.NOTHING),
    # What `authority` keeps for people, and a file that is new, deleted or talked in is not enough to decide.
    **dict.fromkeys((OpenEpic, OpenIssue, OpenProposal, OpenThread, PlanActions), Need.NOTHING),
    RemoveEntity: _of_removal,
    **dict.fromkeys((RestoreEntity, IntroduceAgent, DismissThread), Need.NOTHING),
    **dict.fromkeys((MoveIssue, MakeIssues, OrderIssues, AddComment, WithdrawComment), Need.NOTHING),
    **dict.fromkeys((PauseWork, ResumeWork, NoteUndone, HoldWork, StopRun), Need.NOTHING),
    # The daemon's, and agents' own, by the rules of each.
    **dict.fromkeys((EndVoting, NoteDeed, DeliverAnswer, PassCheck, FailCheck), Need.NOTHING),
    **dict.fromkeys((StartRun, AskForAnswer, AskForVote, EndRun, SubmitWork), Need.NOTHING),
    **dict.fromkeys(
        (BounceWork, NoteMerged, NoteBranch, BeginFlow, PassCheckOfPhase, EndPhase), Need.NOTHING
    ),
    **dict.fromkeys((GiveVerdict, AllowRound), Need.NOTHING),
    **dict.fromkeys((AnswerByRule, PassQuestionOn, NoteRuling), Need.NOTHING),
}
"""Each command, and what it needs from a human."""
