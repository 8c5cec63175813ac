"""Anything in any order; when it is over, what sync promises holds. One run of the machine for each invariant."""

from collections.abc import Callable

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

from tests.application import invariants
from tests.properties.sync_machine import FOREIGN, SyncRules

RUNS = hypothesis.settings(
    max_examples=10,
    stateful_step_count=30,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
)

Check = Callable[[SyncRules], None]


def machine(check: Check, number: int) -> type[SyncRules]:
    class Checked(SyncRules):
        _hypothesis_internal_use_seed = number

        def teardown(self) -> None:
            self.come_to_rest()
            check(self)
            self.world.store.remove()

    return Checked


def play(check: Check, number: int) -> None:
    run_state_machine_as_test(machine(check, number), settings=RUNS)


def test_inv1_no_saved_byte_is_ever_lost() -> None:
    def check(played: SyncRules) -> None:
        invariants.inv1_no_saved_byte_is_lost(played.world)
        texts = [played.world.tree.content(path) or b"" for path in played.world.paths()]
        everything = b"\n".join(texts).decode(errors="replace")
        missing = {word for word in played.owed_words if word not in everything}
        assert not missing, f"{missing} were written, taken out by nobody, and stand nowhere:\n{everything}"

    play(check, 1)


def test_inv2_file_database_and_branch_converge() -> None:
    play(lambda played: invariants.inv2_everything_converges(played.world), 2)


def test_inv3_what_the_daemon_wrote_never_comes_back_as_a_change() -> None:
    play(lambda played: invariants.inv3_no_echo(played.world), 3)


def test_inv4_every_act_is_done_once() -> None:
    play(lambda played: invariants.inv4_every_act_once(played.world), 4)


def test_inv5_foreign_bytes_stay_as_they_were_written() -> None:
    def check(played: SyncRules) -> None:
        for path in played.world.paths("issues/"):
            text = played.text_of(path) or ""
            if "\ntitle: Issue" in text:
                assert all(line in text for line in FOREIGN), f"{path} lost a line of its owner's:\n{text}"

    play(check, 5)


def test_inv6_agents_never_decide() -> None:
    play(lambda played: invariants.inv6_agents_never_decide(played.world), 6)


def test_inv7_nothing_is_deleted_but_by_a_hand() -> None:
    play(lambda played: invariants.inv7_deletion_is_safe(played.world), 7)
