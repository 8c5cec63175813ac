"""New files that are not quiet enough to be adopted: their bytes are kept meanwhile, should the whole folder vanish.

What is kept is forgotten when the file is a document, or is gone by itself. While somebody is asked whether many
files were meant to go it stays, because these may be among them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.removal import HELD
from dispatchd.application.sighting import Sighting, Taken
from dispatchd.documents.tree_paths import WAITING
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

KEPT: Final = "newcomers"


def keep_newcomers(
    work: UnitOfWork,
    sightings: Sequence[Sighting],
    taken: Mapping[DocumentPath, Taken],
    may_stand: Callable[[DocumentPath], bool],
) -> None:
    """Keep the bytes of files that wait for their adoption, and forget those that wait for it no longer."""
    before = _kept(work)
    kept = dict(before)
    for seen in sightings:
        kept.pop(seen.path, None)
        result = taken.get(seen.path)
        waits = result is not None and (result.look_again is not None or result.unread)
        if waits and seen.path != WAITING and work.documents.at(seen.path) is None:
            kept[seen.path] = work.blobs.put(seen.content)
    if kept and work.note(HELD) is None:
        kept = {path: blob for path, blob in kept.items() if may_stand(path)}
    if kept != before:
        work.set_note(KEPT, json.dumps(kept) if kept else None)


def kept_newcomers(work: UnitOfWork) -> Mapping[DocumentPath, bytes]:
    """What was saved where no document is yet, as it was last seen."""
    return {
        path: work.blobs.get(blob) for path, blob in _kept(work).items() if work.documents.at(path) is None
    }


def _kept(work: UnitOfWork) -> dict[DocumentPath, DocumentDigest]:
    return dict(json.loads(work.note(KEPT) or "{}"))
