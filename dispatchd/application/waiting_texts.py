"""The texts of WAITING.md that were agreed on: pages as written, and buffers as saved, by the page they began as.

A buffer that was never read again shows items long since answered; what it had at its last save is no news.
"""

from collections.abc import Sequence
from datetime import datetime

from dispatchd.application.ports.unit_of_work import AgreedText, TextSource, UnitOfWork
from dispatchd.application.saved_text import source_of
from dispatchd.application.sighting import Sighting
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import WAITING
from dispatchd.documents.waiting_reading import read_rev


def agree_on_page(work: UnitOfWork, text: str, at: datetime) -> None:
    """Remember *text*, which is to be written, by its `rev`."""
    digest = work.blobs.put(text.encode())
    work.documents.agree(
        AgreedText(subject=WAITING, rev=read_rev(text), digest=digest, source=TextSource.RENDERED, at=at)
    )


def agree_on_save(work: UnitOfWork, seen: Sighting, text: str, held: Sequence[str]) -> None:
    """Remember *text* as the newest save of its buffer; *held* are places in it that are still open."""
    rev = read_rev(text)
    work.documents.agree(
        AgreedText(
            subject=WAITING,
            rev=_saved(rev) if rev is not None else None,
            digest=work.blobs.put(seen.content),
            source=source_of(seen),
            at=seen.circumstance.at,
            held=tuple(held),
        )
    )


def began_as(work: UnitOfWork, seen: Sighting, text: str) -> tuple[str, Sequence[str]]:
    """The page that the buffer *text* began as, or what it was at its last save; the newest where it does not say.

    With it come the places that were still open in it. What a commit began as is its parent's page.
    """
    given = decode(seen.base) if seen.base is not None else None
    if isinstance(given, str) and source_of(seen) is TextSource.COMMITTED:
        return given, ()
    rev, documents = read_rev(text), work.documents
    known = None
    if rev is not None:
        known = documents.agreed_with(WAITING, _saved(rev)) or documents.agreed_with(WAITING, rev)
    if known is None and isinstance(given, str):
        return given, ()
    known = known or documents.newest_agreed(WAITING)
    return (work.blobs.get(known.digest).decode(), known.held) if known is not None else ("", ())


def _saved(rev: str) -> str:
    return f"saved:{rev}"
