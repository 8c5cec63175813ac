"""This clone decides where another one did: what that one's daemon says is taken over, but for what must be signed."""

import json
from collections.abc import Mapping

import pytest

from dispatchd.application.ports.audit_log import COMMITTER_EMAIL, COMMITTER_NAME, AuditCommit, Signature
from dispatchd.application.requests.request import Verb
from dispatchd.application.wire import encode_event
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.epic import StageState
from dispatchd.domain.epic_event import GateApproved, StageOpened
from dispatchd.domain.event import Event, ProposalClosed, RecordedEvent, VoteCast
from dispatchd.domain.identifiers import DocumentPath, EntityId, EventId, EventPosition
from dispatchd.domain.proposal import Choice, ProposalStatus
from tests.application.invariants import check_all
from tests.application.losing import assert_rebuilt_equal, lose_database
from tests.application.replica_world import CONFIG, ReplicaWorld
from tests.application.test_story_of_signatures import SigningWorld
from tests.application.test_story_of_ticks import EPIC, EPIC_TEXT, PROPOSAL, PROPOSAL_TEXT, stage, vote
from tests.application.who_and_what import ALICE
from tests.application.world import BOB
from tests.fakes.instant_store import InstantStore

SIGNED = CONFIG + b"require_signed = true\n"
BUILD = "- [ ] Blue-green"
BY_ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name=ALICE[0], email=ALICE[1])


class HeirWorld(ReplicaWorld, SigningWorld):
    """A clone whose person lets it decide some day; until `inherit` is called another one does."""

    def take_part(self) -> None:
        """What happens from here on is done by another clone's daemon, as home."""
        self.is_replica = False
        self.store, self.session = InstantStore(), None  # type: ignore[assignment]
        self.session = self.new_session()
        self.start()
        self.settle()

    def leave(self) -> None:
        """Nothing that was committed up to now was committed by this clone."""
        self.settle()
        self.log.believed |= self.log.recorded_here
        self.log.recorded_here.clear()

    def inherit(self) -> None:
        """`dispatchd home --here`."""
        self.leave()
        who = Signature(name=ALICE[0], email=ALICE[1], at=self.clock.now())
        text = self.on_branch("config.toml") or ""
        changes = {DocumentPath("config.toml"): text.replace("home-7k2m", "bobs-clone").encode()}
        marks = {"Dispatch-Home": "bobs-clone"}
        self.log.person_commits(
            AuditCommit(author=who, subject="Let it decide", changes=changes, marks=marks)
        )
        self.tree.save("config.toml", changes[DocumentPath("config.toml")])
        self.is_replica = False
        lose_database(self).remove()
        self.settle()

    def forge(self, *events: Event, by: Actor = BY_ALICE, changes: Mapping[str, str] | None = None) -> None:
        """Somebody who may push writes a commit as a daemon would, in which *by* did *events*."""
        cause = Circumstance(
            actor=by, at=self.clock.now(), provenance=Provenance(channel=Channel.COMMIT, commit=None)
        )
        lines = [
            json.dumps(
                encode_event(
                    RecordedEvent(
                        position=EventPosition(1000 + number),
                        id=EventId(f"f0{len(self.log.commits):03}{number:03}"),
                        circumstance=cause,
                        event=event,
                    )
                )
            )
            for number, event in enumerate(events)
        ]
        who = Signature(name=COMMITTER_NAME, email=COMMITTER_EMAIL, at=self.clock.now())
        encoded = {DocumentPath(path): text.encode() for path, text in (changes or {}).items()}
        self.log.believed.add(
            self.log.person_commits(
                AuditCommit(author=who, subject="Approve it", trailers=tuple(lines), changes=encoded)
            )
        )


def begun(config: bytes) -> HeirWorld:
    world = HeirWorld({EPIC: EPIC_TEXT, PROPOSAL: PROPOSAL_TEXT}, config=config)
    world.take_part()
    return world


@pytest.fixture
def world() -> HeirWorld:
    return begun(SIGNED)


def notices(world: HeirWorld) -> list[str]:
    return [text for path in world.paths("inbox/") if "no signature proves" in (text := world.read(path))]


APPROVED = GateApproved(epic=EntityId("e-3fq9"), stage="Design")


def test_inv6_an_approval_that_only_a_daemons_commit_tells_is_asked_again_and_listed(
    world: HeirWorld,
) -> None:
    world.forge(APPROVED, StageOpened(epic=EntityId("e-3fq9"), stage="Build"))
    world.inherit()
    epic = world.entity("e-3fq9")
    assert [each.state for each in epic.stages][:2] == [StageState.AWAITING_GATE, StageState.PENDING]
    assert "- [ ] Approve\n" in stage(world, "Design")
    (notice,) = notices(world)
    assert "1 decision that no signature proves is asked again" in notice
    assert "Alice Doe approves “Design” of e-3fq9" in notice
    assert not world.happened("GateApproved")
    assert_rebuilt_equal(world)
    assert len(notices(world)) == 1
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.commit_all(EPIC)
    world.settle()
    assert world.entity("e-3fq9").stages[0].state is StageState.APPROVED
    assert_rebuilt_equal(world)
    check_all(world)


def test_a_decision_that_a_signed_commit_proves_counts_as_it_did(world: HeirWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.commit_all(EPIC)
    world.settle()
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.settle()
    world.commit_all(PROPOSAL)
    world.inherit()
    assert world.entity("e-3fq9").stages[0].state is StageState.APPROVED
    assert [cast.voter for cast in world.entity("p-9xw4").votes] == ["@alice"]
    assert notices(world) == []
    assert_rebuilt_equal(world)


def test_inv6_a_signed_commit_proves_one_thing_once_and_only_what_it_did(world: HeirWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve: fine")
    world.settle()
    world.commit_all(EPIC)
    world.settle()
    (told,) = [each for each in world.events() if isinstance(each.event, GateApproved)]
    proof = told.circumstance.provenance.commit
    world.leave()
    cause = Provenance(channel=Channel.COMMIT, commit=proof, signed=True)
    chosen = GateApproved(epic=EntityId("e-3fq9"), stage="Build", choice="Rolling")
    again = Circumstance(actor=BY_ALICE, at=world.clock.now(), provenance=cause)
    line = json.dumps(
        encode_event(
            RecordedEvent(
                position=EventPosition(999), id=EventId("f0f0f0f0"), circumstance=again, event=chosen
            )
        )
    )
    who = Signature(name=COMMITTER_NAME, email=COMMITTER_EMAIL, at=world.clock.now())
    world.log.believed.add(
        world.log.person_commits(AuditCommit(author=who, subject="Choose", trailers=(line,), changes={}))
    )
    world.inherit()
    states = [each.state for each in world.entity("e-3fq9").stages]
    assert states[:2] == [StageState.APPROVED, StageState.AWAITING_GATE]
    assert "chooses “Rolling” for “Build”" in notices(world)[0]
    assert BUILD in stage(world, "Build")


def test_inv6_votes_and_an_outcome_that_are_made_up_leave_the_vote_open(world: HeirWorld) -> None:
    world.ask(Verb.VOTE, speaker="ash", proposal="p-9xw4", choice="approve", reason="fast")
    world.leave()
    proposal = EntityId("p-9xw4")
    world.forge(
        VoteCast(proposal=proposal, voter="@alice", choice=Choice.APPROVE),
        VoteCast(proposal=proposal, voter="@bob", choice=Choice.APPROVE),
        ProposalClosed(proposal=proposal, outcome=ProposalStatus.PASSED),
    )
    world.inherit()
    standing = world.entity("p-9xw4")
    assert standing.status is ProposalStatus.OPEN
    assert [cast.voter for cast in standing.votes] == ["coder"]
    assert "2 decisions" in notices(world)[0]
    assert_rebuilt_equal(world)


def test_inv6_settings_that_only_a_daemons_commit_brings_wait(world: HeirWorld) -> None:
    text = world.on_branch("config.toml") or ""
    world.forge(changes={"config.toml": text.replace("require_signed = true", "require_signed = false")})
    world.forge(APPROVED)
    world.inherit()
    assert world.store.look(lambda work: work.rules.require_signed)
    assert not world.happened("GateApproved")


def test_replicas_come_to_the_same_as_the_clone_that_decides_now(world: HeirWorld) -> None:
    proposal = EntityId("p-9xw4")
    world.forge(
        APPROVED,
        StageOpened(epic=EntityId("e-3fq9"), stage="Build"),
        VoteCast(proposal=proposal, voter="@alice", choice=Choice.APPROVE),
        ProposalClosed(proposal=proposal, outcome=ProposalStatus.PASSED),
    )
    world.inherit()
    here = [world.entity(each) for each in ("e-3fq9", "p-9xw4")]
    world.is_replica = True
    lose_database(world).remove()
    assert [[each.state for each in here[0].stages], here[1]] == [
        [each.state for each in world.entity("e-3fq9").stages],
        world.entity("p-9xw4"),
    ]


def test_where_no_signature_is_asked_for_the_other_clones_word_is_taken() -> None:
    world = begun(CONFIG)
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.inherit()
    assert world.entity("e-3fq9").stages[0].state is StageState.APPROVED
    assert notices(world) == []
    assert_rebuilt_equal(world)


def test_what_two_homes_decided_together_is_concluded_by_the_one_that_stays() -> None:
    world = begun(CONFIG)
    world.ask(Verb.VOTE, speaker="ash", proposal="p-9xw4", choice="approve", reason="fast")
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.leave()
    by = Actor(kind=ActorKind.HUMAN, handle="bob", name=BOB[0], email=BOB[1])
    world.forge(VoteCast(proposal=EntityId("p-9xw4"), voter="@bob", choice=Choice.APPROVE), by=by)
    world.forge(APPROVED)
    world.inherit()
    assert world.entity("p-9xw4").status is ProposalStatus.PASSED
    states = [each.state for each in world.entity("e-3fq9").stages]
    assert states[:2] == [StageState.APPROVED, StageState.AWAITING_GATE]
    assert_rebuilt_equal(world)
