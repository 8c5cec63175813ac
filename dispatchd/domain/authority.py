"""Who may do what: what is a person's alone, and which person's.

An agent never decides what a human must: gates, overrides, plans of stages, answers that wait for a person, deletions,
its own role. Somebody who is in `[people]` nowhere decides none of that either: `require_decider` says what that is.
Whether a save or a commit really is that person's is known before a command is made, not here.
"""

from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.board import Board, Rules
from dispatchd.domain.command import (
    ChangeSet,
    Circumstance,
    Command,
    IntroduceAgent,
    OpenEpic,
    OpenProposal,
    PlanActions,
    PlanStages,
    RemoveEntity,
    RestoreEntity,
    SetFact,
)
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic, EpicStatus, GatePlan, StagePlan
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.wording import listed

NOBODY_ELSE: Final = "ask a person"


ELECTORATE: Final = frozenset({"threshold", "voters", "deadline"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a command decides, as a noun phrase, and where that stands in a document."""

    what: str
    subject: EntityId
    key: str | None = None


def is_person(rules: Rules, actor: Actor) -> bool:
    """Whether *actor* is somebody of `[people]`; while nobody is listed there, any human is."""
    return actor.kind is ActorKind.HUMAN and (not rules.people or actor.handle in rules.people)


def require_human(
    actor: Actor, what: str, *, subject: EntityId | None = None, key: str | None = None
) -> None:
    """Refuse an agent; *what* is what only people do, as a noun phrase."""
    if actor.kind is ActorKind.AGENT:
        raise Rejected(
            f'ask a person: dispatchd as {actor.handle} ask "…"; {what} is not for an agent to decide.',
            subject=subject,
            key=key,
        )


def require_person(
    rules: Rules, actor: Actor, what: str, *, subject: EntityId | None = None, key: str | None = None
) -> None:
    """Refuse an agent, the daemon and a human who is not listed in `[people]`."""
    require_human(actor, what, subject=subject, key=key)
    if not is_person(rules, actor):
        raise Rejected(
            f'write {actor.handle} = ["{actor.email}"] under [people] in config.toml; '
            f"{what} is for the people named there.",
            subject=subject,
            key=key,
        )


def require_daemon(actor: Actor, what: str, *, subject: EntityId | None = None) -> None:
    """Refuse everybody but the daemon."""
    if actor.kind is not ActorKind.DAEMON:
        raise Rejected(f"nothing needs to be done; {what} is the daemon's.", subject=subject)


def may_answer_gate(rules: Rules, plan: GatePlan, actor: Actor) -> bool:
    """Whether *actor* is one of those a gate asks: those it names, or anyone in `[people]`."""
    asked = {handle.casefold() for handle in plan.approvers}
    return is_person(rules, actor) and (not asked or actor.handle.casefold() in asked)


def approvers_of(rules: Rules, plan: GatePlan) -> str:
    """Whom a gate asks, in words."""
    named = plan.approvers or tuple(rules.people)
    return listed(f"@{handle}" for handle in named) if named else "any person"


def unless_known(rules: Rules, actor: Actor) -> str:
    """That nobody here knows *actor*, and how that is changed; empty where they are known."""
    if actor.handle in rules.people:
        return ""
    return f" Nobody here knows {actor.name}: a line with their e-mail below [people] in config.toml makes them known."


def require_not_own(rules: Rules, begun_by: str, actor: Actor, subject: EntityId) -> None:
    """Refuse somebody who would approve what they began, where `approve_own` is off."""
    if not rules.approve_own and begun_by == actor.handle:
        others = [f"@{handle}" for handle in rules.people if handle != actor.handle]
        whom = listed(others) if others else "somebody else in [people]"
        raise Rejected(
            f"{whom} can approve it; you began {subject}, and approve_own is off in config.toml.",
            subject=subject,
        )


def require_epic_not_own(rules: Rules, epic: Epic, actor: Actor) -> None:
    """`approve_own` for the gates of an epic."""
    require_not_own(rules, epic.begun_by, actor, epic.id)


def require_proposal_not_own(rules: Rules, proposal: Proposal, actor: Actor) -> None:
    """`approve_own` for forcing a proposal through."""
    require_not_own(rules, proposal.proposer.handle, actor, proposal.id)


def require_decider(board: Board, command: Command, circumstance: Circumstance) -> None:
    """Refuse a human who is not in `[people]` what only those named there decide.

    Agents and the daemon are held by the rules of each kind; gates, votes and answers say for themselves whose they
    are. Everything else, the facts and texts of issues above all, may come from anybody.
    """
    actor = circumstance.actor
    if actor.kind is not ActorKind.HUMAN or is_person(board.rules, actor):
        return
    decided = decided_by(board, command)
    if decided is not None:
        raise Rejected(
            f"do it in your own name if it is right; {decided.what} is for the people under [people] in config.toml, "
            f"and {actor.name} <{actor.email}> is not there.",
            subject=decided.subject,
            key=decided.key,
        )


def decided_by(board: Board, command: Command) -> Decision | None:
    """What of those named in `[people]` alone *command* decides; None where anybody may do it."""
    match command:
        case OpenEpic(epic=epic) if epic.status is not EpicStatus.DRAFT:
            return Decision(what="starting or ending an epic", subject=epic.id, key="status")
        case OpenProposal(proposal=proposal) if proposal.status is not ProposalStatus.DRAFT:
            return Decision(what="opening a vote or ending it", subject=proposal.id, key="status")
        case SetFact() | ChangeSet():
            return _decided_by_fact(board, command)
        case PlanStages(epic=epic_id) if _changes_outline(board.epic(epic_id), command):
            return Decision(
                what="changing the stages and gates of an epic at work", subject=epic_id, key="stages"
            )
        case PlanActions(proposal=proposal_id) if _is_put_to_vote(board.proposal(proposal_id)):
            return Decision(what="changing what is voted on", subject=proposal_id, key="actions")
        case RemoveEntity(subject=subject):
            return Decision(what="deleting", subject=subject)
        case RestoreEntity(subject=subject):
            return Decision(what="bringing back what was deleted", subject=subject)
        case IntroduceAgent(agent=agent):
            return Decision(what="introducing an agent", subject=EntityId(agent.name))
        case _:
            return None


def _decided_by_fact(board: Board, command: SetFact | ChangeSet) -> Decision | None:
    subject, key = command.subject, command.key
    what = None
    match kind_of(subject):
        case EntityKind.EPIC if key == "status":
            what = "starting or stopping an epic"
        case EntityKind.PROPOSAL if key == "status":
            what = "opening or withdrawing a proposal"
        case EntityKind.PROPOSAL if key in ELECTORATE and _is_put_to_vote(board.proposal(subject)):
            what = f"changing the {key} of an open proposal"
        case EntityKind.AGENT:
            what = "changing an agent's card"
        case EntityKind.ISSUE if key == "workflow":
            goes = board.issue(subject)
            if goes is not None and goes.workflow is not None:
                what = "letting an issue go another way"
        case EntityKind.ISSUE if key in {"epic", "stage"}:
            issue = board.issue(subject)
            if issue is not None and (issue.epic if key == "epic" else issue.stage) is not None:
                what = "moving an issue out of its stage"
    return None if what is None else Decision(what=what, subject=subject, key=key)


def _is_put_to_vote(proposal: Proposal | None) -> bool:
    return proposal is not None and proposal.status is not ProposalStatus.DRAFT


def _changes_outline(epic: Epic | None, command: PlanStages) -> bool:
    """Whether the stages of an epic at work, their order or their gates change, and not only what stands in them."""
    if epic is None or epic.status is EpicStatus.DRAFT:
        return False
    return _outline(tuple(stage.plan for stage in epic.stages)) != _outline(command.stages)


def _outline(plans: tuple[StagePlan, ...]) -> tuple[tuple[str, GatePlan | None], ...]:
    return tuple((plan.name.strip().casefold(), plan.gate) for plan in plans)
