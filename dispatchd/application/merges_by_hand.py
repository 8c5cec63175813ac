"""What the maker of somebody's merge wrote into it, told from what git did by itself.

Where dispatchd is not installed git merges as text: it asks where fields would not have, doubles what both sides
brought, and a person takes one side for peace. None of that is anybody's word; it is put right from both sides. And
a file that one side changed outlives its deletion by the other. A merge that a replica's daemon made is nobody's word
at all: where its two sides contradict each other, nobody has seen it.
"""

from collections.abc import Iterator, Sequence

from dispatchd.application.joining import Sides, Tree, joined_text
from dispatchd.application.ports.audit_log import AuditLog, ForeignCommit
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import PUBLISHED, is_nameable
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.after_merge import begun_as
from dispatchd.reconcile.document_merge import Winner


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeText:
    """A file of a merge, and the text against which it shows what its maker changed.

    `met` are the digests of both sides' texts: where they contradicted each other, the maker has seen it. It is empty
    where the maker was a daemon.
    """

    path: DocumentPath
    content: bytes
    base: bytes | None
    met: frozenset[DocumentDigest] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MakersPart:
    """What of a merge is its maker's: the texts they changed. `kept` outlive a deletion, and are not in the merge."""

    changed: tuple[MadeText, ...] = ()
    kept: tuple[DocumentPath, ...] = ()


def makers_part(log: AuditLog, merge: ForeignCommit) -> MakersPart:
    """What *merge* holds that does not come of its two sides by themselves."""
    one, other = merge.parents[:2]
    by_daemon = bool(merge.clone) and not merge.is_own  # what a home's merged, it has asked about itself
    meet = log.merge_base(one, other)
    made, here, there = (log.tree_at(commit) for commit in (merge.oid, one, other))
    before = log.tree_at(meet) if meet is not None else {}
    both = [
        path
        for path, blob in made.items()
        if blob not in (here.get(path), there.get(path))
        or (
            path in here
            and path in there
            and len({before.get(path), here[path], there[path]}) == len((before, here, there))
        )
    ]
    blobs = log.read_blobs(
        [tree[path] for path in both for tree in (before, here, there, made) if path in tree]
    )
    changed = [
        _made(
            path,
            [blobs.get(tree[path]) if path in tree else None for tree in (before, here, there, made)],
            by_daemon=by_daemon,
        )
        for path in sorted(both)
        if is_nameable(path) and path not in PUBLISHED
    ]
    kept = tuple(_kept(before, (here, there), made))
    return MakersPart(changed=tuple(each for each in changed if each is not None), kept=kept)


def _made(path: DocumentPath, contents: Sequence[bytes | None], *, by_daemon: bool) -> MadeText | None:
    before, here, there, made = contents
    if made is None:
        return None
    sides = Sides(before=before, here=here, there=there)
    base = _joined_as(path, sides, made) if by_daemon else _begun_as(path, sides, made)
    if base == made and made in (here, there):
        return None
    if by_daemon:
        return MadeText(path=path, content=made, base=base)
    met = frozenset(digest(content) for content in (here, there) if content is not None)
    return MadeText(path=path, content=made, base=base, met=met)


def _kept(before: Tree, sides: Sequence[Tree], made: Tree) -> Iterator[DocumentPath]:
    for path in before.keys() - made.keys():
        left = [tree[path] for tree in sides if path in tree]
        if len(left) == 1 and left[0] != before[path] and is_nameable(path):
            yield path


def _joined_as(path: DocumentPath, sides: Sides, made: bytes) -> bytes | None:
    """What comes of *sides* by themselves, whichever of them won where they contradict each other."""
    both = [joined_text(path, sides, winner) for winner in (Winner.OURS, Winner.THEIRS)]
    return made if made in both else both[0]


def _begun_as(path: DocumentPath, sides: Sides, made: bytes) -> bytes | None:
    texts = [decode(content or b"") for content in (sides.before, sides.here, sides.there, made)]
    before, here, there, result = (text if isinstance(text, str) else None for text in texts)
    is_whole = sides.here is not None and sides.there is not None and path.endswith(".md")
    if not is_whole or before is None or here is None or there is None or result is None:
        return joined_text(path, sides, Winner.OURS)
    return begun_as(before, here, there, result).encode()
