"""What a coordinator may set in motion from its issue, and how much of it: pure.

A plan is an epic that is a draft; its id follows from the issue, so that the same plan laid twice is one. An answer that
is wanted of another role is an issue below the coordinator's, which ends with words instead of a change.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from dispatchd.domain.board import Board
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.wording import counted

WANTS_ANSWER: Final = "wants-answer"
"""The label of an issue that ends with words: nothing is changed for it, and nothing merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one issue's coordinator may set in motion; people write it into the settings."""

    plans: int
    issues: int
    """In one plan."""
    answers: int
    votes: int
    """That are open at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """More was wanted than is allowed. `setting` is the one that says how much."""

    wanted: str
    most: str
    setting: str
    instead: str
    """What the coordinator can do all the same."""

    @property
    def told(self) -> str:
        """For the coordinator."""
        return (
            f"{self.instead}; {self.wanted}, and {self.most} (a person can change coordinator.{self.setting})"
        )


def plan_ids(board: Board, issue: EntityId, length: int) -> Iterator[tuple[EntityId, Epic | None]]:
    """The ids of the plans of *issue*, with those that were laid; at last the first that is free."""
    number = 0
    while True:
        number += 1
        digest = hashlib.sha256(f"plan\0{issue}\0{number}".encode()).digest()
        plan = encode_id(EntityKind.EPIC, int.from_bytes(digest, "big"), length)
        found = board.epic(plan)
        yield plan, found
        if found is None:
            return


def plans_of(board: Board, issue: EntityId, length: int) -> tuple[Epic, ...]:
    """The plans of *issue* that nobody has thrown away."""
    known = (epic for _, epic in plan_ids(board, issue, length) if epic is not None)
    return tuple(epic for epic in known if not epic.removed and epic.status is not EpicStatus.CANCELLED)


def answers_wanted(board: Board, issue: EntityId) -> Sequence[Issue]:
    """The issues below *issue* that want an answer, finished or not."""
    mine = (each for each in board.children_of(issue) if WANTS_ANSWER in each.labels)
    return [each for each in mine if not each.removed and each.status is not IssueStatus.CANCELLED]


def breach_of_plan(limits: Limits, laid: int, wanted: int) -> Breach | None:
    """Whether one more plan, of *wanted* issues, is too much where *laid* plans stand."""
    if wanted > limits.issues:
        return Breach(
            wanted=f"this plan has {counted(wanted, 'issue')}",
            most=f"{limits.issues} in one plan are the most",
            setting="issues",
            instead="lay a smaller plan, of what comes first",
        )
    if laid >= limits.plans:
        return Breach(
            wanted=f"there would be {counted(laid + 1, 'plan')} for this issue",
            most=f"{limits.plans} are the most" if limits.plans else "none is allowed here",
            setting="plans",
            instead="go on with the plan that stands, or ask people (ask_human)",
        )
    return None


def breach_of_answers(limits: Limits, wanted: int) -> Breach | None:
    """Whether one more answer is too much where *wanted* were asked for already."""
    if wanted < limits.answers:
        return None
    return Breach(
        wanted=f"you have asked for {counted(wanted, 'answer')} already",
        most=f"{limits.answers} for one issue are the most" if limits.answers else "none is allowed here",
        setting="answers",
        instead="go on with what you know, or ask people (ask_human)",
    )


def breach_of_votes(limits: Limits, votes: int) -> Breach | None:
    """Whether one more vote is too much where *votes* of the same agent are open."""
    if votes < limits.votes:
        return None
    return Breach(
        wanted=f"{counted(votes, 'vote')} that you called {'is' if votes == 1 else 'are'} open",
        most=f"{limits.votes} at once are the most" if limits.votes else "none is allowed here",
        setting="votes",
        instead="wait for what was voted on, or ask people (ask_human)",
    )
