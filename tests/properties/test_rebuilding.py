"""Anything in any order; then the database is lost. What is made anew is equal in every fact."""

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

from tests.application.losing import assert_rebuilt_equal
from tests.properties.sync_machine import SyncRules

RUNS = hypothesis.settings(
    max_examples=12,
    stateful_step_count=30,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
)


class Rebuilt(SyncRules):
    _hypothesis_internal_use_seed = 9

    def teardown(self) -> None:
        self.come_to_rest()
        try:
            assert_rebuilt_equal(self.world)
        finally:
            self.world.store.remove()


def test_inv9_a_database_made_anew_is_equal_in_every_fact() -> None:
    run_state_machine_as_test(Rebuilt, settings=RUNS)
