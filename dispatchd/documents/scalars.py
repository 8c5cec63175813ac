"""Single values as they stand on a line: quotes, comments, and the items of a list in brackets.

This is the lenient reading that known keys get: what is not YAML means what it looks like. White space, `#` and
a blank begin a comment; behind quotes and brackets white space and `#` do.
"""

import re
from typing import Final, NamedTuple

from dispatchd.documents.notes import MARK
from dispatchd.documents.text_lines import BLANKS

NULLS: Final = frozenset({"~", "null", "Null", "NULL"})

QUOTED: Final = re.compile(r"""'(?:[^'\n]|'')*+'|"(?:[^"\\\n]|\\[^\n])*+\"""")
_ESCAPE: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0abt\tnvfre \"/\\N_LP]))"
)
_ESCAPED: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_NOTE: Final = re.compile(r"(?:^|[ \t]+)# dispatchd:")
_COMMENT: Final = re.compile(r"(?:^|[ \t]+)#(?=[ \t]|$)")
_ENDED: Final = re.compile(r"[ \t\r\n]*(?:$|(?<=[ \t\r\n])#)")
_FLOW_GAP: Final = re.compile(r"(?:[ \t\r\n]++|#(?=[ \t\r\n])[^\n]*+)*+")
_WORDS: Final = re.compile(r"[^,\] \t\r\n]++(?:[ \t\r\n]++(?!#[ \t\r\n])[^,\] \t\r\n]++)*+")
_GAPS: Final = re.compile(r"[ \t\r\n]+")
_LINK: Final = re.compile(r"\[\[[^\[\]\n]*+\]\]|\[[^\[\]\n]*+\]\([^()\n]*+\)")
_COMMA_ITEM: Final = re.compile(
    r"""[ \t]*+(?:'(?:[^'\n]|'')*+'|"(?:[^"\\\n]|\\[^\n])*+")[ \t]*+(?=,|$)"""
    r"""|(?:\[\[[^\[\]\n]*+\]\]|\[[^\[\]\n]*+\]\([^()\n]*+\)|[^,])++"""
)


class Item(NamedTuple):
    """One item of a list in brackets: what it means, and where it stands in the text."""

    value: str
    start: int
    end: int
    is_quoted: bool


class Flow(NamedTuple):
    """A list in brackets, and where it ends in the text."""

    items: list[Item]
    end: int


def unquote(token: str) -> str:
    """What a quoted *token* means; an escape that YAML does not know stands for itself."""
    if token[0] == "'":
        return token[1:-1].replace("''", "'")
    return _ESCAPE.sub(_unescape, token[1:-1]) if "\\" in token else token[1:-1]


def _unescape(found: re.Match[str]) -> str:
    if found[4]:
        return _ESCAPED[found[4]]
    code = int(found[1] or found[2] or found[3], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found[0]


def meaning(token: str) -> str:
    """What *token* means: its content if it is quoted whole, itself otherwise."""
    return unquote(token) if token[:1] in ("'", '"') and QUOTED.fullmatch(token) else token


def is_half_quoted(text: str, *, whole_line: bool = False) -> bool:
    """Whether *text* begins with a quote that ends nowhere in it: in YAML and to a reader, half a value.

    Where the value is the *whole_line*, words in prose, an apostrophe begins one: `'til noon`.
    """
    quote = text[:1]
    if quote not in ("'", '"') or (whole_line and quote == "'"):
        return False
    return QUOTED.match(text) is None


def one_line(text: str) -> str:
    """*text* on one line, each run of blanks one blank; blanks that no keyboard types are letters."""
    return _GAPS.sub(" ", text).strip(" ")


def split_comment(rest: str, *, whole_line: bool = False) -> tuple[str, str]:
    """*rest* cut where its value ends: the value's text, and the blanks and the comment behind it.

    Where the value is the *whole_line*, only a note of the daemon's, or a comment behind quotes, is cut off.
    """
    end = _closed_end(rest, flow=not whole_line)
    if end is None:
        if "#" not in rest:
            return rest, ""
        found = (_NOTE if whole_line else _COMMENT).search(rest)
        end = found.start() if found else len(rest)
    return rest[:end], rest[end:]


def _closed_end(rest: str, *, flow: bool) -> int | None:
    """Where quotes or brackets end that hold the whole value; None where it is not held so."""
    if rest[:1] in ("'", '"'):
        quoted = QUOTED.match(rest)
        return quoted.end() if quoted and _ENDED.match(rest, quoted.end()) else None
    if flow and rest[:1] == "[" and not _LINK.match(rest):
        listed = read_flow(rest)
        return listed.end if listed and _ENDED.match(rest, listed.end) else None
    return None


def read_flow(text: str) -> Flow | None:
    """The list in brackets that *text* begins with, over several lines too; None if it is not one, or nested."""
    items: list[Item] = []
    at = _gap_end(text, 1)
    while at < len(text):
        if text[at] == "]":
            return Flow(items, at + 1)
        found = QUOTED.match(text, at) or _LINK.match(text, at)
        if found is None:
            found = None if text[at] in "[{," else _WORDS.match(text, at)
        if found is None:
            return None
        quoted = text[at] in "'\"" and found.re is QUOTED
        value = unquote(found[0]) if quoted else one_line(found[0])
        items.append(Item(value, at, found.end(), quoted))
        at = _gap_end(text, found.end())
        if text[at : at + 1] == ",":
            at = _gap_end(text, at + 1)
        elif text[at : at + 1] != "]":
            return None
    return None


def _gap_end(text: str, at: int) -> int:
    gap = _FLOW_GAP.match(text, at)
    return gap.end() if gap else at


def is_closed_flow(text: str, flow: Flow) -> bool:
    """Whether nothing but a comment follows *flow* in *text*."""
    return _ENDED.match(text, flow.end) is not None


def is_link(text: str) -> bool:
    """Whether *text* is a link and nothing else: `[[e-3fq9]]` or `[Title](../epics/e-3fq9.md)`."""
    return _LINK.fullmatch(text) is not None


def begins_with_link(text: str) -> bool:
    """Whether *text* begins with a link."""
    return _LINK.match(text) is not None


def split_commas(text: str) -> tuple[str, ...]:
    """The items of a list written with commas and no brackets; a comma inside a link is none."""
    found = (item.strip(BLANKS) for item in _COMMA_ITEM.findall(text))
    return tuple(meaning(item) for item in found if item)


def note_of(tail: str) -> str | None:
    """What the daemon's note in the comment *tail* says."""
    at = tail.find(MARK)
    return tail[at + len(MARK) :].strip() if at >= 0 else None
