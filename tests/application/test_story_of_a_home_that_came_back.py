"""Home goes to another clone and comes back: what was decided here in between is let go of, and decided once."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from dispatchd.application.clone_status import nobody
from dispatchd.application.home_moving import move_home
from dispatchd.application.outdated import refuse_outdated
from dispatchd.application.ports.audit_log import (
    COMMITTER_EMAIL,
    COMMITTER_NAME,
    HOME_TRAILER,
    AuditCommit,
    CommitId,
    Signature,
)
from dispatchd.application.sharing import Remote, share
from dispatchd.application.stepping_down import step_down
from dispatchd.application.wire import encode_event
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.epic import StageState
from dispatchd.domain.epic_event import GateApproved
from dispatchd.domain.event import IssueOpened, RecordedEvent
from dispatchd.domain.identifiers import DocumentPath, EventId
from tests.application.losing import assert_rebuilt_equal, lose_database
from tests.application.replica_world import CONFIG
from tests.application.test_story_of_a_branch_set_back import SharedWorld
from tests.application.test_story_of_ticks import EPIC, EPIC_TEXT
from tests.application.world import BOB
from tests.fakes.fake_shared_branch import FakeSharedBranch
from tests.fakes.instant_store import run

HERE, THERE, ORIGIN = "home-7k2m", "bobs-clone", "origin"
SETTINGS = DocumentPath("config.toml")


class WanderingHome(SharedWorld):
    """Alice's clone, which decides until `lose_home` and again from `come_home`."""

    def __init__(self) -> None:
        super().__init__({EPIC: EPIC_TEXT}, config=CONFIG)
        self.settle()
        self.remote = FakeSharedBranch(log=self.log, ends={ORIGIN: self.log.head()})

    def elsewhere(self, commit: AuditCommit) -> CommitId:
        """Somebody pushes *commit*."""
        there = self.log.elsewhere(commit, (self.remote.ends[ORIGIN],))
        self.remote.push(ORIGIN, there)
        return there

    def name_home(self, before: str, now: str) -> AuditCommit:
        """A commit of Bob's that lets *now* decide."""
        text = (self.log.read(self.remote.ends[ORIGIN], SETTINGS) or b"").replace(
            before.encode(), now.encode()
        )
        by = Signature(name=BOB[0], email=BOB[1], at=self.clock.now())
        return AuditCommit(
            author=by,
            committer=by,
            subject="Let it decide",
            changes={SETTINGS: text},
            marks={HOME_TRAILER: now},
        )

    def lose_home(self) -> None:
        """Bob's clone was made home, and this one hears of it."""
        there = self.elsewhere(self.name_home(HERE, THERE))
        assert run(step_down(self.session, self.remote, there, HERE))
        self.begin_anew(is_replica=True)
        self.remote.push(ORIGIN, self.log.head())

    def begin_anew(self, *, is_replica: bool) -> None:
        self.is_replica = is_replica
        lose_database(self).remove()
        self.settle()

    def come_home(self) -> None:
        """`dispatchd home --here`."""
        remote = Remote(branch=self.remote, name=ORIGIN)
        run(move_home(self.session, remote, contextlib.nullcontext(), HERE))
        self.begin_anew(is_replica=False)

    def decide_there(self, decided: Sequence[RecordedEvent], files: Mapping[DocumentPath, bytes]) -> None:
        """Bob's clone takes in what was offered to it, and comes to the same as this one did."""
        told = [replace(each, id=EventId(f"f00000{number:02}")) for number, each in enumerate(decided)]
        by = Signature(name=DAEMON.name, email=DAEMON.email, at=self.clock.now())
        made = AuditCommit(
            author=by,
            committer=Signature(name=COMMITTER_NAME, email=COMMITTER_EMAIL, at=by.at),
            subject="Alice Doe approves",
            changes={path: text for path, text in files.items() if path != SETTINGS},
            trailers=tuple(json.dumps(encode_event(each)) for each in told),
        )
        self.log.believed.add(self.elsewhere(made))

    def approve(self) -> None:
        """Alice approves the first stage."""
        self.edit(EPIC, "- [ ] Approve", "- [x] Approve")
        self.settle()


@pytest.fixture
def world() -> WanderingHome:
    return WanderingHome()


def assert_branch_tells_all(world: WanderingHome) -> None:
    """INV9: each event of the database stands in exactly one commit of the branch, and nothing else does."""
    assert sorted(world.committed_events()) == sorted(each.id for each in world.events())
    assert world.as_replica("e-3fq9") == [world.entity("e-3fq9")]
    assert HERE in (world.on_branch("config.toml") or ""), "this clone says that another one decides"
    assert_rebuilt_equal(world)


def assert_approved_once(world: WanderingHome) -> None:
    assert len(world.happened("GateApproved")) == 1
    assert len(world.happened("DecisionRecorded")) == 1
    assert len(world.paths("decisions/")) == 1
    states = [each.state for each in world.entity("e-3fq9").stages]
    assert states[:2] == [StageState.APPROVED, StageState.AWAITING_GATE]
    assert_branch_tells_all(world)


def test_inv9_a_decision_that_was_let_go_of_is_decided_once_more_when_home_is_back(
    world: WanderingHome,
) -> None:
    world.approve()
    world.lose_home()
    world.come_home()
    assert_approved_once(world)


def test_inv4_what_the_other_home_decided_meanwhile_is_not_decided_here_as_well(world: WanderingHome) -> None:
    world.approve()
    first = next(at for at, each in enumerate(world.events()) if isinstance(each.event, GateApproved))
    decided, files = world.events()[first:], dict(world.log.commits[world.log.head()].tree)
    world.lose_home()
    world.decide_there(decided, files)
    world.come_home()
    assert_approved_once(world)


def test_inv9_what_was_told_again_and_then_let_go_of_is_gone_from_every_commit(world: WanderingHome) -> None:
    before = world.log.head()
    world.approve()
    world.travel(before)
    world.settle()
    world.lose_home()
    world.come_home()
    assert_branch_tells_all(world)


def test_inv9_home_that_came_back_by_somebody_elses_commit_begins_from_the_branch(
    world: WanderingHome,
) -> None:
    world.approve()
    world.lose_home()
    there = world.elsewhere(world.name_home(THERE, HERE))
    world.log.record((), world.log.head(), there)
    world.settle()
    world.begin_anew(is_replica=False)
    assert_approved_once(world)
    run(refuse_outdated(world.session))


def test_what_fell_off_the_branch_after_home_was_back_stays_decided(world: WanderingHome) -> None:
    world.edit(EPIC, "# Passwordless login", "# Login without passwords")
    world.settle()
    world.lose_home()
    world.come_home()
    before = world.log.head()
    world.approve()
    world.travel(before)
    world.begin_anew(is_replica=False)
    assert_approved_once(world)


def test_a_session_that_has_just_stopped_joins_nothing_since_what_its_merges_bring_counts_as_decided(
    world: WanderingHome,
) -> None:
    told: list[str] = []
    world.elsewhere(world.name_home(HERE, nobody(HERE, THERE)))
    world.approve()
    remote = Remote(branch=world.remote, name=ORIGIN, told=told.append)
    run(share(world.session, remote, contextlib.nullcontext()))
    before = world.log.head()
    by = Signature(name=BOB[0], email=BOB[1], at=world.clock.now())
    late = AuditCommit(
        author=by, committer=by, subject="A leak", changes={DocumentPath("issues/leak.md"): b"# Leak\n"}
    )
    world.elsewhere(late)
    run(share(world.session, remote, contextlib.nullcontext()))
    assert world.log.head() == before
    assert {*told} == {nobody(HERE, THERE)}
    world.begin_anew(is_replica=True)
    run(share(world.session, remote, contextlib.nullcontext()))
    world.come_home()
    assert len(world.happened("GateApproved")) == 1
    assert "Leak" in [each.issue.title for each in world.happened("IssueOpened")]


def test_what_home_takes_over_and_what_came_of_it_are_pushed_together(world: WanderingHome) -> None:
    by = Signature(name=BOB[0], email=BOB[1], at=world.clock.now())
    leak = {DocumentPath("issues/leak.md"): b"# Leak\n"}
    world.elsewhere(AuditCommit(author=by, committer=by, subject="A leak", changes=leak))
    remote = Remote(branch=world.remote, name=ORIGIN)
    run(share(world.session, remote, contextlib.nullcontext()))
    assert world.remote.ends[ORIGIN] == world.log.head()
    opened = next(each for each in reversed(world.events()) if isinstance(each.event, IssueOpened))
    assert opened.id in world.committed_events()
