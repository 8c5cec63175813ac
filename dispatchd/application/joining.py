"""Two ends of the branch as one tree: what each side changed since they parted, file by file, without markers.

Nothing is interpreted here. Where only one side changed a file, its bytes are taken as they are; where both did,
facts and lines are merged, and a contradiction goes to the winner. An edit beats a deletion; a document that one side
moved, known by its id, takes the other side's edit along.
"""

from collections.abc import Mapping
from dataclasses import field

from dispatchd.application.ports.audit_log import AuditLog, BlobId, CommitId
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import PUBLISHED, PathRole, entity_kind_at, role_of
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.reconcile.document_merge import Winner, merge_documents
from dispatchd.reconcile.namesakes import are_two, id_in, next_free

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
    """How *there* is joined to *here*; *winner* is the side that people wrote on (OURS: what is here)."""
    base = log.merge_base(here, there)
    before = log.tree_at(base) if base is not None else _NONE
    ours, theirs = log.tree_at(here), log.tree_at(there)
    found = _gather(before, ours, theirs)
    wanted = [blob for blob in found.taken.values() if blob is not None]
    wanted += [tree[path] for path in found.both for tree in (before, ours, theirs) if path in tree]
    if found.both:  # what was moved is looked for among the new
        wanted += [tree[path] for tree in (ours, theirs) for path in tree.keys() - before.keys()]
    blobs = log.read_blobs(list(dict.fromkeys(wanted)))
    changes: dict[DocumentPath, bytes | None] = {
        path: None if blob is None else blobs.get(blob) for path, blob in found.taken.items()
    }
    merged: set[DocumentPath] = set()
    for path in found.both:
        moved = _moved_to(path, before, ours, theirs, blobs)
        if moved is not None:
            changes.update(_edit_that_follows(path, moved, (before, ours, theirs), blobs, winner))
            merged.update((path, moved.to))
            continue
        sides = Sides(
            before=_at(before, path, blobs), here=_at(ours, path, blobs), there=_at(theirs, path, blobs)
        )
        if _are_namesakes(path, sides):
            taken = {*ours, *theirs, *changes}
            changes.update(_both_of_one_name(path, next_free(path, taken), sides, winner))
            merged.add(path)
            continue
        text = joined_text(path, sides, winner)
        merged.add(path)
        if text != sides.here:
            changes[path] = text
    return Join(base=base, here=here, there=there, changes=changes, merged=frozenset(merged))


def _are_namesakes(path: DocumentPath, sides: Sides) -> bool:
    """Whether each side made a document of its own here, since they parted."""
    if sides.before is not None or sides.here is None or sides.there is None:
        return False
    return _are_documents_apart(path, sides.here, sides.there)


def _are_documents_apart(path: DocumentPath, one: bytes, other: bytes) -> bool:
    texts = decode(one), decode(other)
    is_document = role_of(path) is PathRole.ENTITY and entity_kind_at(path) is not EntityKind.AGENT
    return (
        is_document
        and isinstance(texts[0], str)
        and isinstance(texts[1], str)
        and are_two(texts[0], texts[1])
    )


def _both_of_one_name(
    path: DocumentPath, free: DocumentPath, sides: Sides, winner: Winner
) -> dict[DocumentPath, bytes | None]:
    """The name stays with home's, which the database knows by it; what people made elsewhere gets the *free* one."""
    if winner is Winner.THEIRS:
        return {free: sides.there}
    return {path: sides.there, free: sides.here}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """Where a document is now, and whether it was moved here."""

    to: DocumentPath
    is_ours: bool


def _moved_to(
    path: DocumentPath, before: Tree, ours: Tree, theirs: Tree, blobs: Mapping[BlobId, bytes]
) -> _Moved | None:
    """Where one side has the document of *path* now, if it was moved and not deleted: another may be there since."""
    was = _at(before, path, blobs)
    if was is None:
        return None
    for mover in (ours, theirs):
        stands = _at(mover, path, blobs)
        if stands is not None and not _are_documents_apart(path, was, stands):
            continue
        for each in sorted(mover.keys() - before.keys()):
            if each.endswith(".md") and _is_of(was, blobs.get(mover[each]), by_words=stands is not None):
                return _Moved(to=each, is_ours=mover is ours)
    return None


def _is_of(was: bytes, found: bytes | None, *, by_words: bool) -> bool:
    """Whether *found* is a later text of the document that was *was*: by its id, or by the words of one without."""
    known = _id_in(was)
    if known is not None or not by_words or found is None:
        return known is not None and _id_in(found) == known
    before, after = decode(was), decode(found)
    return isinstance(before, str) and isinstance(after, str) and not are_two(before, after)


def _id_in(content: bytes | None) -> str | None:
    text = decode(content) if content is not None else None
    return id_in(text) if isinstance(text, str) else None


def _edit_that_follows(
    path: DocumentPath,
    moved: _Moved,
    trees: tuple[Tree, Tree, Tree],
    blobs: Mapping[BlobId, bytes],
    winner: Winner,
) -> dict[DocumentPath, bytes | None]:
    """What to change here so that the document stands where it was moved, with what both sides made of it."""
    before, ours, theirs = trees
    here = _at(ours, moved.to if moved.is_ours else path, blobs)
    there = _at(theirs, path if moved.is_ours else moved.to, blobs)
    text = joined_text(moved.to, Sides(before=_at(before, path, blobs), here=here, there=there), winner)
    changes: dict[DocumentPath, bytes | None] = {moved.to: text}
    if not moved.is_ours and path in ours:
        changes[path] = _at(theirs, path, blobs)
    return changes


def joined_text(path: DocumentPath, sides: Sides, winner: Winner) -> bytes | None:
    """One text for a file that both sides changed."""
    chosen = sides.here if winner is Winner.OURS else sides.there
    if sides.here is None or sides.there is None:
        return sides.here if sides.there is None else sides.there
    if (
        path in PUBLISHED
    ):  # home's, and home is the side whose word gives way: its ticks are read from their commits
        return sides.there if winner is Winner.OURS else sides.here
    texts = [decode(content or b"") for content in (sides.before, sides.here, sides.there)]
    before, here, there = (text if isinstance(text, str) else None for text in texts)
    if before is None or here is None or there is None:
        return chosen
    return merge_documents(before, here, there, winner=winner, path=path).text.encode()
