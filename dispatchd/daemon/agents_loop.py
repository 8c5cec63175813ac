"""Agents at work, by the clock and by what happens: who is due begins, who runs is looked at, what is done is merged.

Everything passes the session in turns with the other loops; a merge, whose checks may take long, does not hold it.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from dispatchd.application.agents.answering import ask_agents
from dispatchd.application.agents.caps import note_money
from dispatchd.application.agents.card_lines import answer_card_lines
from dispatchd.application.agents.checked_out import is_told
from dispatchd.application.agents.checkpoints import awaited_checks, run_checkpoint
from dispatchd.application.agents.circuit import break_circuits
from dispatchd.application.agents.consulting import put_questions_to_rules
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.dispatching import dispatch
from dispatchd.application.agents.ending import put_away_what_ended
from dispatchd.application.agents.flows.asking import ask_people_on_the_way
from dispatchd.application.agents.flows.naming import answer_workflow_lines
from dispatchd.application.agents.flows.stepping import look_at_what_was_handed_in, next_handed_in
from dispatchd.application.agents.handed_in_by_people import take_what_people_hand_in
from dispatchd.application.agents.merging import merge_next, next_submitted
from dispatchd.application.agents.money import ask_for_money
from dispatchd.application.agents.money_told import settle_money
from dispatchd.application.agents.policy_writing import write_down_what_is_always_allowed
from dispatchd.application.agents.stuck import do_as_told
from dispatchd.application.agents.trusting import trust_again
from dispatchd.application.agents.voting.asking import ask_for_votes
from dispatchd.application.agents.watching import watch
from dispatchd.application.carrying_out import carry_out_decisions
from dispatchd.application.deadlines import end_due_votes
from dispatchd.application.ports.integration import IntegrationFailed
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.daemon.engine_room import Boundary, EngineRoom, Work, done_beside
from dispatchd.daemon.run_sockets import RunSockets
from dispatchd.domain.agent_run import RunId

LOG = logging.getLogger(__name__)
LOOK_EVERY = 0.2
"""Seconds between two looks at turns that run; their transcripts are files, and tell nobody that they grew."""
REST = 5.0
"""Seconds after which everything is asked again where no turn runs,"""
LONG_REST = 60.0
"""and where nothing is to be done but at a moment that is known: whatever changes comes with a round."""


def agents_at_work(desk: Desk, room: EngineRoom, boundary: Boundary) -> Sequence[Work]:
    """The loops of agents' work."""
    return (agents_loop(room, desk, boundary), merge_loop(room, desk))


async def agents_loop(room: EngineRoom, desk: Desk, boundary: Boundary) -> None:
    """Let agents work until the daemon stops; what runs then goes on by itself."""
    sockets = RunSockets(room=room, desk=desk, boundary=boundary)
    desk.aside = lambda work: done_beside(room, work)
    try:
        async with room.turn:
            with room.halting():
                await put_away_what_ended(desk)
        while not room.stopping.is_set():
            rounds = room.rounds
            live = await _one_look(room, desk, sockets)
            await _nap(room, rounds, LOOK_EVERY if live else _rest(desk))
    finally:
        sockets.close()


async def merge_loop(room: EngineRoom, desk: Desk) -> None:
    """Merge what was submitted, and look at what phases handed in, one after the other, until the daemon stops."""
    while not room.stopping.is_set():
        rounds = room.rounds
        if not room.halted and not room.session.clone and await _merge(room, desk):
            await _did(room)
            continue
        at_rest = desk.nothing_to_merge == desk.session.ports.store.changes
        # Twenty agents make fifty rounds a second, and few of them hand anything in.
        await room.pause(LOOK_EVERY)
        await _nap(room, rounds, LONG_REST if at_rest else REST)


async def _merge(room: EngineRoom, desk: Desk) -> bool:
    merged = [False]
    changes = desk.session.ports.store.changes
    if changes == desk.nothing_to_merge:
        return False
    try:
        with room.halting():
            # All of it is asked at once, because most that happens gives this loop nothing to do.
            if not await desk.session.ports.store.transact(lambda work: _waits(work, desk)):
                desk.nothing_to_merge = changes
            else:
                merged.append(
                    await merge_next(room.turn, desk)
                    or await look_at_what_was_handed_in(room.turn, desk)
                    or await run_checkpoint(room.turn, desk)
                )
    except IntegrationFailed as failed:
        LOG.warning("a check could not be run: %s", failed, extra={"action": "check_failed"})
    return merged[-1]


def _waits(work: UnitOfWork, desk: Desk) -> bool:
    """Whether there may be something to merge, to look at, or to run."""
    is_told_of_merging = is_told(work, desk.ports.settings().agents.into)
    return bool(
        next_submitted(work) or is_told_of_merging or next_handed_in(work, desk) or awaited_checks(work)
    )


async def _one_look(room: EngineRoom, desk: Desk, sockets: RunSockets) -> bool:
    """Whether turns run."""
    if room.halted or room.session.clone or _is_at_rest(desk):
        return False
    live: set[RunId] = set()
    happened = False
    async with room.turn:
        with room.halting():
            before = await _position(desk)
            await _decide(desk, before)
            live = {run.id for run in await desk.session.ports.store.transact(lambda work: work.runs.live())}
            happened = await watch(desk)
            doubts = await trust_again(desk)
            happened = happened or await _position(desk) != before
            desk.at_rest = -1 if live or doubts or happened else desk.session.ports.store.changes
    await sockets.follow(live)
    if happened:
        await _did(room)
    return bool(live)


def _is_at_rest(desk: Desk) -> bool:
    """Whether nothing runs that would have to be looked at, and nothing was changed since that was seen."""
    at = desk.session.ports.clock.now()
    is_time = desk.ask_again is not None and at >= desk.ask_again
    return desk.at_rest == desk.session.ports.store.changes and not is_time


def _rest(desk: Desk) -> float:
    """Seconds until it is to be asked again whether turns begin."""
    if desk.at_rest != desk.session.ports.store.changes:
        return REST
    if desk.ask_again is None:
        return LONG_REST
    left = (desk.ask_again - desk.session.ports.clock.now()).total_seconds()
    return min(LONG_REST, max(REST, left))


async def _decide(desk: Desk, position: int) -> None:
    """What follows from what has happened, or from the time; where neither is news, nothing is asked."""
    at = desk.session.ports.clock.now()
    if position == desk.decided_at and (desk.ask_again is None or at < desk.ask_again):
        return
    await do_as_told(desk)
    await take_what_people_hand_in(desk)
    await settle_money(desk)
    await write_down_what_is_always_allowed(desk)
    await break_circuits(desk)
    await answer_workflow_lines(desk, desk.decided_at)
    await answer_card_lines(desk)
    await ask_people_on_the_way(desk)
    await end_due_votes(desk.session)
    await carry_out_decisions(desk.session)
    asked_until = await put_questions_to_rules(desk)
    await ask_agents(desk)
    desk.ask_again = _earlier(asked_until, await ask_for_votes(desk), await dispatch(desk))
    await ask_for_money(desk)
    await note_money(desk)
    desk.decided_at = position


def _earlier(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)


async def _position(desk: Desk) -> int:
    newest = await desk.session.ports.store.transact(lambda work: work.history.newest(1))
    return newest[0][0].position if newest else 0


async def _did(room: EngineRoom) -> None:
    room.status_due = True
    room.inbox.wake()
    room.commit_now.set()
    await room.tell()


async def _nap(room: EngineRoom, rounds: int, seconds: float) -> None:
    """Rest until something has happened in the workspace, or the time is over."""
    try:
        async with asyncio.timeout(seconds), room.changed:
            await room.changed.wait_for(lambda: room.rounds > rounds or room.stopping.is_set())
    except TimeoutError:
        return
