"""What opening an issue makes of an epic without stages: the same, whether all its issues are asked or not."""

from dataclasses import dataclass
from itertools import product

import pytest

from dispatchd.domain.board import Entity
from dispatchd.domain.command import OpenIssue
from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.epic_flow import derived_status
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from tests.fakes.fake_board import ALICE, NOON, FakeBoard, by

EPIC = EntityId("e-3fq9")
STATES = (IssueStatus.UNASSIGNED, IssueStatus.IN_PROGRESS, IssueStatus.DONE, IssueStatus.CANCELLED)


@dataclass
class CountingBoard(FakeBoard):
    """Counts how often all issues of an epic were asked for."""

    looks: int = 0

    def issues_of(self, epic_id: EntityId) -> list[Issue]:
        self.looks += 1
        return list(super().issues_of(epic_id))


def issue(number: int, status: IssueStatus) -> Issue:
    return Issue(id=EntityId(f"i-{number:04}"), title="T", created=NOON, status=status, epic=EPIC)


def board(status: EpicStatus, *states: IssueStatus) -> CountingBoard:
    entities: dict[str, Entity] = {EPIC: Epic(id=EPIC, title="E", created=NOON, status=status)}
    entities.update({each.id: each for each in (issue(at, state) for at, state in enumerate(states))})
    return CountingBoard(entities=entities)


@pytest.mark.parametrize("states", [(), *product(STATES, repeat=1), *product(STATES, repeat=2)])
@pytest.mark.parametrize("new", STATES)
def test_its_status_is_what_its_issues_say(states: tuple[IssueStatus, ...], new: IssueStatus) -> None:
    for status in (EpicStatus.READY, EpicStatus.IN_PROGRESS, EpicStatus.COMPLETED):
        begun = board(status, *states)
        settled = derived_status(begun, Epic(id=EPIC, title="E", created=NOON, status=status))
        standing = board(settled, *states)
        standing.handle(OpenIssue(issue=issue(99, new)), by(ALICE))
        after = standing.epic(EPIC)
        assert after is not None
        assert after.status is derived_status(standing, after)


def test_a_thousand_open_issues_are_not_asked_a_thousand_times() -> None:
    standing = board(EpicStatus.IN_PROGRESS, IssueStatus.UNASSIGNED)
    for number in range(1, 100):
        standing.handle(OpenIssue(issue=issue(number, IssueStatus.UNASSIGNED)), by(ALICE))
    assert standing.looks == 0
