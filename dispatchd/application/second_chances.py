"""What a line names and nobody was called, once somebody is: it comes to count, and its note goes.

The line stands as its person wrote it. What is tried again is only what a refusal names and something new is called;
the rules decide as they would on a save.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Kinds, Reading
from dispatchd.application.kinds.facts_of_kind import members_of, one_of
from dispatchd.application.named_files import KINDS as NAMED
from dispatchd.application.named_files import id_behind, with_ids
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord
from dispatchd.documents.facts import reference
from dispatchd.documents.front_matter_edit import edit_front_matter
from dispatchd.documents.issue_document import KEY_ORDER
from dispatchd.documents.key_schema import Value
from dispatchd.documents.refused_words import refused_words, stays
from dispatchd.documents.vocabulary import bare_reference
from dispatchd.domain.actors import DAEMON, Channel, Provenance
from dispatchd.domain.command import ChangeSet, Circumstance, Command, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.reconcile.fact_intents import Facts

KEYS: Final[tuple[str, ...]] = ("parent", "epic", "stage", "depends_on", "assignee")
"""What of an issue points at something, in the order in which it can be set."""
_WORD: Final = re.compile(r"[\w.-]*\w")


def try_again(door: Door, kinds: Kinds, by: Circumstance) -> None:
    """Set what refused lines name, if that is there now."""
    if not door.touched:
        return
    waiting: dict[str, list[ProblemRecord]] = defaultdict(list)
    for problem in door.work.problems.all():
        if problem.refusal and problem.anchor.removeprefix("key:") in KEYS:
            waiting[problem.subject].append(problem)
    if not waiting:
        return
    files = (_file_name(door, subject) for subject in door.touched)
    names = frozenset(name.casefold() for name in (*door.touched, *files, *door.work.rules.people) if name)
    cause = Circumstance(actor=DAEMON, at=by.at, provenance=Provenance(channel=Channel.DAEMON))
    for subject, problems in waiting.items():
        if any(_may_be_there(door, names, each) for each in problems):
            _try_issue(door, kinds, EntityId(subject), problems, cause)


def _may_be_there(door: Door, names: frozenset[str], problem: ProblemRecord) -> bool:
    """Whether *problem* names something that was touched; a stage comes with its epic, which it does not name."""
    if not names.isdisjoint(_WORD.findall(problem.what.casefold())):
        return True
    if not names.isdisjoint(bare_reference(word) for word in refused_words(problem.what)):
        return True  # by the name of its file
    issue = door.work.issue(EntityId(problem.subject)) if problem.anchor == "key:stage" else None
    return issue is not None and issue.epic in door.touched


def _file_name(door: Door, subject: str) -> str:
    """What people call the file of *subject*: its name, without what all end with."""
    record = door.work.documents.of(subject)
    return bare_reference(record.path) if record is not None else ""


def _try_issue(
    door: Door, kinds: Kinds, subject: EntityId, problems: Sequence[ProblemRecord], by: Circumstance
) -> None:
    """Set what the issue's refused lines say, as far as that goes now; what was said about it goes."""
    record = door.work.documents.of(subject)
    if record is None or record.kind is not EntityKind.ISSUE or record.current is None:
        return
    text = door.work.blobs.get(record.current).decode()
    reading = kinds[record.kind].read(text)
    facts = with_ids(door.work, reading.facts, record.path)
    refused = {problem.anchor.removeprefix("key:") for problem in problems}
    done = {key: _set(door, facts, subject, key, by) for key in KEYS if key in refused}
    if any(done.values()):
        _say_ids(door, record, reading, text, done)
        standing = door.work.problems.of(subject)
        count = {key: (*ids, *_names_of(door, reading, record, key, ids)) for key, ids in done.items()}
        left = [each for each in standing if not stays(count.get(_key(each), ()), each.what)]
        door.work.problems.replace(subject, left)


def _say_ids(
    door: Door, record: DocumentRecord, reading: Reading, text: str, done: Mapping[str, Sequence[str]]
) -> None:
    """Let lines say the ids of files that they name, of those that count now: else the names would stand beside them."""
    changes: dict[str, Value] = {}
    for key, ids in done.items():
        entry = reading.front.entries.get(key)
        value = entry.value if entry is not None else None
        said = [_id_of(door, key, word, record, ids) for word in members_of(value)]
        if key in NAMED and said != [*members_of(value)]:
            changes[key] = tuple(dict.fromkeys(said)) if isinstance(value, tuple) else said[0]
    if changes:
        named = edit_front_matter(text, changes, order=KEY_ORDER, rev=False)
        door.work.documents.save(replace(record, current=door.work.blobs.put(named.encode())))


def _id_of(door: Door, key: str, word: str, record: DocumentRecord, ids: Sequence[str]) -> str:
    """The id that *word* means where it is one of *ids*; else the word."""
    found = id_behind(door.work, key, reference(word), record.path) if key in NAMED else None
    return found if found is not None and found in ids and reference(word) != found else word


def _names_of(
    door: Door, reading: Reading, record: DocumentRecord, key: str, ids: Sequence[str]
) -> tuple[str, ...]:
    """The names in the line of *key* that mean one of *ids*."""
    words = members_of(reading.facts.get(key))
    return tuple(word for word in words if _id_of(door, key, word, record, ids) != word)


def _key(problem: ProblemRecord) -> str:
    return problem.anchor.removeprefix("key:") if problem.refusal else ""


def _set(door: Door, facts: Facts, subject: EntityId, key: str, by: Circumstance) -> tuple[str, ...]:
    """Set what the line of *key* says and is no fact yet; what of it is one now."""
    issue = door.work.issue(subject)
    if issue is None:
        return ()
    if key == "depends_on":
        wanted = [each for each in members_of(facts.get(key)) if each not in issue.depends_on]
        return tuple(
            each for each in wanted if _tried(door, ChangeSet(subject=subject, key=key, add=(each,)), by)
        )
    said = one_of(facts.get(key))
    is_open = bool(said) and getattr(issue, key) is None
    return (said,) if is_open and _tried(door, SetFact(subject=subject, key=key, value=said), by) else ()


def _tried(door: Door, command: Command, by: Circumstance) -> bool:
    try:
        door.handle(command, by)
    except Rejected:
        return False
    return True
