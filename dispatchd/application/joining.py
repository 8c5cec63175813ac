"""Two ends of the branch as one tree: what each side changed since they parted, file by file, without markers.

Nothing is interpreted here. Where only one side changed a file, its bytes are taken as they are; where both did,
facts and lines are merged, and a contradiction goes to the winner. An edit beats a deletion; a document that one side
moved, known by its id, takes the other side's edit along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatchd.application.ports.audit_log import AuditLog, BlobId, CommitId
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import PUBLISHED, PathRole, entity_kind_at, role_of
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
    if any(
        path not in ours or path not in theirs for path in found.both
    ):  # what was moved is looked for among the new
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
            merged.update((path, moved))
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
    here, there = decode(sides.here), decode(sides.there)
    is_document = role_of(path) is PathRole.ENTITY and entity_kind_at(path) is not EntityKind.AGENT
    return is_document and isinstance(here, str) and isinstance(there, str) and are_two(here, there)


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


def _moved_to(
    path: DocumentPath, before: Tree, ours: Tree, theirs: Tree, blobs: Mapping[BlobId, bytes]
) -> DocumentPath | None:
    """Where the side that has no *path* any more has its document now, if it was moved and not deleted."""
    mover = ours if path not in ours else theirs
    known = _id_in(blobs.get(before.get(path, BlobId(""))))
    if path in mover or known is None:
        return None
    fresh = (each for each in mover.keys() - before.keys() if each.endswith(".md"))
    return next((each for each in sorted(fresh) if _id_in(blobs.get(mover[each])) == known), None)


def _id_in(content: bytes | None) -> str | None:
    text = decode(content) if content is not None else None
    return id_in(text) if isinstance(text, str) else None


def _edit_that_follows(
    path: DocumentPath,
    moved: DocumentPath,
    trees: tuple[Tree, Tree, Tree],
    blobs: Mapping[BlobId, bytes],
    winner: Winner,
) -> dict[DocumentPath, bytes | None]:
    """What to change here so that the document stands at *moved* with what both sides made of it."""
    before, ours, theirs = trees
    here, there = (_at(tree, path, blobs) or _at(tree, moved, blobs) for tree in (ours, theirs))
    text = joined_text(moved, Sides(before=_at(before, path, blobs), here=here, there=there), winner)
    changes: dict[DocumentPath, bytes | None] = {moved: text}
    if path in ours:
        changes[path] = None
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
