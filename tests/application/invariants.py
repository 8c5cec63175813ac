"""What must hold in a world that has come to rest, one check an invariant. Each says in its failure what was lost or done.

They look from outside: at files, the log, the branch, and the database's own records. The world must be settled before.
"""

from collections import Counter
from collections.abc import Iterable
from functools import partial

from dispatchd.application import refusals
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.removal import HELD
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.decision import Decision
from dispatchd.domain.event import (
    GateApproved,
    GateAwaited,
    GateRejected,
    GateSigned,
    GateSkipped,
    IssueMoved,
    ProposalOverridden,
    RecordedEvent,
    ThreadAnswered,
    VoteCast,
)
from dispatchd.domain.identifiers import EntityKind
from tests.application.world import World

IDLE = 700.0
"""Seconds; longer than anything waits."""
LOOKS, CLOSELY = 4, 6.0
"""How often the idle time is looked into, and for how many seconds of it each round is played."""


def inv1_no_saved_byte_is_lost(world: World) -> None:
    """What a person saved and nobody's hand has replaced since is a file, was taken in, or lies in quarantine."""
    files = {world.tree.content(path) for path in world.paths()}
    kept = files | set(world.tree.private_contents("quarantine"))
    for path, content in world.standing_saves:
        if content in kept or not content.strip():
            continue
        assert world.store.look(partial(_has_blob, content)), (
            f"what was saved at {path} is nowhere:\n{content.decode(errors='replace')}"
        )


def inv2_everything_converges(world: World) -> None:
    """File, database and rendering say the same, the branch too, and another round finds nothing to do."""
    assert world.pending() == []
    world.store.look(lambda work: _levels(world, work))
    known = {record.path for record in world.store.look(lambda work: list(work.documents.all()))}
    for path in world.paths():
        content = world.tree.content(path) or b""
        if role_of(path) is PathRole.ENTITY and content.strip():
            assert path in known, f"{path} was never taken in"
        if role_of(path) not in {PathRole.IGNORED, PathRole.MISPLACED, PathRole.RENDERED} and content.strip():
            assert world.log.read(world.log.head(), path) == content, f"{path} is not on the branch as it is"
    before = _everything(world)
    world.scan()
    world.advance(6.0)
    assert world.pending() == [], "another look at the tree finds something to do"
    assert _everything(world) == before, "another look at the tree did something"


def inv3_no_echo(world: World) -> None:
    """With nobody there, nothing is written, logged or committed."""
    before = _everything(world)
    for _ in range(LOOKS):
        world.scan()
        world.advance(CLOSELY)
        world.pass_time(IDLE / LOOKS - CLOSELY)
        world.housekeeping()
        world.round()
    assert _everything(world) == before, "an idle daemon did something"


def inv4_every_act_once(world: World) -> None:
    """No event twice, each in exactly one commit; starting again does nothing again."""
    events = world.events()
    ids = [event.id for event in events]
    assert len(set(ids)) == len(ids)
    committed = Counter(world.committed_events())
    assert all(count == 1 for count in committed.values())
    lacking = [told for event, told in zip(ids, world.told(), strict=True) if event not in committed]
    assert world.has_travelled or not lacking, f"in no commit: {lacking}"
    _assert_no_repetition(events)
    before = _everything(world)
    world.restart()
    world.settle()
    assert _everything(world) == before, "a new start did something again"


def inv6_agents_never_decide(world: World) -> None:
    """Only people approve, reject, skip, override, force, answer for people, and vote in a person's seat."""
    for recorded in world.events():
        actor, event = recorded.circumstance.actor, recorded.event
        is_human = actor.kind is ActorKind.HUMAN
        match event:
            case GateRejected() | GateSkipped() | GateSigned() | ProposalOverridden():
                assert is_human, f"{actor.handle} decided: {event}"
            case GateApproved():
                assert is_human or actor.kind is ActorKind.DAEMON, f"{actor.handle} decided: {event}"
            case VoteCast(voter=voter) if voter.startswith("@"):
                assert is_human, f"{actor.handle} voted as {voter}"
                assert voter == f"@{actor.handle}", f"{actor.handle} voted as {voter}"
            case IssueMoved(forced=True):
                assert is_human, f"{actor.handle} forced {event}"
            case ThreadAnswered(thread=thread):
                asked = world.entity(thread)
                may = {asked.to, *(each.to for each in asked.passed)}
                assert is_human or actor.handle in may, f"{actor.handle} answered for a person"
            case _:
                continue


def inv7_deletion_is_safe(world: World) -> None:
    """What is gone was deleted by a person's hand or word; what is not gone has its file."""
    held = world.store.look(lambda work: work.note(HELD) or "")
    for entity, record in world.store.look(_documents):
        if isinstance(entity, Decision) or record.subject in held:
            continue
        if getattr(entity, "removed", False):
            assert {record.path, record.subject} & world.deleted, (
                f"{record.path} is gone, and nobody deleted it"
            )
        else:
            assert world.tree.content(record.path) is not None, (
                f"{record.path} has no file, and is not removed"
            )


def check_all(world: World) -> None:
    """Every invariant that can be looked at from outside, once the world is at rest."""
    world.settle()
    inv1_no_saved_byte_is_lost(world)
    inv2_everything_converges(world)
    inv6_agents_never_decide(world)
    inv7_deletion_is_safe(world)
    inv3_no_echo(world)
    inv4_every_act_once(world)


def _has_blob(content: bytes, work: UnitOfWork) -> bool:
    try:
        return work.blobs.get(digest(content)) == content
    except KeyError:
        return False


def _levels(world: World, work: UnitOfWork) -> None:
    for record in work.documents.all():
        content = world.tree.content(record.path)
        if record.seen is None:
            assert record.current is None or record.subject in (work.note(HELD) or ""), (
                f"{record.path} ought to be there"
            )
            continue
        if content is None:
            assert record.subject in (work.note(HELD) or ""), f"{record.path} is gone, and nobody noticed"
            continue
        assert digest(content) == record.seen, f"{record.path} was not read as it is"
        if record.parked is not None:
            continue
        assert record.seen == record.current, f"{record.path} is not what the database wants"
        assert record.wanted_path is None
        if record.kind is not None:
            _assert_rendered(work, record, record.kind, content)


def _assert_rendered(work: UnitOfWork, record: DocumentRecord, kind: EntityKind, content: bytes) -> None:
    entity = work.entity(record.subject)
    notes = refusals.annotations(work.problems.of(record.subject))
    text = content.decode()
    again = KINDS[kind].render(entity, text, notes, work)
    assert again == text, f"{record.path} would be rendered otherwise:\n{again}\n-- than it stands:\n{text}"


def _everything(world: World) -> tuple[object, ...]:
    nodes = {
        path: (stamp.inode, stamp.mtime_ns, world.tree.content(path))
        for path, stamp in world.tree.scan().files.items()
    }
    return ([event.id for event in world.events()], world.told(), [c.oid for c in world.commits()], nodes)


def _assert_no_repetition(events: Iterable[RecordedEvent]) -> None:
    answered: Counter[str] = Counter()
    votes: dict[tuple[str, str], object] = {}
    decided: set[tuple[str, str]] = set()
    for recorded in events:
        match recorded.event:
            case IssueMoved(before=before, after=after):
                assert before != after
            case ThreadAnswered(thread=thread):
                answered[thread] += 1
                assert answered[thread] == 1, f"{thread} was answered twice"
            case VoteCast(proposal=proposal, voter=voter) as vote:
                assert votes.get((proposal, voter)) != vote, f"the same vote twice: {vote}"
                votes[proposal, voter] = vote
            case GateAwaited(epic=epic, stage=stage):
                decided.discard((epic, stage))
            case GateApproved(epic=epic, stage=stage) | GateSkipped(epic=epic, stage=stage):
                assert (epic, stage) not in decided, f"the gate of {stage} was decided twice"
                decided.add((epic, stage))
            case _:
                continue


def _documents(work: UnitOfWork) -> list[tuple[object, DocumentRecord]]:
    return [
        (work.entity(record.subject), record) for record in work.documents.all() if record.kind is not None
    ]
