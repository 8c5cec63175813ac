"""What a proposal may plan to do: each action is checked when the proposal opens, not when it passes.

Whether they are carried out by themselves is `carrying_out`'s; a decision says in plain words what was decided.
"""

from typing import Final

from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, OpenProposal, PlanActions
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import ActionsPlanned, Event, ProposalOpened
from dispatchd.domain.fact_rules import check_fact
from dispatchd.domain.identifiers import EntityId, parse_id
from dispatchd.domain.lookups import standing_epic, standing_issue, standing_proposal
from dispatchd.domain.proposal import (
    Action,
    CreateIssue,
    MergeAction,
    Proposal,
    ProposalStatus,
    SetFact,
    SetSetting,
    StartEpicAction,
    WriteContext,
)
from dispatchd.domain.proposal_rules import UNDECIDED, check_is_own, opened
from dispatchd.domain.wording import in_words, listed

_SETTINGS: Final = ("workspace", "agents", "budget")


def decide_open_proposal(
    board: Board, command: OpenProposal, circumstance: Circumstance
) -> tuple[Event, ...]:
    """Take in a new proposal; one that is still to be voted on has its actions checked."""
    if board.proposal(command.proposal.id) is not None:
        return ()
    proposal = opened(board, command.proposal, circumstance)
    if proposal.status in UNDECIDED:
        _check_actions(board, proposal, proposal.actions)
    return (ProposalOpened(proposal=proposal),)


def decide_actions(board: Board, command: PlanActions, circumstance: Circumstance) -> tuple[Event, ...]:
    """Change what is to be done, until somebody has voted on it."""
    proposal = standing_proposal(board, command.proposal)
    if proposal.actions == command.actions:
        return ()
    check_is_own(proposal, circumstance.actor, "actions")
    if proposal.status not in UNDECIDED:
        raise _refused(proposal, f"a new proposal can ask for it; {proposal.id} is {proposal.status}.")
    if proposal.status is ProposalStatus.OPEN and proposal.votes:
        voted = listed((vote.voter for vote in proposal.votes), "and")
        raise _refused(proposal, f"a new proposal can ask for it; {voted} voted on what stood here before.")
    _check_actions(board, proposal, command.actions)
    return (ActionsPlanned(proposal=proposal.id, actions=command.actions),)


def _check_actions(board: Board, proposal: Proposal, actions: tuple[Action, ...]) -> None:
    for action in actions:
        try:
            _check_action(board, action)
        except Rejected as refusal:
            raise _refused(proposal, f"{refusal} (in: {action_in_words(action)})") from refusal


def _check_action(board: Board, action: Action) -> None:
    match action:
        case CreateIssue(title=title):
            _check_title(title)
        case SetFact(target=target, key=key, value=value):
            check_fact(board, _id(target), key, value)
        case SetSetting(key=key):
            if key.partition(".")[0] not in _SETTINGS or not key.partition(".")[2]:
                raise Rejected(
                    f'{listed(f"{each}.…" for each in _SETTINGS)} can be set by a vote; "{key}" is changed in '
                    "config.toml, by a person."
                )
        case StartEpicAction(target=target):
            epic = standing_epic(board, _id(target))
            if epic.status not in {EpicStatus.DRAFT, EpicStatus.CANCELLED}:
                raise Rejected(
                    f"name an epic in draft; {epic.id} is {in_words(epic.status)} and cannot be started."
                )
        case MergeAction(target=target):
            standing_issue(board, _id(target))
        case WriteContext(path=path):
            if not _is_context(path):
                raise Rejected(f'write to context/NAME.md; "{path}" lies elsewhere.')


def _check_title(title: str) -> None:
    if not title.strip():
        raise Rejected('write "create issue: " and its title; it has none.')


def _is_context(path: str) -> bool:
    parts = path.split("/")
    return (
        parts[0] == "context" and len(parts) > 1 and not {"..", ".", ""} & set(parts) and path.endswith(".md")
    )


def _id(text: str) -> EntityId:
    return parse_id(text) or EntityId(text.strip())


def action_in_words(action: Action) -> str:
    """An action as a sentence says it."""
    match action:
        case CreateIssue(title=title):
            return f"create the issue “{title}”"
        case SetFact(target=target, key=key, value=value):
            return f"set {key} of {target} to {value}"
        case SetSetting(key=key, value=value):
            return f"set {key} to {value} in config.toml"
        case StartEpicAction(target=target):
            return f"start the epic {target}"
        case MergeAction(target=target):
            return f"merge {target}"
        case WriteContext(path=path):
            return f"write {path}"


def _refused(proposal: Proposal, message: str) -> Rejected:
    return Rejected(message, subject=proposal.id, key="actions")
