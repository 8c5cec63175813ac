"""A workflow: the phases that the work on an issue goes through, and where each of them leads.

A phase is worked on, judged, checked by a command or approved by a person; only the first two are an agent's. What makes
a workflow one that ends, whatever its agents do, stands in `workflow_rules`.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.issue import Role

DONE: Final = "done"
"""Where the last phase leads: the work is handed to the merge queue."""
ISSUE_TEXT: Final = "issue"
"""The artefact that is no file: a text, said in the issue."""


class Expectation(StrEnum):
    """What a check's command has to do for its phase to be over."""

    PASS = "pass"  # noqa: S105 -- a word, and no password
    FAIL = "fail"


class Way(StrEnum):
    """How a phase may end, where that is no verdict of its own."""

    NEXT = "next"
    OTHERWISE = "otherwise"
    """The check did not do what was expected of it."""
    CHANGED = "changed"
    """The tests are not those that the phase named by `since` ended with."""
    REFUSED = "refused"
    """A person said no at the gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One step. `artefact` holds file patterns, or the word *issue* alone. `iterations`: how often it may begin."""

    name: str
    role: Role | None = None
    instruction: str = ""
    artefact: tuple[str, ...] = ()
    next: str = ""
    """Where it leads when it is done; empty in a review, whose verdicts lead."""
    reviews: str | None = None
    """The phase whose work is judged."""
    verdicts: tuple[tuple[str, str], ...] = ()
    """Each with the phase it leads to. The first is the one that lets the work go on."""
    check: str | None = None
    expect: Expectation = Expectation.PASS
    within: int | None = None
    """Seconds."""
    report: str = ""
    """Where the command leaves its results as JUnit XML, in the checkout."""
    otherwise: str | None = None
    since: str | None = None
    """The phase since whose end the tests have to be the same."""
    changed: str | None = None
    gate: str = ""
    """What a person is asked before the phase is over."""
    refused: str | None = None
    iterations: int | None = None

    @property
    def is_review(self) -> bool:
        """Whether it judges what another phase made."""
        return bool(self.verdicts)

    @property
    def makes(self) -> bool:
        """Whether somebody works in it on what is to be merged."""
        return self.role is not None and not self.is_review

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """How it may end, and the phase that each leads to."""
        return tuple(self._ways())

    def _ways(self) -> Iterator[tuple[str, str]]:
        yield from self.verdicts
        if self.next:
            yield Way.NEXT, self.next
        for way, target in (
            (Way.OTHERWISE, self.otherwise),
            (Way.CHANGED, self.changed),
            (Way.REFUSED, self.refused),
        ):
            if target is not None:
                yield way, target

    def leads(self, how: str) -> str | None:
        """Where it leads if it ends so."""
        return next((target for way, target in self.ways if way == how), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """`name` is its file's. `tests` are the patterns of the files that hold tests."""

    name: str
    title: str = ""
    summary: str = ""
    tests: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()

    @property
    def first(self) -> Phase:
        """Where the work begins."""
        return self.phases[0]

    def phase(self, name: str) -> Phase | None:
        """The phase of that name."""
        return next((each for each in self.phases if each.name == name), None)
