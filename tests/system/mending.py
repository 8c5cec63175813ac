"""What the daemon may do to a file that somebody brings along: add and mend facts of its own vocabulary, and nothing else."""

from pathlib import Path

from dispatchd.documents.fence import Layout, decode, lay_out
from dispatchd.documents.issue_document import SCHEMA

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "backlog-md"


def corpus_files() -> list[Path]:
    """Task files as another tool wrote them, the finished ones too."""
    found = [path for folder in ("tasks", "completed") for path in (CORPUS / folder).glob("*.md")]
    return sorted(path for path in found if path.name.lower() != "readme.md")


def harm(before: bytes, after: bytes) -> list[str]:
    """What of a file's first text is gone that is not ours to change; the text as it stands now is *after*."""
    old, new = _layout(before), _layout(after)
    found = []
    if _body(before, old) != _body(after, new):
        found.append("its body changed")
    standing = iter(new.lines)
    for line in _lines_of_others(old):
        if line not in standing:
            found.append(f"this line is gone or has moved: {line!r}")
            break
    return found


def _layout(content: bytes) -> Layout:
    text = decode(content)
    assert isinstance(text, str), text
    layout = lay_out(text)
    assert isinstance(layout, Layout), layout
    return layout


def _body(content: bytes, layout: Layout) -> bytes:
    return content.decode()[layout.body_at :].encode()


def _lines_of_others(layout: Layout) -> list[str]:
    """The lines of the front matter that belong to no key of ours, or whose key says something readable already."""
    ours: set[int] = set()
    for written, first, last, _ in layout.keys:
        if SCHEMA.find(written) is not None:
            ours.update(range(first, last + 1))
    return [line for index, line in enumerate(layout.lines) if index not in ours]


def altered_facts(before: bytes, after: bytes) -> dict[str, tuple[str, str]]:
    """The known keys whose lines changed, with both texts."""
    old, new = _known(_layout(before)), _known(_layout(after))
    return {key: (text, new.get(key, "")) for key, text in old.items() if new.get(key) != text}


def _known(layout: Layout) -> dict[str, str]:
    found: dict[str, str] = {}
    for written, first, last, _ in layout.keys:
        known = SCHEMA.find(written)
        if known is not None:
            found[known.name] = "".join(layout.lines[first : last + 1])
    return found
