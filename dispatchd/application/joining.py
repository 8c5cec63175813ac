"""Two ends of the branch as one tree: what each side changed since they parted, file by file, without markers.

Nothing is interpreted here. Where only one side changed a file, its bytes are taken as they are; where both did,
facts and lines are merged, and a contradiction goes to the winner. An edit beats a deletion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatchd.application.ports.audit_log import AuditLog, BlobId, CommitId
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import PUBLISHED
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.reconcile.document_merge import Winner, merge_documents

Tree = Mapping[DocumentPath, BlobId]
_NONE: Tree = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What joins *there* to *here*. `changes` is against *here*: all that came, merged or as it was."""

    base: CommitId | None
    here: CommitId
    there: CommitId
    changes: Mapping[DocumentPath, bytes | None]
    merged: frozenset[DocumentPath]
    """The paths that both sides had changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The three texts of one file."""

    before: bytes | None
    here: bytes | None
    there: bytes | None


@dataclass(slots=True)
class _Gathered:
    taken: dict[DocumentPath, BlobId | None] = field(default_factory=dict)
    both: list[DocumentPath] = field(default_factory=list)


def plan_join(log: AuditLog, here: CommitId, there: CommitId, winner: Winner) -> Join:
    """How *there* is joined to *here*; *winner* is OURS for the side that is here."""
    base = log.merge_base(here, there)
    before = log.tree_at(base) if base is not None else _NONE
    ours, theirs = log.tree_at(here), log.tree_at(there)
    found = _gather(before, ours, theirs)
    wanted = [blob for blob in found.taken.values() if blob is not None]
    wanted += [tree[path] for path in found.both for tree in (before, ours, theirs) if path in tree]
    blobs = log.read_blobs(list(dict.fromkeys(wanted)))
    changes: dict[DocumentPath, bytes | None] = {
        path: None if blob is None else blobs.get(blob) for path, blob in found.taken.items()
    }
    merged: set[DocumentPath] = set()
    for path in found.both:
        sides = Sides(
            before=_at(before, path, blobs), here=_at(ours, path, blobs), there=_at(theirs, path, blobs)
        )
        text = joined_text(path, sides, winner)
        merged.add(path)
        if text != sides.here:
            changes[path] = text
    return Join(base=base, here=here, there=there, changes=changes, merged=frozenset(merged))


def _gather(before: Tree, ours: Tree, theirs: Tree) -> _Gathered:
    found = _Gathered()
    for path in sorted(before.keys() | theirs.keys()):
        was, here, there = before.get(path), ours.get(path), theirs.get(path)
        if there in (was, here):
            continue
        if here == was:
            found.taken[path] = there
        else:
            found.both.append(path)
    return found


def _at(tree: Tree, path: DocumentPath, blobs: Mapping[BlobId, bytes]) -> bytes | None:
    blob = tree.get(path)
    return blobs.get(blob) if blob is not None else None


def joined_text(path: DocumentPath, sides: Sides, winner: Winner) -> bytes | None:
    """One text for a file that both sides changed."""
    chosen = sides.here if winner is Winner.OURS else sides.there
    if sides.here is None or sides.there is None:
        return sides.here if sides.there is None else sides.there
    if path in PUBLISHED:
        return chosen
    texts = [decode(content or b"") for content in (sides.before, sides.here, sides.there)]
    before, here, there = (text if isinstance(text, str) else None for text in texts)
    if before is None or here is None or there is None:
        return chosen
    return merge_documents(before, here, there, winner=winner).text.encode()
