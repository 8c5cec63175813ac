"""People are asked about the day's money where agents would spend some, and what they are offered lets a turn begin."""

from contextlib import closing

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.agents.caps import Purse, note_money
from dispatchd.application.agents.money import STOP, ask_for_money
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.workspace_status import status_of
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import RunOutcome, Spent
from dispatchd.domain.run_command import EndRun
from tests.application.flow_world import CONFIG, ISSUE, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

COSTLY = Agent(name="ash", engine="claude")


def lets(world: World, usd: float, engine: str = "claude") -> FlowWorld:
    """A day may cost *usd*, and ash works on *engine*."""
    way = FlowWorld(world, "plain")
    world.save("config.toml", f"{CONFIG}\n[budget]\nday_usd = {usd}\n")
    world.edit("agents/ash/agent.md", "engine: scripted", f"engine: {engine}")
    world.settle()
    return way


def asks(way: FlowWorld) -> list[str]:
    """The texts of the threads, after the daemon has looked twice."""
    for _ in range(2):
        run(ask_for_money(way.desk))
    way.world.settle()
    return [way.world.read(path) for path in way.world.paths("inbox/")]


def begins(way: FlowWorld) -> bool:
    def look(work: UnitOfWork) -> bool:
        issue = work.issue(ISSUE)
        assert issue is not None
        purse = Purse(work, way.settings().budget, way.world.clock.now())
        return purse.why_not(issue, COSTLY) is None

    return way.world.store.look(look)


@pytest.mark.parametrize(
    ("usd", "spent", "offer"),
    [
        (0, 0, "Raise to $1.00 for today"),
        (0.2, 0, "Raise to $1.00 for today"),
        (4, 3.5, "Raise to $8.00 for today"),
        (2, 7.3, "Raise to $9.00 for today"),
    ],
)
def test_what_the_days_money_is_raised_to_lets_a_turn_begin(
    world: World, usd: float, spent: float, offer: str
) -> None:
    way = lets(world, usd)
    if spent:
        turn = way.start("ash")
        used = Spent(micros=round(spent * 1_000_000))
        way.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK, spent=used))
    assert not begins(way)
    (asked,) = asks(way)
    assert f"- [ ] {offer}" in asked
    (path,) = world.paths("inbox/")
    world.edit(path, f"- [ ] {offer}", f"- [x] {offer}")
    world.settle()
    assert begins(way)


def test_who_stops_for_today_is_not_asked_again_though_more_was_spent(world: World) -> None:
    way = lets(world, 2)
    turn = way.start("ash")
    way.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK, spent=Spent(micros=1_500_000)))
    assert len(asks(way)) == 1
    (path,) = world.paths("inbox/")
    world.edit(path, f"- [ ] {STOP}", f"- [x] {STOP}")
    world.settle()
    more = way.start("ash")
    way.daemon(EndRun(run=more.id, outcome=RunOutcome.OK, spent=Spent(micros=9_000_000)))
    asks(way)
    assert len([each for each in world.events() if type(each.event).__name__ == "ThreadOpened"]) == 1
    assert not begins(way)


@pytest.mark.parametrize("engine", ["scripted", "command:test"])
def test_nobody_is_asked_about_money_where_no_engine_costs_any(world: World, engine: str) -> None:
    assert asks(lets(world, 0, engine)) == []


def test_what_is_next_says_that_the_days_money_is_spent(world: World) -> None:
    way = lets(world, 0.5)
    world.edit("issues/login.md", "status: queued\n", "status: queued\nassignee: ash\n")
    world.settle()
    (asked,) = asks(way)
    assert "A turn counts as $1.00 until it has ended and says what it cost" in asked

    def remarks() -> list[str]:
        run(note_money(way.desk))
        with closing(open_read_only(world.store.folder / "state.db")) as model:
            return [each.remark for each in status_of(model).next]

    assert remarks() == ["for ash; the day's money is spent"]
    world.edit("config.toml", "day_usd = 0.5", "day_usd = 50")
    world.settle()
    assert remarks() == ["for ash"]
