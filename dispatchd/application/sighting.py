"""What was seen of one file, and what became of looking at it: the values between the session and the intake."""

from dispatchd.application.ports.dispatch_tree import FileContent
from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.domain.actors import Channel
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

UNKNOWN_QUIET = 1e9
"""Seconds; for what was saved before anybody watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Bytes read from a path that has been quiet for so many seconds."""

    path: DocumentPath
    found: FileContent
    quiet: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A file's bytes as read, by whom they are taken to be, and for how many seconds nothing has changed there.

    `base` is given where it is known for certain what the text began as (a commit's parent, a displaced save);
    `stamp` is None for bytes that are not what the disk holds now. `travelled`: git brought these bytes from
    elsewhere in the history, so they are prose and decide nothing. `taken_before`: these bytes were taken from a save,
    and the commit that now holds them can only settle what waited for a signature.
    """

    path: DocumentPath
    content: bytes
    circumstance: Circumstance
    stamp: FileStamp | None = None
    quiet: float = UNKNOWN_QUIET
    base: bytes | None = None
    travelled: bool = False
    taken_before: bool = False
    hurried: bool = False
    """Somebody waits for what is written here: prose that would rest is taken for finished."""
    settled: bool = False
    """Whoever merged this with what stands here has seen both: where they contradict each other nobody is asked."""
    shown: tuple[str, ...] = ()
    """Texts that whoever merged this later had before their eyes: of those nobody else is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`look_again` is the quiet, in seconds, after which the same bytes mean something else (None: never)."""

    look_again: float | None = None
    arrives: bool = False
    """Another document's file seems to have come here: until that is certain, no deletion is believed."""
    misses: str | None = None
    """The id of something that is not there yet and may come: once it has, the file is taken again at once."""
    unread: bool = False
    """What it is depends on a file that could not be read: both are looked at again in a moment."""
    owed: bool = False
    """What is open in it can be taken when what it is owed was written: it is looked at again after a while."""
    vanished: bool = False
    """A document is kept at this path of which no file is left; it has the time of any deletion to turn up again."""


DONE = Taken()


def sooner(one: Taken, other: Taken) -> Taken:
    """The look that comes first."""
    quiets = [taken.look_again for taken in (one, other) if taken.look_again is not None]
    return Taken(look_again=min(quiets, default=None))


def is_in_history(seen: Sighting) -> bool:
    """Whether a commit holds these bytes already."""
    return seen.circumstance.provenance.channel is Channel.COMMIT
