"""What a card may name is what there is."""

from dispatchd.composition.agents import engines
from dispatchd.domain.agent import ENGINES


def test_a_card_may_name_every_engine_and_no_other() -> None:
    assert {name.removesuffix(":NAME") for name in ENGINES} == set(engines())
