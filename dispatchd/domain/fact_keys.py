"""The vocabulary of front matter: which keys are facts, whose they are, and how a value is spelled.

Values forgive case, spaces, dashes and underscores, and take common words. Whether a well-spelled value may be set
is `fact_rules`' business.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from dispatchd.domain.agent import ENGINES, commanded_engine
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.identifiers import EntityKind, parse_id
from dispatchd.domain.issue import ISSUE_TYPES, IssueStatus, Priority, Role
from dispatchd.domain.moments import deadline_of
from dispatchd.domain.proposal import ProposalStatus, Threshold
from dispatchd.domain.thread import ThreadStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKey:
    """`daemons`: put back if anybody else changes it. `otherwise`: the value that clearing leaves, if one."""

    is_set: bool = False
    daemons: bool = False
    can_clear: bool = True
    otherwise: str | None = None
    words: tuple[str, ...] = ()
    synonyms: Mapping[str, str] | None = None


_NEEDED: Final = FactKey(can_clear=False)
_FREE: Final = FactKey()
_DAEMONS: Final = FactKey(daemons=True)
_SET: Final = FactKey(is_set=True)
_PRIORITY: Final = FactKey(
    can_clear=False,
    words=tuple(Priority),
    synonyms={
        "urgent": "critical",
        "p0": "critical",
        "p1": "high",
        "normal": "medium",
        "p2": "medium",
        "p3": "low",
    },
)
_ISSUE_STATUS: Final = FactKey(
    can_clear=False,
    words=tuple(IssueStatus),
    synonyms={
        **dict.fromkeys(("todo", "open", "backlog"), "unassigned"),
        **dict.fromkeys(("ready", "go"), "queued"),
        **dict.fromkeys(("doing", "wip"), "in_progress"),
        **dict.fromkeys(("fixed", "closed"), "done"),
        **dict.fromkeys(("wontdo", "canceled"), "cancelled"),
    },
)
_ROLE: Final = FactKey(words=tuple(Role))

KEYS: Final[Mapping[EntityKind, Mapping[str, FactKey]]] = {
    EntityKind.ISSUE: {
        "id": _DAEMONS,
        "title": _NEEDED,
        "type": FactKey(otherwise="feature", words=ISSUE_TYPES),
        "status": _ISSUE_STATUS,
        "priority": _PRIORITY,
        "labels": _SET,
        "role": _ROLE,
        "assignee": _FREE,
        "parent": _FREE,
        "depends_on": _SET,
        "epic": _FREE,
        "stage": _FREE,
        "source": _FREE,
        "workflow": _FREE,
        "phase": _DAEMONS,
        "branch": _DAEMONS,
        "pr": _DAEMONS,
        "created": _DAEMONS,
        "rev": _DAEMONS,
    },
    EntityKind.EPIC: {
        "id": _DAEMONS,
        "title": _NEEDED,
        "status": FactKey(
            can_clear=False, words=tuple(EpicStatus), synonyms={"go": "ready", "canceled": "cancelled"}
        ),
        "priority": FactKey(words=tuple(Priority), synonyms=_PRIORITY.synonyms),
        "labels": _SET,
        "source": _FREE,
        "created": _DAEMONS,
        "rev": _DAEMONS,
    },
    EntityKind.PROPOSAL: {
        "id": _DAEMONS,
        "title": _NEEDED,
        "status": FactKey(can_clear=False, words=tuple(ProposalStatus)),
        "threshold": FactKey(otherwise="simple_majority", words=tuple(Threshold)),
        "voters": FactKey(is_set=True, can_clear=False),
        "deadline": _FREE,
        "source": _FREE,
        "decision": _DAEMONS,
        "created": _DAEMONS,
        "rev": _DAEMONS,
    },
    EntityKind.THREAD: {
        "id": _DAEMONS,
        "kind": _DAEMONS,
        "from": _DAEMONS,
        "to": _DAEMONS,
        "issue": _DAEMONS,
        "status": FactKey(can_clear=False, words=tuple(ThreadStatus)),
        "created": _DAEMONS,
        "rev": _DAEMONS,
    },
    EntityKind.AGENT: {
        "name": _DAEMONS,
        "role": FactKey(can_clear=False, words=tuple(Role)),
        "engine": FactKey(can_clear=False, words=ENGINES),
        "model": _FREE,
        "arguments": _FREE,
        "paused": FactKey(
            otherwise="false",
            words=("true", "false"),
            synonyms={"yes": "true", "on": "true", "no": "false", "off": "false"},
        ),
        "rev": _DAEMONS,
    },
    EntityKind.DECISION: {},
    EntityKind.FEEDBACK: {},
}
_REFERENCES: Final = frozenset({"parent", "epic", "depends_on"})
_HANDLES: Final = frozenset({"assignee"})
_SHORT: Final = 3
"""Letters of a word of which one that is another makes another word: "wow" is not meant for "low"."""


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """*text* as words are compared: case, spaces, dashes, underscores and apostrophes forgiven."""
    return re.sub(r"[\s_\-'’]+", "", text.casefold())


def words_for(kind: EntityKind, key: str, types: Sequence[str] = ISSUE_TYPES) -> tuple[str, ...]:
    """What a key accepts where that is a closed list; empty where anything goes."""
    if kind is EntityKind.ISSUE and key == "type":
        return tuple(types)
    fact = KEYS[kind].get(key)
    return fact.words if fact else ()


def spelling(kind: EntityKind, key: str, text: str, types: Sequence[str] = ISSUE_TYPES) -> str | None:
    """The canonical spelling of one value of *key*; None where it is not in the vocabulary.

    A status may carry the `!` that forces it; it stays on the canonical spelling.
    """
    plain = text.strip()
    if key == "status" and plain.endswith("!"):
        forced = spelling(kind, key, plain[:-1], types)
        return f"{forced}!" if forced else None
    if key == "engine" and (commanded := commanded_engine(plain)):
        return commanded
    words = words_for(kind, key, types)
    if words:
        return _spellings(kind, key, words).get(bare(plain))
    if key in _REFERENCES:
        return parse_id(plain)
    if key in _HANDLES:
        return plain.removeprefix("@").casefold() or None
    if key == "deadline":
        moment = deadline_of(plain)
        return deadline_text(moment) if moment else None
    return " ".join(plain.split()) or None


# A burst asks of the same few keys thousands of times.
@lru_cache(maxsize=128)
def _spellings(kind: EntityKind, key: str, words: tuple[str, ...]) -> Mapping[str, str]:
    """The words of a key by what people write for them."""
    return {**(KEYS[kind][key].synonyms or {}), **{bare(word): word for word in words}}


def nearest(text: str, words: Sequence[str]) -> str | None:
    """The one word that *text* is the beginning of, or is one slip away from."""
    wanted = bare(text)
    if not wanted:
        return None
    close = [word for word in words if bare(word).startswith(wanted) or _one_slip(wanted, bare(word))]
    return close[0] if len(close) == 1 else None


def _one_slip(left: str, right: str) -> bool:
    """Whether one letter added, left out, changed, or two neighbours swapped make the one into the other."""
    if len(left) > len(right):
        left, right = right, left
    at = next(
        (place for place, (one, two) in enumerate(zip(left, right, strict=False)) if one != two), len(left)
    )
    if len(left) != len(right):
        return left[at:] == right[at + 1 :]
    swapped = left[at + 1 : at + 2] + left[at : at + 1] + left[at + 2 :]
    is_changed = len(left) > _SHORT and left[at + 1 :] == right[at + 1 :]
    return is_changed or swapped == right[at:]


def deadline_text(moment: datetime) -> str:
    """A deadline as a file has it: the date whose end it is, or the moment."""
    exact = moment.astimezone(UTC)
    if exact.time() == time():
        return (exact - timedelta(days=1)).date().isoformat()
    return exact.isoformat().replace("+00:00", "Z")
