"""A check that nothing contains runs what agents wrote: while it does, a save decides nothing that is a person's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatchd.application.agents.checking import run_checks
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.trusting import trust_again
from dispatchd.application.doubts import CHECKING, DOUBT, begin_check
from dispatchd.application.ports.integration import CheckResult, IntegrationFailed
from dispatchd.application.ports.sandbox import Containment
from dispatchd.application.requests.request import Verb
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.domain.identifiers import EntityId
from tests.application.test_story_of_doubts import WAITS, DoubtingWorld, approve, world
from tests.application.test_story_of_ticks import EPIC, stage
from tests.fakes.instant_store import run

__all__ = ["world"]
SETTINGS = '[commands]\ntest = "make test"\n[agents]\nchecks = ["test"]\n'


class Checking:
    """A workspace whose one check does what *does* does."""

    def __init__(self, world: DoubtingWorld, *, holds: bool = False) -> None:
        self.world = world
        self.does: Callable[[], None] = lambda: None
        self.desk = Desk(
            session=world.session,
            ports=cast("Any", SimpleNamespace(checks=self)),
            places=cast("Any", SimpleNamespace(repository=Path("/"))),
            containment=Containment(holds=holds),
        )

    def __call__(self, commit: str, name: str, command: str, within: float, report: str = "") -> CheckResult:
        assert (commit, name, within > 0, report) == ("a" * 40, "i-7k2m-test", True, "")
        self.does()
        return CheckResult(command=command, exit_code=0, tail="", seconds=0.1)

    def check(self) -> None:
        settings: Config = read_config(SETTINGS).config or Config()
        assert run(run_checks(self.desk, settings, "a" * 40, EntityId("i-7k2m"))) is None

    def trust(self) -> bool:
        return run(trust_again(self.desk))

    def approves(self) -> None:
        self.world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
        self.world.pass_time(5)

    def note(self, key: str) -> str | None:
        return self.world.store.look(lambda work: work.note(key))


@pytest.fixture
def checking(world: DoubtingWorld) -> Iterator[Checking]:
    made = Checking(world)
    yield made
    assert made.desk.checks_at_work == 0


def assert_waits(world: DoubtingWorld) -> None:
    assert not world.happened("GateApproved")
    assert f"- [x] Approve\n  {WAITS}dispatchd confirm e-3fq9\n" in stage(world, "Design")


def test_a_tick_that_a_check_makes_waits_for_a_persons_word(checking: Checking) -> None:
    checking.does = checking.approves
    checking.check()
    checking.world.settle()
    assert_waits(checking.world)
    checking.world.ask(Verb.CONFIRM, id="e-3fq9")
    checking.world.settle()
    assert len(checking.world.happened("GateApproved")) == 1


def test_what_is_taken_in_while_a_check_runs_is_doubted(checking: Checking) -> None:
    def ticks() -> None:
        assert checking.note(CHECKING) is not None
        approve(checking.world)

    checking.does = ticks
    checking.check()
    assert_waits(checking.world)


def test_no_doubt_ends_while_a_check_runs_and_every_file_is_its_persons_again_after_it(
    checking: Checking,
) -> None:
    def looks() -> None:
        assert checking.trust()
        assert checking.note(CHECKING) is not None

    checking.does = looks
    checking.check()
    assert checking.note(CHECKING) is None
    assert checking.note(DOUBT) is not None
    assert not checking.trust()
    assert checking.note(DOUBT) is None
    approve(checking.world)
    assert len(checking.world.happened("GateApproved")) == 1


def test_a_look_that_was_made_before_a_check_ends_no_doubt_after_it(checking: Checking) -> None:
    checking.check()
    checking.desk.has_looked = True
    checking.does = checking.approves
    checking.check()
    assert checking.trust()
    checking.world.settle()
    assert_waits(checking.world)


def test_a_check_of_a_daemon_that_was_killed_is_over_and_what_it_wrote_is_doubted(
    world: DoubtingWorld,
) -> None:
    run(world.store.transact(lambda work: begin_check(work, world.clock.now())))
    checking = Checking(world)
    checking.approves()
    assert checking.trust()
    assert checking.note(CHECKING) is None
    world.settle()
    assert_waits(world)
    assert not checking.trust()
    assert checking.note(DOUBT) is None


def test_a_check_that_cannot_be_run_is_over(checking: Checking) -> None:
    def fails() -> None:
        raise IntegrationFailed("no such commit")

    checking.does = fails
    with pytest.raises(IntegrationFailed):
        checking.check()
    assert checking.note(CHECKING) is None


def test_a_check_that_the_daemon_leaves_at_its_end_is_over_for_the_next_one(world: DoubtingWorld) -> None:
    def stops() -> None:
        raise KeyboardInterrupt

    checking = Checking(world)
    checking.does = stops
    with pytest.raises(KeyboardInterrupt):
        checking.check()
    checking.trust()
    assert checking.note(CHECKING) is not None
    after = Checking(world)
    after.trust()
    assert after.note(CHECKING) is None


def test_in_a_cell_it_puts_nothing_in_doubt(world: DoubtingWorld) -> None:
    checking = Checking(world, holds=True)
    checking.does = lambda: approve(world)
    checking.check()
    assert checking.note(DOUBT) is None
    assert len(world.happened("GateApproved")) == 1
