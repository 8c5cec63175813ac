"""Merging waits while somebody has the integration branch checked out: a branch that moves under a checkout shows all
that it brings as taken out again, and the next `git commit -a` there takes it out indeed.

People are told in one notice, which closes when the branch is free. One that was seen is not opened again for the same
checkout, as far as this process remembers.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, close, open_once
from dispatchd.application.ports.integration import Integration
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.other_names import is_another_name, shown_ref, way_out
from dispatchd.domain.dataclass import dataclass

Turn = AbstractAsyncContextManager[object]
_UNDER_A_CHECKOUT: Final = (
    "Nothing is merged meanwhile, because a branch that moves under a checkout looks there as if all that it brings had "
    "been taken out, and a rebase cannot be finished once its branch was moved. To read along, check out the commit: "
    "`git checkout --detach {branch}`. Where that folder is gone, `git worktree prune` says so to git."
)
_BY_ANOTHER_NAME: Final = (
    "Nothing is merged meanwhile: what is written to such a branch is written to the other one, and nobody has asked for "
    "that."
)


def why_merging_waits(integration: Integration, branch: str) -> str:
    """Where *branch* is checked out and what to do, in a sentence without its point; empty where it is nowhere."""
    held = _held(integration, branch)
    return held.why if held is not None else ""


def is_told(work: UnitOfWork, branch: str) -> bool:
    """Whether a notice about *branch* stands open."""
    return work.open_thread_about(_cause(branch)) is not None


async def is_free(turn: Turn, desk: Desk, branch: str) -> bool:
    """Whether *branch* may be moved. People are told where it may not, and the notice goes where it may again."""
    held = await desk.session.run(lambda: _held(desk.ports.integration, branch))
    told = await desk.session.ports.store.transact(lambda work: work.open_thread_about(_cause(branch)))
    if held is None:
        desk.seen_checked_out = None
        if told is not None:
            await _plan(turn, desk, lambda door: close(door, _cause(branch), desk.session.ports.clock.now()))
        return True
    notice = _notice(branch, held)
    is_news = desk.seen_checked_out != held.place if told is None else told.turns[0].text != notice.text
    desk.seen_checked_out = held.place
    if is_news:
        await _plan(turn, desk, lambda door: _tell(door, desk, notice))
    return False


async def _plan(turn: Turn, desk: Desk, do: Callable[[Door], None]) -> None:
    def done(door: Door) -> Plan:
        do(door)
        return Plan(commands=[])

    async with turn:
        await desk.plan(done)


def _tell(door: Door, desk: Desk, notice: Notice) -> None:
    at = desk.session.ports.clock.now()
    close(door, notice.cause, at)
    open_once(door, notice, at)


def _cause(branch: str) -> str:
    return f"checked-out:{branch}"


@dataclass(frozen=True, slots=True)
class _Held:
    """Where and why the branch is not to be moved: `why` is a sentence without its point, `how` its first words.

    `place` is a worktree's folder, or the full name of what the branch is another name of; `more`, what else is to be known.
    """

    place: Path
    how: str
    why: str
    more: str = ""


def _held(integration: Integration, branch: str) -> _Held | None:
    name = integration.leads_to(branch)
    if name is not None:
        mends = f"git update-ref --no-deref refs/heads/{branch} COMMIT"
        alone = f"`{way_out(branch, name, stands=integration.exists(branch))}`"
        return _Held(
            Path(name),
            f"{branch} is another name of {shown_ref(name)}",
            f"{is_another_name(branch, name)}; {alone} makes it a branch of its own, and merging goes on",
            f"{_BY_ANOTHER_NAME} `git reflog {branch}` may still say where it stood, and `{mends}` puts it back there.",
        )
    place = integration.checked_out_at(branch)
    if place is not None:
        how = f"{branch} is checked out"
        return _Held(place, how, f"{how} in {place}; switch to another branch there, and merging goes on")
    place = integration.rebased_at(branch)
    if place is None:
        return None
    how = f"{branch} is being rebased"
    ends = "finish that there (`git rebase --continue`, or `--abort`), and merging goes on"
    return _Held(place, how, f"{how} in {place}; {ends}")


def _notice(branch: str, held: _Held) -> Notice:
    return Notice(
        cause=_cause(branch),
        title=f"Merging waits: {held.how}",
        text=f"{held.why}. {held.more or _UNDER_A_CHECKOUT.format(branch=branch)}",
    )
