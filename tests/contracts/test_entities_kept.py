"""Every kind of entity comes back from the store as it was saved."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread

BEGIN = datetime(1900, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
TIMES = st.datetimes(min_value=BEGIN, max_value=BEGIN.replace(year=2200), timezones=st.just(UTC))
st.register_type_strategy(datetime, TIMES)
LETTER = {Issue: "i", Epic: "e", Proposal: "p", Thread: "t", Decision: "d"}
LOOK_UP: dict[type, Callable[[UnitOfWork, EntityId], object]] = {
    Issue: lambda unit, name: unit.issue(name),
    Epic: lambda unit, name: unit.epic(name),
    Proposal: lambda unit, name: unit.proposal(name),
    Thread: lambda unit, name: unit.thread(name),
    Decision: lambda unit, name: unit.decision(name),
    Agent: lambda unit, name: unit.agent(name),
}


def entities_of(kind: type) -> st.SearchStrategy[Entity | Decision]:
    if kind is Agent:
        return st.builds(Agent, name=st.just("ash"))
    return st.builds(kind, id=st.just(f"{LETTER[kind]}-2222"))


@pytest.mark.parametrize("kind", [*get_args(Entity), Decision], ids=lambda kind: kind.__name__)
def test_every_entity_comes_back_as_it_was_last_saved(tmp_path: Path, kind: type) -> None:
    with sync_store(tmp_path / "state.db") as store:

        @settings(max_examples=40)
        @given(entities_of(kind))
        def check(entity: Entity | Decision) -> None:
            name = entity.name if isinstance(entity, Agent) else entity.id
            store.run(lambda unit: unit.save(entity))
            found = store.run(lambda unit: [look(unit, EntityId(name)) for look in LOOK_UP.values()])
            assert [each for each in found if each is not None] == [entity]
            assert store.run(lambda unit: unit.entity(name)) == entity
            listed = store.run(lambda unit: [one for kind in EntityKind for one in unit.entities(kind)])
            assert listed == ([] if getattr(entity, "removed", False) else [entity])
            assert store.run(lambda unit: unit.population()) == 1

        check()
