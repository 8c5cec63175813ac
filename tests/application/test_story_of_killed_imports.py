"""An import whose process ends somewhere: run again, everything is there, once, by whoever imports."""

from collections import Counter

import pytest

from dispatchd.application.imports.answer import ItemState
from dispatchd.application.requests.carrying_out import carry_out
from dispatchd.application.requests.import_requests import import_request, outcomes_in
from dispatchd.documents.foreign.item import Becomes, ForeignItem
from dispatchd.reconcile.import_order import Portion
from tests.application.invariants import check_all
from tests.application.losing import lose_database
from tests.application.world import World
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import run

PLACES = 12
"""At which the process ends, one after the other, evenly over all steps."""


def item(number: int, becomes: Becomes = Becomes.ISSUE) -> ForeignItem:
    source = f"beads:{becomes}-{number}"
    place, body = "", f"Text {number}"
    if becomes is Becomes.DOCUMENT:
        place, body = f"context/doc-{number}.md", f'---\nsource: "{source}"\n---\n\nText\n'
    needs = (f"beads:issue-{number - 1}",) if becomes is Becomes.ISSUE and number else ()
    status = "closed" if number % 2 else "open"
    return ForeignItem(
        source=source,
        becomes=becomes,
        path="f",
        line=number,
        title=f"Title {number}",
        body=body,
        status=status,
        depends_on=needs,
        place=place,
    )


PORTIONS = (
    Portion(items=(item(0, Becomes.EPIC), item(0), item(1), item(0, Becomes.DOCUMENT))),
    Portion(items=(item(2), item(3), item(1, Becomes.DOCUMENT))),
)


def bring(world: World) -> list[ItemState]:
    states: list[ItemState] = []
    for portion in PORTIONS:
        answer = run(carry_out(world.session, import_request(portion, dry_run=False)))
        states.extend(outcome.state for outcome in outcomes_in(answer))
    world.settle()
    return states


def steps_of_a_whole_import() -> int:
    world = World()
    world.settle()
    before = world.steps.taken
    bring(world)
    taken = world.steps.taken - before
    world.store.remove()
    return taken


@pytest.mark.parametrize("power_cut", [False, True], ids=["killed", "power cut"])
def test_an_import_that_was_killed_anywhere_is_whole_after_the_next(power_cut: bool) -> None:
    whole = steps_of_a_whole_import()
    for fatal in range(0, whole, max(1, whole // PLACES)):
        world = World()
        world.settle()
        world.cuts_power = power_cut
        world.steps.fatal = world.steps.taken + fatal
        try:
            bring(world)
        except Crashed:
            world.restart(power_cut=power_cut)
        world.settle()
        bring(world)
        assert bring(world) == [ItemState.HERE] * 7, fatal
        opened = Counter(
            type(recorded.event).__name__
            for recorded in world.events()
            if type(recorded.event).__name__ in {"IssueOpened", "EpicOpened", "FileRevised"}
        )
        assert opened == {"IssueOpened": 4, "EpicOpened": 1, "FileRevised": 2}, fatal
        assert {recorded.circumstance.actor.name for recorded in world.events()} == {"Alice Doe"}
        assert len(world.paths("issues/")) == len(world.paths("archive/")) == 2
        check_all(world)
        world.store.remove()


def test_a_document_that_was_deleted_here_does_not_come_back_after_a_lost_database(world: World) -> None:
    bring(world)
    world.delete("context/doc-1.md")
    world.settle()
    lose_database(world)
    world.settle()
    assert bring(world) == [ItemState.HERE] * 7
    assert world.paths("context/") == ["context/doc-0.md"]
