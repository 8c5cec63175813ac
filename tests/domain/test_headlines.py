"""What the subject of a commit says where several things happened."""

from collections.abc import Sequence

import pytest

from dispatchd.domain.actors import DAEMON, Actor
from dispatchd.domain.agent_run import RunOutcome, run_id
from dispatchd.domain.event import Event, FactSet, IssueMoved, ThreadAnswered
from dispatchd.domain.headlines import ToldEvent, headline
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_event import RunEnded, WorkBounced, WorkMerged, WorkSubmitted
from tests.fakes.fake_board import ALICE

ISSUE = EntityId("i-7k2m")
ENDED = RunEnded(issue=ISSUE, run=run_id(ISSUE, 1), agent="ash", outcome=RunOutcome.OK)
CRASHED = RunEnded(issue=ISSUE, run=run_id(ISSUE, 1), agent="ash", outcome=RunOutcome.CRASHED)
HANDED_IN = IssueMoved(issue=ISSUE, before=IssueStatus.IN_PROGRESS, after=IssueStatus.AWAITING_REVIEW)
PASSED = IssueMoved(issue=ISSUE, before=IssueStatus.AWAITING_REVIEW, after=IssueStatus.IN_REVIEW)
DONE = IssueMoved(issue=ISSUE, before=IssueStatus.IN_REVIEW, after=IssueStatus.DONE)
BACK = IssueMoved(issue=ISSUE, before=IssueStatus.AWAITING_REVIEW, after=IssueStatus.IN_PROGRESS)
SUBMITTED = WorkSubmitted(issue=ISSUE, commit="c" * 40, summary="")
MERGED = WorkMerged(issue=ISSUE, commit="d" * 40, into="main")
BOUNCED = WorkBounced(issue=ISSUE, why="red", findings="", number=1, most=3)
URGENT = FactSet(subject=ISSUE, key="priority", before="p3", after="p1")
ANSWERED = ThreadAnswered(thread=EntityId("t-4kq2"), option="yes", text="")


@pytest.mark.parametrize(
    ("actor", "events", "says_most"),
    [
        (DAEMON, (PASSED, MERGED, DONE), MERGED),
        (DAEMON, (ENDED, SUBMITTED, HANDED_IN), SUBMITTED),
        (DAEMON, (ENDED, SUBMITTED, HANDED_IN, BOUNCED, BACK), BOUNCED),
        (DAEMON, (MERGED, BOUNCED), MERGED),
        (DAEMON, (HANDED_IN, CRASHED), CRASHED),
        (DAEMON, (ENDED, DONE), ENDED),
        (ALICE, (DONE, URGENT), DONE),
        (ALICE, (URGENT, DONE, ANSWERED), ANSWERED),
    ],
)
def test_what_others_go_by_comes_before_what_follows_from_it(
    actor: Actor, events: Sequence[Event], says_most: Event
) -> None:
    told = [
        ToldEvent(
            kind=type(event),
            by=actor.kind,
            words="",
            line="",
            outcome=event.outcome if isinstance(event, RunEnded) else None,
        )
        for event in events
    ]
    assert events[headline(told)] == says_most
