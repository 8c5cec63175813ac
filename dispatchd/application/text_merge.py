"""One text out of three: the save a person made, the text the database wants, and the text the save began as.

The person's text is the canvas. What only the database's side changed is brought over: unknown keys here, prose by
lines; the facts themselves are put right by the rendering that follows.
"""

from dispatchd.application.document_kinds import DocumentKind, Reading
from dispatchd.documents.front_matter_edit import replace_unknown
from dispatchd.reconcile.body_merge import MergedText, merge_body


def merge_texts(kind: DocumentKind, base: Reading, ours: Reading, theirs: Reading, text: str) -> MergedText:
    """Merge *text*, which `theirs` is the reading of, with what the database's text has that its base had not."""
    merged = merge_body(base.body, ours.body, theirs.body, kind.substance)
    head = text[: len(text) - len(theirs.body)]
    for key, raw in _changed_unknown(base, ours, theirs).items():
        head = replace_unknown(head, key, raw)
    return MergedText(text=head + merged.text, overlaps=merged.overlaps)


def _changed_unknown(base: Reading, ours: Reading, theirs: Reading) -> dict[str, str | None]:
    """Unknown keys that only our side changed: their lines now, None where they went."""
    before, here, there = (_unknown_lines(side) for side in (base, ours, theirs))
    return {
        name: here.get(name)
        for name in sorted(before.keys() | here.keys())
        if here.get(name) != before.get(name) and there.get(name) == before.get(name)
    }


def _unknown_lines(side: Reading) -> dict[str, str]:
    lines = side.front.layout.lines
    return {
        written: "".join(lines[first : last + 1])
        for written, first, last, _ in side.front.layout.keys
        if written in side.front.unknown
    }
