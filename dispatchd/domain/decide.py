"""The one door of the rules: a command, the workspace as it stands and who asks, into what happens.

Nothing is done here; each kind's rules stand in a file of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dispatchd.domain.action_rules import decide_actions
from dispatchd.domain.agent_rules import decide_introduce
from dispatchd.domain.authority import require_decider
from dispatchd.domain.board import Board
from dispatchd.domain.brake import decide_pause, decide_resume
from dispatchd.domain.carrying_out import decide_deed
from dispatchd.domain.check_command import FailCheck, PassCheck
from dispatchd.domain.command import (
    AnswerThread,
    ApproveGate,
    AskGateAgain,
    CastVote,
    ChangeSet,
    ChooseDirection,
    Circumstance,
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
from dispatchd.domain.comment_rules import decide_comment, decide_withdraw
from dispatchd.domain.confirmation_rules import decide_answer_thread
from dispatchd.domain.document_rules import decide_file, decide_move_document, decide_prose, decide_refusal
from dispatchd.domain.epic_rules import decide_open_epic, decide_plan
from dispatchd.domain.event import Event
from dispatchd.domain.fact_rules import decide_set
from dispatchd.domain.finding_rules import decide_answer_finding
from dispatchd.domain.flow_command import (
    AllowRound,
    AnswerFinding,
    BeginFlow,
    EndPhase,
    GiveVerdict,
    PassCheckOfPhase,
)
from dispatchd.domain.flow_rules import (
    decide_allow,
    decide_begin_flow,
    decide_end_phase,
    decide_passed,
)
from dispatchd.domain.gate_rules import decide_answer, decide_ask_again, decide_check, decide_failed_check
from dispatchd.domain.issue_rules import decide_move, decide_open_issue
from dispatchd.domain.list_command import MakeIssues, OrderIssues
from dispatchd.domain.list_rules import decide_make, decide_order
from dispatchd.domain.policy_command import AnswerByRule, NoteRuling, PassQuestionOn, PutRulesInForce
from dispatchd.domain.policy_rules import (
    decide_ask_for_answer,
    decide_by_rule,
    decide_pass_on,
    decide_put_in_force,
    decide_ruling,
)
from dispatchd.domain.proposal_rules import decide_end, decide_override, decide_vote
from dispatchd.domain.readiness import decide_open_proposal, decide_stated
from dispatchd.domain.removal_rules import decide_remove, decide_restore
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
from dispatchd.domain.run_rules import decide_end as decide_end_run
from dispatchd.domain.run_rules import decide_start, decide_stop
from dispatchd.domain.signatures import require_signature
from dispatchd.domain.steering_command import (
    AddComment,
    NoteUndone,
    PauseWork,
    ResumeWork,
    WithdrawComment,
)
from dispatchd.domain.thread_rules import decide_deliver, decide_dismiss, decide_open_thread
from dispatchd.domain.unconfirmed import require_word
from dispatchd.domain.undo_rules import decide_undone
from dispatchd.domain.verdict_rules import decide_verdict
from dispatchd.domain.vote_asking import decide_asking
from dispatchd.domain.work_rules import (
    decide_bounce,
    decide_hold,
    decide_merged,
    decide_note_branch,
    decide_submit,
)

_RULES: Final[Mapping[type[Command], Callable[[Board, Any, Circumstance], tuple[Event, ...]]]] = {
    OpenIssue: decide_open_issue,
    MoveIssue: decide_move,
    AddComment: decide_comment,
    WithdrawComment: decide_withdraw,
    PauseWork: decide_pause,
    ResumeWork: decide_resume,
    NoteUndone: decide_undone,
    SetFact: decide_stated,
    ChangeSet: decide_set,
    OpenEpic: decide_open_epic,
    PlanStages: decide_plan,
    MakeIssues: decide_make,
    OrderIssues: decide_order,
    ApproveGate: decide_answer,
    RejectGate: decide_answer,
    SkipGate: decide_answer,
    ChooseDirection: decide_answer,
    AskGateAgain: decide_ask_again,
    PassCheck: decide_check,
    FailCheck: decide_failed_check,
    OpenProposal: decide_open_proposal,
    PlanActions: decide_actions,
    CastVote: decide_vote,
    OverrideProposal: decide_override,
    EndVoting: decide_end,
    NoteDeed: decide_deed,
    OpenThread: decide_open_thread,
    AnswerThread: decide_answer_thread,
    DismissThread: decide_dismiss,
    DeliverAnswer: decide_deliver,
    IntroduceAgent: decide_introduce,
    RemoveEntity: decide_remove,
    RestoreEntity: decide_restore,
    MoveDocument: decide_move_document,
    ReviseProse: decide_prose,
    ReviseFile: decide_file,
    RefuseEdit: decide_refusal,
    StartRun: decide_start,
    AskForVote: decide_asking,
    StopRun: decide_stop,
    EndRun: decide_end_run,
    SubmitWork: decide_submit,
    BounceWork: decide_bounce,
    HoldWork: decide_hold,
    NoteMerged: decide_merged,
    NoteBranch: decide_note_branch,
    BeginFlow: decide_begin_flow,
    PassCheckOfPhase: decide_passed,
    EndPhase: decide_end_phase,
    GiveVerdict: decide_verdict,
    AnswerFinding: decide_answer_finding,
    AllowRound: decide_allow,
    PutRulesInForce: decide_put_in_force,
    AnswerByRule: decide_by_rule,
    PassQuestionOn: decide_pass_on,
    NoteRuling: decide_ruling,
    AskForAnswer: decide_ask_for_answer,
}


def decide(board: Board, command: Command, circumstance: Circumstance) -> tuple[Event, ...]:
    """What happens if *command* is done now; nothing where it is already so. `Rejected` where the rules refuse.

    The events are to be applied in order, each followed by what `react` says follows from it.
    """
    events = _RULES[type(command)](board, command, circumstance)
    if events:
        require_decider(board, command, circumstance)
        require_signature(board, command, circumstance)
        require_word(board, command, circumstance)
    return events
