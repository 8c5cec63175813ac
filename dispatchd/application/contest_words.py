"""What a question about edits that met says: every text as it is written, where one stands, and what each box does."""

from collections.abc import Sequence
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.stamps import display_name, plain
from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.thread import Contest
from dispatchd.domain.wording import listed

TAKE_THE_OTHER: Final = "Take the other"
KEEP_WHAT_STANDS: Final = "Keep what stands"
SINCE: Final = "What stood there has changed since you were asked, so nothing was put in its place."
_OR_WRITE: Final = "Or write below what should stand there instead, and tick *Send*."
_NOTHING: Final = "(nothing)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The file, the line there (0: none is meant), and who changed it last."""

    path: str
    line: int
    by: Actor

    @property
    def place(self) -> str:
        return f"`{self.path}:{self.line}`" if self.line else f"`{self.path}`"

    @property
    def whose(self) -> str:
        is_human = self.by.kind is ActorKind.HUMAN
        return f"{plain(display_name(self.by))}’s" if is_human else "The last one"


def title_of(work: UnitOfWork, contest: Contest) -> str:
    """The heading of the question."""
    name = plain(str(getattr(work.entity(contest.subject), "title", "") or contest.subject))
    keys = dict.fromkeys(key for side in contest.values for key, _ in side)
    number = len(_others(contest)) + 1
    if keys:
        return f"{name}: {_counted(number)} values of {listed(tuple(keys), 'and')}"
    return f"{name}: the same lines, changed {_times(number)}"


def options_of(contest: Contest) -> tuple[str, ...]:
    """The boxes: one for each text that does not stand; the last leaves everything as it is."""
    number = len(_others(contest))
    takes = (TAKE_THE_OTHER,) if number == 1 else tuple(f"Take text {each + 2}" for each in range(number))
    return (*takes, KEEP_WHAT_STANDS)


def told(contest: Contest, where: Where, *, since: str = "") -> str:
    """All texts, the first being what stands, and what choosing does."""
    others = _others(contest)
    opening = f"The same was changed {_times(len(others) + 1)}, to something else. {where.whose} stands, at {where.place}:"
    if since:
        opening = f"{since} Now this stands, at {where.place}:"
    return "\n\n".join((opening, _stands(contest), *_gave_way(contest), _how(contest)))


def told_without_place(contest: Contest, where: Where) -> str:
    """All texts, where nothing tells which lines of the file one of them would replace."""
    opening = (
        f"The same was changed {_times(len(_others(contest)) + 1)}, to something else, in {where.place}. "
        f"{where.whose} was:"
    )
    how = f"No box can put one in place of the other here: write into `{where.path}` what should stand there."
    return "\n\n".join((opening, _stands(contest), *_gave_way(contest), how))


def _others(contest: Contest) -> tuple[str, ...]:
    return tuple(_values(side) for side in contest.values) if contest.facts else contest.texts


def _values(side: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{key}: {value or _NOTHING}" for key, value in side)


def _stands(contest: Contest) -> str:
    return _block(_values(contest.stood) if contest.facts else contest.stands, contest)


def _gave_way(contest: Contest) -> list[str]:
    others = _others(contest)
    if len(others) == 1:
        return ["This is the other side’s, which gave way:", _block(others[0], contest)]
    parts: list[str] = ["These gave way:"]
    for number, text in enumerate(others, start=2):
        parts += [f"Text {number}:", _block(text, contest)]
    return parts


def _how(contest: Contest) -> str:
    takes = listed(tuple(f"*{each}*" for each in options_of(contest)[:-1]), "and")
    is_one = len(_others(contest)) == 1
    keeps = f"*{KEEP_WHAT_STANDS}* changes nothing."
    if contest.facts:
        does = "sets what stands below" if is_one else "set what stands below them"
        return f"{takes} {does}, {keeps}"
    does = (
        "puts the lower text in place of the upper one"
        if is_one
        else "put that text in place of the upper one"
    )
    return f"{takes} {does}, {keeps} {_OR_WRITE}"


def _block(text: str, contest: Contest) -> str:
    if not text.strip():
        return "*(nothing: the lines were taken out)*"
    fence = "````" if "```" in text else "```"
    words = text.strip("\r\n").rstrip()
    return f"{fence}{'yaml' if contest.facts else 'text'}\n{words}\n{fence}"


def _counted(number: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(number, str(number))


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{_counted(number)} times"
