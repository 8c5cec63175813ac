"""The invariants, one named assertion each. They judge evidence, wherever it comes from, and say what was lost or done.

INV10, that order does not matter, is the business of tests/properties/test_order_of_hints.py.
"""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from dispatchd.documents.digest import digest
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.event import (
    GateApproved,
    GateAwaited,
    GateRejected,
    GateSigned,
    GateSkipped,
    IssueMoved,
    ProposalOverridden,
    ProseRevised,
    RecordedEvent,
    ThreadAnswered,
    VoteCast,
)
from tests.crash.evidence import Evidence, Outcome, outcome_of, told_without_names, trailers
from tests.crash.scenarios import Scenario

DECISIONS: Final = (
    GateApproved,
    GateRejected,
    GateSigned,
    GateSkipped,
    ProposalOverridden,
    ThreadAnswered,
    VoteCast,
)


PROSE: Final = '"type": "ProseRevised"'


def inv1_every_saved_byte_is_somewhere(seen: Evidence, _: Scenario, __: Outcome) -> None:
    """What a person saved is a file, in the database, or in quarantine, unless that person replaced it."""
    standing = set(seen.files.values())
    for path, content in seen.saves:
        if content.strip() and content not in standing and digest(content) not in seen.kept:
            raise AssertionError(f"what was saved at {path} is nowhere:\n{content.decode(errors='replace')}")


def inv2_everything_is_level(seen: Evidence, _: Scenario, __: Outcome) -> None:
    """File, database, rendering and branch say the same."""
    assert not seen.unlevel, "; ".join(seen.unlevel)


def inv3_nothing_is_done_again(seen: Evidence, _: Scenario, __: Outcome) -> None:
    """Another look, another start and idle time write, log and commit nothing."""
    assert not seen.again, "; ".join(seen.again)


def inv4_every_act_once(seen: Evidence, _: Scenario, expected: Outcome) -> None:
    """No event twice, each in one commit, and none that did not happen undisturbed."""
    ids = Counter(event.id for event in seen.events)
    assert max(ids.values(), default=1) == 1
    in_commits = Counter(event.id for event in trailers(seen.committed))
    assert max(in_commits.values(), default=1) == 1, "an event stands in two commits"
    more = _but_for_prose_apart(outcome_of(seen).events - expected.events, expected, seen)
    assert not more, f"done without need: {dict(more)}"


def inv5_foreign_bytes_are_untouched(seen: Evidence, scenario: Scenario, _: Outcome) -> None:
    """What is a person's own in a file stands there once, byte for byte."""
    for word, own in scenario.own.items():
        file = next((content for content in seen.files.values() if word.encode() in content), b"")
        for piece in own:
            assert file.count(piece) == 1, f"{piece!r} stands {file.count(piece)} times in\n{file!r}"


def inv6_nobody_decides_for_people(seen: Evidence, _: Scenario, expected: Outcome) -> None:
    """What only people decide was decided by people; nothing was decided that nobody decided."""
    for recorded in seen.events:
        event, actor = recorded.event, recorded.circumstance.actor
        if isinstance(event, GateAwaited):
            continue
        if isinstance(event, DECISIONS) or (isinstance(event, IssueMoved) and event.forced):
            by_itself = isinstance(event, GateApproved) and actor.kind is ActorKind.DAEMON
            assert actor.kind is ActorKind.HUMAN or by_itself, f"{actor.handle} decided: {event}"
    decided = [event for event in seen.events if isinstance(event.event, DECISIONS)]
    assert not _told(decided) - expected.events, f"nobody decided this: {_told(decided) - expected.events}"


def inv7_nothing_is_gone_that_nobody_deleted(seen: Evidence, scenario: Scenario, _: Outcome) -> None:
    """What is gone was deleted by a person; what is not has its file."""
    gone = {subject: what for subject, what in seen.gone.items() if subject not in scenario.deletes}
    assert not gone, str(gone)


def inv8_done_or_not_begun(seen: Evidence, _: Scenario, expected: Outcome) -> None:
    """What comes of it all is what comes of it undisturbed.

    Two saves of prose that rested apart are one event where trouble kept the first from being answered in time; and two
    where one of them was all that had time to rest before the process ended.
    """
    found = outcome_of(seen)
    missing, more = expected.events - found.events, found.events - expected.events
    more = _but_for_prose_apart(more, expected, seen)
    missing = Counter({told: n for told, n in missing.items() if PROSE not in told or not found.events[told]})
    assert (dict(missing), dict(more)) == ({}, {}), "missing, and more"
    assert found.texts == expected.texts, "\n".join(
        (
            *("-- ought to be:\n" + text for text in expected.texts - found.texts),
            *("-- is:\n" + text for text in found.texts - expected.texts),
        )
    )


def inv9_the_branch_tells_what_the_database_holds(seen: Evidence, _: Scenario, __: Outcome) -> None:
    """The trailers of the branch, put in order, are the log of the database, in every fact of every event."""
    told = sorted(trailers(seen.committed), key=lambda event: event.position)
    assert [event.id for event in told] == [event.id for event in seen.events]
    for one, other in zip(told, seen.events, strict=True):
        assert one == other, f"the branch says {one}, the database {other}"


Check = Callable[[Evidence, Scenario, Outcome], None]
ALL: Final[tuple[Check, ...]] = (
    inv1_every_saved_byte_is_somewhere,
    inv2_everything_is_level,
    inv3_nothing_is_done_again,
    inv4_every_act_once,
    inv5_foreign_bytes_are_untouched,
    inv6_nobody_decides_for_people,
    inv7_nothing_is_gone_that_nobody_deleted,
    inv8_done_or_not_begun,
    inv9_the_branch_tells_what_the_database_holds,
)


def check_all(seen: Evidence, scenario: Scenario, expected: Outcome) -> None:
    """Every invariant, the first that does not hold by its name."""
    for check in ALL:
        try:
            check(seen, scenario, expected)
        except AssertionError as broken:
            raise AssertionError(f"{check.__name__}: {broken}") from broken


def _but_for_prose_apart(more: Counter[str], expected: Outcome, seen: Evidence) -> Counter[str]:
    """*more* without what people wrote, where that was told in more than one event and each told other words."""
    blobs: dict[str, list[str]] = {}
    for event in (each.event for each in seen.events):
        if isinstance(event, ProseRevised):
            blobs.setdefault(event.subject, []).append(event.blob)
    if any(one == other for told in blobs.values() for one, other in pairwise(told)):
        return more
    return Counter({told: n for told, n in more.items() if PROSE not in told or not expected.events[told]})


def _told(events: list[RecordedEvent]) -> Counter[str]:
    return Counter(told_without_names(event) for event in events)
