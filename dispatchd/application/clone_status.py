"""How it stands between this clone and the others: kept in notes by those who share, read by those who look.

Only the standard library is needed for reading it, so that `status` stays quick.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dispatchd.application.ports.unit_of_work import UnitOfWork

SHARED: Final = "shared"
"""The note that holds how it stands with the remote."""
HOME_SEEN: Final = "home_seen"
"""The note that holds the last commit of home's that is here: which, and when it was made."""
UNANSWERED: Final = "unanswered"
"""The note that holds how many commits home has not taken in yet, as far as this clone knows."""
BEHIND: Final = "behind"
"""The note that holds how many commits of others are fetched and not taken over yet."""


class HomeMoved(NamedTuple):
    """A clone decides now. `let_go` are the things, by id and title, that only its copy knew; that is at `kept`.

    `on_word` says how many decisions, by whom, it took over because daemons of other clones tell them; `asked_again`
    how many of them are not believed, because no signature that is asked for proves them.
    """

    name: str
    let_go: tuple[tuple[str, str], ...] = ()
    kept: str = ""
    on_word: tuple[tuple[str, int], ...] = ()
    asked_again: int = 0


class CloneStatus(NamedTuple):
    """What `status` says of the clones. Times are ISO texts, empty where nothing is known.

    `unanswered` counts commits that home has not taken in yet, `uncommitted` saves that no commit holds; both are 0 at home.
    """

    clone: str
    home: str
    is_home: bool
    home_seen: str
    unanswered: int
    uncommitted: int
    behind: int
    remote: str
    trouble: str
    words: str
    since: str

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing to say: this clone decides, and shares with nobody."""
        return self.is_home and not self.remote


def clone_status(
    clone: str, home: str, remote: str, note: Callable[[str], str | None], uncommitted: int = 0
) -> CloneStatus:
    """The status of the clone called *clone*, where *home* decides; *note* gives a note's value."""
    shared = json.loads(note(SHARED) or "{}") if remote else {}
    seen = json.loads(note(HOME_SEEN) or "{}")
    is_home = home in {"", clone}
    return CloneStatus(
        clone=clone,
        home=home or clone,
        is_home=is_home,
        home_seen="" if is_home else str(seen.get("at", "")),
        unanswered=0 if is_home else int(note(UNANSWERED) or 0),
        uncommitted=0 if is_home else uncommitted,
        behind=int(note(BEHIND) or 0) if remote else 0,
        remote=remote,
        trouble=str(shared.get("trouble", "")),
        words=str(shared.get("words", "")),
        since=str(shared.get("since", "")),
    )


def note_more_unanswered(work: "UnitOfWork", more: int) -> None:
    """Remember that *more* commits wait for home, until all are counted again."""
    if more:
        work.set_note(UNANSWERED, str(int(work.note(UNANSWERED) or 0) + more))


def nobody(name: str, other: str) -> str:
    """What `home` says while nobody decides: no clone is called that. Both clones write the same."""
    return f"nobody ({' or '.join(sorted((name, other)))})"


def is_nobody(home: str) -> bool:
    """Whether *home* says that nobody decides."""
    return home.startswith("nobody (")


def those_of(home: str) -> str:
    """The clones that *home*, which says that nobody decides, names: in words."""
    one, _, other = home.removeprefix("nobody (").removesuffix(")").partition(" or ")
    return in_words(one, other)


def in_words(one: str, other: str) -> str:
    """Two clones that both decided; of a copied repository both have the same name."""
    return f"two clones called {one}" if one == other else f"{one} and {other}"
