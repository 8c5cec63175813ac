"""What a line names and nobody was called, once somebody is: it comes to count, and its note goes.

The line stands as its person wrote it. What is tried again is only what a refusal names and something new is called;
the rules decide as they would on a save.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Kinds, Reading
from dispatchd.application.kinds.facts_of_kind import members_of, one_of
from dispatchd.application.ports.unit_of_work import ProblemRecord
from dispatchd.documents.refused_words import stays
from dispatchd.domain.actors import DAEMON, Channel, Provenance
from dispatchd.domain.command import ChangeSet, Circumstance, Command, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind

KEYS: Final[tuple[str, ...]] = ("parent", "epic", "stage", "depends_on", "assignee")
"""What of an issue points at something, in the order in which it can be set."""
_WORD: Final = re.compile(r"[\w.-]*\w")


def try_again(door: Door, kinds: Kinds, by: Circumstance) -> None:
    """Set what refused lines name, if that is there now."""
    if not door.touched:
        return
    names = frozenset(name.casefold() for name in (*door.touched, *door.work.rules.people))
    waiting: dict[str, list[ProblemRecord]] = defaultdict(list)
    for problem in door.work.problems.all():
        if problem.refusal and problem.anchor.removeprefix("key:") in KEYS:
            waiting[problem.subject].append(problem)
    cause = Circumstance(actor=DAEMON, at=by.at, provenance=Provenance(channel=Channel.DAEMON))
    for subject, problems in waiting.items():
        if any(_may_be_there(door, names, each) for each in problems):
            _try_issue(door, kinds, EntityId(subject), problems, cause)


def _may_be_there(door: Door, names: frozenset[str], problem: ProblemRecord) -> bool:
    """Whether *problem* names something that was touched; a stage comes with its epic, which it does not name."""
    if not names.isdisjoint(_WORD.findall(problem.what.casefold())):
        return True
    issue = door.work.issue(EntityId(problem.subject)) if problem.anchor == "key:stage" else None
    return issue is not None and issue.epic in door.touched


def _try_issue(
    door: Door, kinds: Kinds, subject: EntityId, problems: Sequence[ProblemRecord], by: Circumstance
) -> None:
    """Set what the issue's refused lines say, as far as that goes now; what was said about it goes."""
    record = door.work.documents.of(subject)
    if record is None or record.kind is not EntityKind.ISSUE or record.current is None:
        return
    reading = kinds[record.kind].read(door.work.blobs.get(record.current).decode())
    refused = {problem.anchor.removeprefix("key:") for problem in problems}
    done = {key: _set(door, reading, subject, key, by) for key in KEYS if key in refused}
    if any(done.values()):
        standing = door.work.problems.of(subject)
        left = [each for each in standing if not stays(done.get(_key(each), ()), each.what)]
        door.work.problems.replace(subject, left)


def _key(problem: ProblemRecord) -> str:
    return problem.anchor.removeprefix("key:") if problem.refusal else ""


def _set(door: Door, reading: Reading, subject: EntityId, key: str, by: Circumstance) -> tuple[str, ...]:
    """Set what the line of *key* says and is no fact yet; what of it is one now."""
    issue = door.work.issue(subject)
    if issue is None:
        return ()
    if key == "depends_on":
        wanted = [each for each in members_of(reading.facts.get(key)) if each not in issue.depends_on]
        return tuple(
            each for each in wanted if _tried(door, ChangeSet(subject=subject, key=key, add=(each,)), by)
        )
    said = one_of(reading.facts.get(key))
    is_open = bool(said) and getattr(issue, key) is None
    return (said,) if is_open and _tried(door, SetFact(subject=subject, key=key, value=said), by) else ()


def _tried(door: Door, command: Command, by: Circumstance) -> bool:
    try:
        door.handle(command, by)
    except Rejected:
        return False
    return True
