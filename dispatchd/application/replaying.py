"""A lost database made again: what this repository's own commits say has happened, happens once more.

The same brings a database up to date that is older than its history: what it knows already is left as it is.
Only commits that this daemon itself put on the branch are believed; a line like theirs in anybody else's commit is
text. Where another clone decided before, its daemon is believed as well, but where signatures are asked for. Files are compared with the branch afterwards, like any others: what differs is an edit.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

from dispatchd.application.command_handler import apply_to
from dispatchd.application.doubts import doubt_what_differs
from dispatchd.application.others_word import Doubt, Hearing, known_doubts
from dispatchd.application.past_texts import PastTexts
from dispatchd.application.ports.audit_log import CommitId, Decided, ForeignCommit
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.rendering import Rendering
from dispatchd.application.session import Session
from dispatchd.application.signed_commits import Proofs, signed_commits
from dispatchd.application.standing_answers import Refused, refused_of
from dispatchd.application.tied_documents import Tying
from dispatchd.application.wire import WireError, decode_event
from dispatchd.domain.event import RecordedEvent, subject_of
from dispatchd.domain.hearsay import is_decision
from dispatchd.domain.identifiers import EventId
from dispatchd.domain.telling import tell


async def replay(session: Session, decided: Decided, past: PastTexts, end: CommitId) -> Sequence[Doubt]:
    """Replay the events of our own commits, whose texts are *past*, and of those of daemons that decided before us,
    as they stand at *end*; what of those counts for nothing and was not asked again yet.
    """
    events = events_of(decided.commits)
    at = session.ports.clock.now()
    asks_signatures = await session.ports.store.transact(lambda work: work.rules.require_signed)
    doubted = decided.believed if asks_signatures else frozenset[CommitId]()
    named = _named_in(events, doubted)
    signed = await session.run(lambda: signed_commits(session.ports.audit, end, named))

    def make_so(work: UnitOfWork) -> Sequence[Doubt]:
        hearing = Hearing(proofs=Proofs(work=work, kinds=session.kinds, signed=signed))
        known = work.audit.committed(recorded.id for recorded, _ in events)
        for recorded, commit in events:
            if recorded.id in known:
                work.audit.mark([known[recorded.id]], commit)
                continue
            heard = hearing.hear(recorded) if commit in doubted else recorded
            if heard is not None:
                again(work, heard, commit)
        _drop_what_is_committed(work, events)
        refused = _refused([recorded for recorded, _ in events])
        Tying(work=work, kinds=session.kinds, past=past, refused=refused).tie()
        if events:
            _compose_what_has_no_file(session, work, events[-1][0])
        doubt_what_differs(work, at)
        return hearing.doubts

    return await session.ports.store.transact(make_so)


def _named_in(
    events: Sequence[tuple[RecordedEvent, CommitId]], doubted: Collection[CommitId]
) -> frozenset[str]:
    """The commits that events of other daemons name as somebody's act."""
    commits = (recorded.circumstance.provenance.commit for recorded, at in events if at in doubted)
    return frozenset(commit for commit in commits if commit is not None)


def _drop_what_is_committed(work: UnitOfWork, events: Sequence[tuple[RecordedEvent, CommitId]]) -> None:
    """Let go of what the history holds; texts that waited are found again by comparing files with the branch."""
    held = set(work.audit.committed(recorded.id for recorded, _ in events).values())
    work.audit.drop(row.sequence for row in work.audit.waiting() if row.event is None or row.event in held)


def _compose_what_has_no_file(session: Session, work: UnitOfWork, last: RecordedEvent) -> None:
    door = session.intake.door(work)
    for kind in session.kinds:
        for entity in work.entities(kind):
            subject = str(getattr(entity, "id", "") or getattr(entity, "name", ""))
            if work.documents.of(subject) is None:
                door.touched[subject] = last.circumstance
    Rendering(door=door, kinds=session.kinds).refresh()


def _refused(events: Sequence[RecordedEvent]) -> dict[str, list[Refused]]:
    """What was refused, by the entity it is about; newest first."""
    found: dict[str, list[Refused]] = defaultdict(list)
    for recorded in reversed(events):
        refused = refused_of(recorded)
        if refused is not None:
            found[subject_of(recorded.event)].append(refused)
    return found


def told_by_others(decided: Decided, known: frozenset[EventId]) -> Sequence[RecordedEvent]:
    """What people decided as far as only daemons of other clones say so, but for what is *known* to count for nothing."""
    events = events_of([each for each in decided.commits if each.oid in decided.believed])
    return [recorded for recorded, _ in events if is_decision(recorded) and recorded.id not in known]


def doubted_here(decided: Decided) -> frozenset[EventId]:
    """What daemons of other clones told, and this one has said to count for nothing."""
    ours = [each for each in decided.commits if each.is_own and each.oid not in decided.believed]
    return known_doubts(recorded.event for recorded, _ in events_of(ours))


def events_of(commits: Sequence[ForeignCommit]) -> list[tuple[RecordedEvent, CommitId]]:
    """The events of daemons' own commits in the order in which they happened, each once.

    Each home counts its events for itself, so they are in order between one commit that moved home and the next.
    """
    found: dict[str, tuple[RecordedEvent, CommitId]] = {}
    begun: dict[str, int] = {}
    homes = 0
    for commit in commits:
        homes += bool(commit.home)
        for line in commit.events if commit.is_own else ():
            try:
                recorded = decode_event(json.loads(line))
            except (ValueError, WireError):
                continue
            found.setdefault(recorded.id, (recorded, commit.oid))
            begun.setdefault(recorded.id, homes)
    return sorted(found.values(), key=lambda pair: (begun[pair[0].id], pair[0].position))


def again(work: UnitOfWork, recorded: RecordedEvent, commit: CommitId) -> None:
    """Let *recorded*, which stands in *commit*, have happened here too."""
    apply_to(work, recorded.event, recorded.circumstance)
    told = tell(recorded.event, recorded.circumstance, work)
    appended = work.append(recorded.event, recorded.circumstance, told, recorded.id)
    work.audit.mark([appended.position], commit)
