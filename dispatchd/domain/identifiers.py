"""What names a thing: typed ids, and the rule that tells an id from a word.

An id is the letter of its kind, a dash and four or more characters of Crockford's base 32 (no i, l, o, u).
Drawing random bits is left to the IdSource port; resolving a prefix is left to the queries.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NewType

EntityId = NewType("EntityId", str)
IssueId = EntityId
EpicId = EntityId
ProposalId = EntityId
ThreadId = EntityId
DecisionId = EntityId

EventId = NewType("EventId", str)
EventPosition = NewType("EventPosition", int)
DocumentPath = NewType("DocumentPath", str)
"""A path inside the tree, relative, with forward slashes: `issues/login timeout.md`."""
DocumentDigest = NewType("DocumentDigest", str)
"""The SHA-256 of a file's bytes, in 64 hex digits."""

CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_ID: Final = re.compile(rf"[iepdtf]-[{CROCKFORD}]{{4,26}}")


EVENT_ID_SHOWN: Final = 6
"""So many characters of an event's id tell it from a hundred thousand others; any longer beginning will do too."""


class EntityKind(StrEnum):
    """What a file in the tree is; the value is the word people read."""

    ISSUE = "issue"
    EPIC = "epic"
    PROPOSAL = "proposal"
    THREAD = "thread"
    DECISION = "decision"
    FEEDBACK = "feedback"
    AGENT = "agent"


ID_LETTERS: Final = {
    "i": EntityKind.ISSUE,
    "e": EntityKind.EPIC,
    "p": EntityKind.PROPOSAL,
    "t": EntityKind.THREAD,
    "d": EntityKind.DECISION,
    "f": EntityKind.FEEDBACK,
}
LETTER_OF: Final = {kind: letter for letter, kind in ID_LETTERS.items()}


def parse_id(text: str) -> EntityId | None:
    """The id that *text* spells, in any case and with a leading `#` or brackets forgiven; None if it spells none."""
    bare = text.strip().strip("[]`#").lower()
    return EntityId(bare) if _ID.fullmatch(bare) else None


# Of one id it is asked half a dozen times while its file is taken in.
@lru_cache(maxsize=1024)
def kind_of(entity_id: EntityId) -> EntityKind:
    """The kind an id's letter names; an agent's name is its id and has no letter."""
    return ID_LETTERS[entity_id[0]] if _ID.fullmatch(entity_id) else EntityKind.AGENT


def encode_id(kind: EntityKind, bits: int, length: int) -> EntityId:
    """An id of *kind* whose *length* characters come from the low bits of *bits*, five a character."""
    digits = "".join(CROCKFORD[(bits >> (5 * place)) & 31] for place in range(length))
    return EntityId(f"{LETTER_OF[kind]}-{digits}")


def id_length(population: int) -> int:
    """How many characters an id needs in a workspace of *population* entities.

    Two clones that each add a hundredth of it before they meet choose the same id less than once in a million.
    """
    added = 1 + population // 100
    length = 4
    while added * added > 32**length / 1_000_000:
        length += 1
    return length
