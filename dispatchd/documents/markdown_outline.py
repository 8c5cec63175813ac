"""What stands where in a body: headings, paragraphs, lists, quotes and code, with their lines.

Only blocks that stand by themselves are told apart, plus the items of lists that do; what is inside a quote, a
code block or a comment is that block's text and can be no verb. What blocks mean is left to the documents.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.dataclass import dataclass

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_EMPHASIS: Final = re.compile(r"(\*{1,3}|_{1,3})([^*_]*[^*_\\])\1")
_LONE_RETURN: Final = re.compile(r"\r(?!\n)")
_KEPT: Final = 64
_KEPT_LENGTH: Final = 1 << 14
"""Characters of a body whose blocks are kept; with them all together it is a few megabytes."""


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    MARKUP = "markup"
    RULE = "rule"


_KINDS: Final = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PARAGRAPH,
    "blockquote_open": BlockKind.QUOTE,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "html_block": BlockKind.MARKUP,
    "hr": BlockKind.RULE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block that stands by itself, or an item of a list that does.

    Lines are counted from zero in the whole file; `end` is the line after the last one that is not blank.
    """

    kind: BlockKind
    first: int
    end: int
    text: str = ""
    """A heading's or paragraph's text, a code block's content, an item's first lines."""
    level: int = 0
    """A heading's level."""
    text_end: int = 0
    """The line after an item's own text."""
    tail: str = ""
    """What follows an item's text directly but is not indented: somebody wrote below a list without a blank line."""
    ordered: bool = False
    code: tuple[str, ...] = ()
    """The contents of an item's own fenced blocks."""

    @property
    def line(self) -> int:
        """Its first line as people count."""
        return self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under a heading, up to the next one of its level or above."""

    heading: Block
    end: int
    blocks: tuple[Block, ...]

    @property
    def start(self) -> int:
        """The line after its heading."""
        return self.heading.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A file's lines and the blocks of its body."""

    lines: tuple[str, ...]
    """Every line of the file, ends kept."""
    body: int
    """The line at which the body begins."""
    blocks: tuple[Block, ...]

    def headings(self, level: int) -> Iterator[Block]:
        """The headings of *level*, in order."""
        return (block for block in self.blocks if block.kind is BlockKind.HEADING and block.level == level)

    def section(self, title: str, level: int = 2) -> Section | None:
        """The first section of *level* with that heading, case, outer spaces and a colon forgiven."""
        heading = next((block for block in self.headings(level) if is_title(block, title)), None)
        return self.under(heading) if heading else None

    def section_of_any_level(self, title: str, *, ends_at: int) -> Section | None:
        """The first section with that heading; it ends before the next heading of its level or of *ends_at*."""
        found = (block for block in self.blocks if block.kind is BlockKind.HEADING and is_title(block, title))
        heading = next(found, None)
        return self.under(heading, ends_at=max(heading.level, ends_at)) if heading else None

    def under(self, heading: Block, *, ends_at: int | None = None) -> Section:
        """The section that *heading* opens, up to the next of its level, or of *ends_at*, or above."""
        last = heading.level if ends_at is None else ends_at
        place = self.blocks.index(heading)
        inside: list[Block] = []
        end = len(self.lines)
        for block in self.blocks[place + 1 :]:
            if block.kind is BlockKind.HEADING and block.level <= last:
                end = block.first
                break
            inside.append(block)
        return Section(heading=heading, end=end, blocks=tuple(inside))

    def within(self, section: Section, level: int) -> tuple[Section, ...]:
        """The sections of *level* inside *section*, in order."""
        return tuple(
            self.under(block)
            for block in section.blocks
            if block.kind is BlockKind.HEADING and block.level == level
        )

    def last_text_line(self) -> int:
        """The line after the last one that is not blank; the body's first where all are."""
        return _trimmed(self.lines, self.body, len(self.lines))


def is_title(block: Block, title: str) -> bool:
    """Whether a heading says *title*: case, emphasis, outer spaces and a colon at its end forgiven."""
    return plain_title(heading_text(block)) == title.casefold()


def plain_title(words: str) -> str:
    """The words of a heading as they are compared."""
    return heading_words(heading_words(words).rstrip(": ")).rstrip(": ").casefold()


def heading_text(block: Block) -> str:
    """The words of a heading, without emphasis around all of them."""
    return heading_words(block.text)


def heading_words(text: str) -> str:
    """The same of a heading's *text*."""
    words = " ".join(text.split())
    emphasised = _EMPHASIS.fullmatch(words)
    return emphasised[2].strip() if emphasised else words


def outline(text: str, body_at: int) -> Outline:
    """The outline of *text*, whose body begins at the offset *body_at*."""
    body = text.count("\n", 0, body_at)
    rest = text[body_at:]
    find = _known_blocks if len(rest) <= _KEPT_LENGTH else _find_blocks
    return Outline(lines=tuple(split_lines(text)), body=body, blocks=find(rest, body))


def _find_blocks(rest: str, body: int) -> tuple[Block, ...]:
    """The blocks of *rest*, a file's text from its line *body* on."""
    above = "\n" * body
    tokens = _parser().parse(above + _LONE_RETURN.sub(" ", rest))
    return tuple(_blocks(tokens, split_lines(above + rest)))


@lru_cache(maxsize=_KEPT)
def _known_blocks(rest: str, body: int) -> tuple[Block, ...]:
    """The same, kept: facts of an issue change more often than its words, and one change asks several times."""
    return _find_blocks(rest, body)


@cache
def _parser() -> "MarkdownIt":
    # Loaded for the first body that has a structure: issues, most of all files, seldom do.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark").disable(["inline", "text_join"])


def _blocks(tokens: Sequence["Token"], lines: Sequence[str]) -> Iterator[Block]:
    index = 0
    while index < len(tokens):
        token = tokens[index]
        stop = _closing(tokens, index)
        if token.type in ("bullet_list_open", "ordered_list_open"):
            yield from _items(tokens[index + 1 : stop], lines, ordered=token.type[0] == "o")
        elif token.type in _KINDS and token.map:
            yield _leaf(token, tokens[index + 1] if stop > index else token, lines)
        index = stop + 1


def _closing(tokens: Sequence["Token"], index: int) -> int:
    """The index of the token that closes the one at *index*; its own where it closes itself."""
    if tokens[index].nesting != 1:
        return index
    level = tokens[index].level
    return next(place for place in range(index + 1, len(tokens)) if tokens[place].level == level)


def _leaf(token: "Token", inner: "Token", lines: Sequence[str]) -> Block:
    first, end = token.map or (0, 0)
    kind = _KINDS[token.type]
    return Block(
        kind=kind,
        first=first,
        end=_trimmed(lines, first, end),
        text=inner.content if kind in {BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.CODE} else "",
        level=int(token.tag[1:]) if kind is BlockKind.HEADING else 0,
    )


def _items(tokens: Sequence["Token"], lines: Sequence[str], *, ordered: bool) -> Iterator[Block]:
    index = 0
    while index < len(tokens):
        stop = _closing(tokens, index)
        token = tokens[index]
        if token.map:
            yield _item(token, tokens[index + 1 : stop], lines, ordered=ordered)
        index = stop + 1


def _item(token: "Token", children: Sequence["Token"], lines: Sequence[str], *, ordered: bool) -> Block:
    first, end = token.map or (0, 0)
    opens_with_text = bool(children) and children[0].type == "paragraph_open"
    paragraph = children[1] if opens_with_text else None
    words = paragraph.content.split("\n") if paragraph else []
    own = next((at for at in range(1, len(words)) if lines[first + at][:1] not in " \t"), len(words))
    return Block(
        kind=BlockKind.ITEM,
        first=first,
        end=_trimmed(lines, first, end),
        text="\n".join(words[:own]),
        text_end=first + max(own, 1),
        tail="\n".join(words[own:]),
        ordered=ordered,
        code=tuple(
            child.content for child in children if child.type == "fence" and child.level == token.level + 1
        ),
    )


def _trimmed(lines: Sequence[str], first: int, end: int) -> int:
    end = min(end, len(lines))
    while end > first and not lines[end - 1].strip():
        end -= 1
    return max(end, min(first + 1, len(lines)))
