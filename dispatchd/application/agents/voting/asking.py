"""Asking agents for their votes: which turns begin now, and writing that down with what each is told.

Such a turn is no work on an issue: it has no branch and no worktree, and goes before work, because others wait for it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Final

from dispatchd.application.agents.account_limits import lifted_limits
from dispatchd.application.agents.caps import Breach, Purse, ask_about_caps
from dispatchd.application.agents.circuit import Resting
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.dispatching import limits_of
from dispatchd.application.agents.engine_choice import engine_named
from dispatchd.application.agents.results import results_for
from dispatchd.application.agents.voting.briefing import ballot_for
from dispatchd.application.command_handler import Door
from dispatchd.application.doubts import begin_doubt
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, ever_about, open_once
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import Config
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import run_id
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import ProseRevised
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.proposal import Choice, Proposal
from dispatchd.domain.results_told import silent_cause
from dispatchd.domain.run_command import AskForVote
from dispatchd.domain.scheduling import VotePlan, schedule_votes
from dispatchd.domain.vote_asking import Around, Ask, NotAsked, asks_of, takes_votes

_TOLD: Final = "told."
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteChoice:
    """Who is asked now. `silent`: seats that gave no vote, of proposals that no deadline ends."""

    plan: VotePlan
    not_asked: tuple[NotAsked, ...] = ()
    silent: tuple[NotAsked, ...] = ()
    breaches: dict[str, Breach] = field(default_factory=dict)
    ends_at: datetime | None = None


async def ask_for_votes(desk: Desk) -> datetime | None:
    """Begin the turns for votes that are due; when to ask again by the clock, if that will change anything."""
    at = desk.session.ports.clock.now()
    settings = desk.ports.settings()
    choice = await desk.session.ports.store.transact(
        lambda work: choose_votes(work, settings, desk.ports.engines, at)
    )
    await ask_about_caps(desk, choice.breaches)
    for ask in choice.plan.asks:
        await _begin(desk, ask)
    for silent in choice.silent:
        await _tell_of_silence(desk, silent, at)
    return min((each for each in (choice.plan.again_at, choice.ends_at) if each is not None), default=None)


def choose_votes(
    work: UnitOfWork, settings: Config, engines: Mapping[str, AgentEngine], at: datetime
) -> VoteChoice:
    """Who is asked at *at*, for the vote that ends first before the others."""
    votes = sorted(open_votes(work, at), key=lambda each: (each.deadline or _NEVER, each.id))
    live = work.runs.live()
    busy = {run.agent: run.issue for run in live}
    lifted = lifted_limits(work, engines)
    mute = [each.name for each in work.agents() if not _can_answer(work, engines, each)] if votes else []
    found = [
        each
        for proposal in votes
        for each in asks_of(
            work,
            proposal,
            at,
            Around(busy=busy, mute=mute, more=_told_more(work, proposal), lifted=lifted),
        )
    ]
    not_asked = tuple(each for each in found if isinstance(each, NotAsked))
    asks = [] if why_nothing_starts(work) else [each for each in found if isinstance(each, Ask)]
    purse = Purse(work, settings.budget, at)
    limits = limits_of(settings.agents)
    plan = schedule_votes(asks, tuple(work.agents()), live, limits, at, _why_not(work, settings, at, purse))
    endless = {proposal.id for proposal in votes if proposal.deadline is None}
    return VoteChoice(
        plan=plan,
        not_asked=not_asked,
        silent=tuple(each for each in not_asked if each.for_good and each.proposal in endless),
        breaches=purse.breaches,
        ends_at=min((each.deadline for each in votes if each.deadline is not None), default=None),
    )


def _told_more(work: UnitOfWork, proposal: Proposal) -> Mapping[str, datetime]:
    """When the text was last changed by a person, for each agent's seat that had asked for more before that."""
    wanted = {
        vote.voter: vote.signature.at
        for vote in proposal.votes
        if vote.choice is Choice.MORE_INFO and not vote.voter.startswith("@")
    }
    if not wanted:
        return {}
    changed = [
        each.circumstance.at
        for each in work.history.about(proposal.id)
        if isinstance(each.event, ProseRevised) and each.circumstance.actor.kind is ActorKind.HUMAN
    ]
    return {seat: changed[-1] for seat, at in wanted.items() if changed and changed[-1] > at}


def _can_answer(work: UnitOfWork, engines: Mapping[str, AgentEngine], agent: Agent) -> bool:
    """Whether a turn could bring its vote; an engine that nobody knows fails, and says so, when it is started."""
    engine = engine_named(engines, agent.engine)
    if engine is None or not engine.abilities.votes_by:
        return engine is None or engine.abilities.votes
    record = work.documents.of(agent.name)
    card = (
        work.blobs.get(record.current).decode("utf-8", errors="replace") if record and record.current else ""
    )
    return any(line.startswith(engine.abilities.votes_by) for line in card.splitlines())


def open_votes(work: UnitOfWork, at: datetime) -> Iterator[Proposal]:
    """The proposals that take votes."""
    for each in work.entities(EntityKind.PROPOSAL):
        if isinstance(each, Proposal) and takes_votes(each, at):
            yield each


def _why_not(work: UnitOfWork, settings: Config, at: datetime, purse: Purse) -> Callable[[Agent], str | None]:
    resting = Resting(work, at, settings.commands)
    return lambda agent: resting.why_not(agent) or purse.why_not_vote(agent)


async def _begin(desk: Desk, ask: Ask) -> None:
    """Write down that the turn begins. Where it may not after all, the next round sees why."""
    try:
        await desk.plan(lambda door: _start(desk, door, ask))
    except Rejected:
        return


def _start(desk: Desk, door: Door, ask: Ask) -> Plan:
    work = door.work
    proposal = work.proposal(ask.proposal)
    if proposal is None:
        return Plan(commands=[])
    run = run_id(ask.proposal, len(work.runs.of_issue(ask.proposal)) + 1)
    heard = results_for(work, ask.agent)
    most = desk.ports.settings().agents.context_chars
    prompt = heard.before(ballot_for(work, proposal, ask, desk.places.repository, most))
    if not desk.contains:
        begin_doubt(work, desk.session.ports.clock.now())
    work.runs.save_progress(RunProgress(run=run, prompt=work.blobs.put(prompt.encode())))
    start = AskForVote(
        proposal=ask.proposal,
        run=run,
        seat=ask.seat,
        agent=ask.agent,
        attempt=ask.attempt,
        contained=desk.contains,
        session=ask.session,
    )
    return Plan(commands=[start, *heard.read], subject=ask.proposal)


async def _tell_of_silence(desk: Desk, silent: NotAsked, at: datetime) -> None:
    """Tell people, once, that a vote without a deadline waits for somebody who gives none."""
    note = f"{_TOLD}{silent_cause(silent.proposal)}:{silent.seat}"
    if await desk.session.ports.store.transact(lambda work: work.note(note)) is not None:
        return

    def tell(door: Door) -> Plan:
        proposal = door.work.proposal(silent.proposal)
        if proposal is not None:
            if not _was_told(door.work, silent):
                open_once(door, _notice(proposal, silent), at)
            door.work.set_note(note, "told")
        return Plan(commands=[], subject=silent.proposal)

    await desk.plan(tell)


def _was_told(work: UnitOfWork, silent: NotAsked) -> bool:
    """Whether a thread says so, open or not: a database made anew has no note of it."""
    said = _gives_none(silent)
    return any(each.title.endswith(said) for each in ever_about(work, silent_cause(silent.proposal)))


def _gives_none(silent: NotAsked) -> str:
    return f": {silent.seat} gives no vote"


def _notice(proposal: Proposal, silent: NotAsked) -> Notice:
    text = (
        f"{proposal.id} waits for the vote of {silent.seat}: {silent.why}. It has no deadline, so it stays open until "
        "somebody does something: give it one (`deadline: 2026-11-28`), take the voter out of `voters:`, or decide it "
        "below *Override*."
    )
    return Notice(
        cause=silent_cause(proposal.id),
        title=f"{proposal.title}{_gives_none(silent)}",
        text=text,
        subject=proposal.id,
    )
