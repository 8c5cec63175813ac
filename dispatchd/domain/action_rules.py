"""What a proposal may plan to do: each action is checked when the proposal opens, not when it passes.

Whether all of a proposal is ready to be voted on is `readiness`' to say, and whether its actions are carried out by
themselves `carrying_out`'s; a decision says in plain words what was decided.
"""

from typing import Final

from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, PlanActions
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import ActionsPlanned, Event
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
    UnreadAction,
    WriteContext,
)
from dispatchd.domain.proposal_rules import UNDECIDED, check_is_own
from dispatchd.domain.wording import in_words, listed

_SETTINGS: Final = ("workspace", "agents", "budget")


def decide_actions(board: Board, command: PlanActions, circumstance: Circumstance) -> tuple[Event, ...]:
    """Change what is to be done, until somebody has voted on it."""
    proposal = standing_proposal(board, command.proposal)
    if proposal.actions == command.actions:
        return ()
    check_is_own(proposal, circumstance.actor, "actions")
    settled = why_settled(proposal)
    if settled is not None:
        raise _refused(proposal, settled)
    if proposal.status is ProposalStatus.OPEN:
        _check_actions(board, proposal, command.actions)
    return (ActionsPlanned(proposal=proposal.id, actions=command.actions),)


def why_settled(proposal: Proposal) -> str | None:
    """Why what is to be done changes no more: it is decided, or somebody has voted on it."""
    if proposal.status not in UNDECIDED:
        return f"a new proposal can ask for it; {proposal.id} is {in_words(proposal.status)}."
    if proposal.status is ProposalStatus.OPEN and proposal.votes:
        voted = listed((vote.voter for vote in proposal.votes), "and")
        return f"a new proposal can ask for it; {voted} voted on what stood here before."
    return None


def _check_actions(board: Board, proposal: Proposal, actions: tuple[Action, ...]) -> None:
    for action in actions:
        why = why_not(board, action)
        if why is not None:
            raise _refused(proposal, f"{why} (in: {action_in_words(action)})")


def why_not(board: Board, action: Action) -> str | None:
    """Why *action* could not be done as the board is; None where it could."""
    try:
        _check_action(board, action)
    except Rejected as refusal:
        return str(refusal)
    return None


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
            _check_context(path)
        case UnreadAction(text=text):
            raise Rejected(f'write it as the others; "{text}" is no action that can be carried out.')


def _check_title(title: str) -> None:
    if not title.strip():
        raise Rejected('write "create issue: " and its title; it has none.')


def _check_context(path: str) -> None:
    parts = path.split("/")
    is_below = parts[0] == "context" and len(parts) > 1 and not {"..", ".", ""} & set(parts)
    if not is_below or not path.endswith(".md"):
        raise Rejected(f'write to context/NAME.md; "{path}" lies elsewhere.')


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
        case UnreadAction(text=text):
            return f"do “{text}”"


def _refused(proposal: Proposal, message: str) -> Rejected:
    return Rejected(message, subject=proposal.id, key="actions")
