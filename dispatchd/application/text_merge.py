"""One text out of three: the save a person made, the text the database wants, and the text the save began as.

The person's text is the canvas. What only the database's side changed is brought over: the lines of the front matter
and prose; the facts themselves are put right by the rendering that follows.
"""

from collections.abc import Callable
from dataclasses import replace

from dispatchd.application.document_kinds import DocumentKind, Reading
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.front_matter_edit import stamp_rev
from dispatchd.domain.identifiers import EntityKind
from dispatchd.reconcile.body_merge import MergedText, Overlap, merge_body
from dispatchd.reconcile.front_matter_merge import HeadContest, merge_heads

PutRight = Callable[[Reading], Reading]


def put_right(work: UnitOfWork, subject: str, kind: DocumentKind, reading: Reading) -> Reading:
    """*reading* with the daemon's own lines, links and boxes in it as they should be now."""
    entity = work.entity(subject)
    if entity is None:
        return reading
    if kind.put_right is not None:
        return kind.read(kind.put_right(entity, reading.text, work))
    return kind.read(kind.render(entity, reading.text, (), work))


def merge_texts(
    kind: DocumentKind,
    base: Reading,
    ours: Reading,
    theirs: Reading,
    text: str,
    righted: PutRight | None = None,
) -> MergedText:
    """Merge *text*, which `theirs` is the reading of, with what the database's text has that its base had not.

    Where lines contradict each other, and where there may be lists, they are compared with all sides *righted*: then
    those that are the daemon's are the same everywhere, and what is left is what people wrote.
    """
    if ours.text == base.text and theirs.text == text:
        return MergedText(text=text)  # the database's text has nothing that its base had not
    body = merge_body(base.body, ours.body, theirs.body, kind.substance)
    is_three_ways = ours.body not in (base.body, theirs.body) and theirs.body != base.body
    has_lists = kind.kind is EntityKind.EPIC and is_three_ways
    if righted is not None and (body.overlaps or has_lists):
        before, here, there = (righted(side).body for side in (base, ours, theirs))
        body = merge_body(before, here, there, kind.substance, keeps_items=has_lists)
    head = text[: len(text) - len(theirs.body)]
    overlaps: tuple[Overlap, ...] = ()
    if theirs.front.layout.opening is not None:
        merged = merge_heads(base.front, theirs.front, ours.front, keeps_both=False)
        head = merged.text
        overlaps = tuple(_of_head(met, head) for met in merged.contests)
    whole = head + body.text
    above = head.count("\n")
    in_body = (replace(each, line=above + each.line) for each in body.overlaps)
    # What came over is a change of the daemon's: under the old `rev` a second stale buffer would undo it unseen.
    stamped = stamp_rev(whole) if whole != text else text
    return MergedText(text=stamped, overlaps=(*overlaps, *in_body))


def _of_head(met: HeadContest, head: str) -> Overlap:
    at = head.find(met.canvas) if met.canvas else -1
    line = head.count("\n", 0, at) + 1 if at >= 0 else 0
    return Overlap(base=met.base, ours=met.other, theirs=met.canvas, line=line)
