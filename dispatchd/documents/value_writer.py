"""How the daemon writes a value: valid YAML, in the quotes that stand there already, plain where that is safe.

A text is plain only where no reader, of YAML 1.1 or 1.2, takes it for anything else.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from dispatchd.documents.scalars import NULLS


class Quotes(StrEnum):
    """How a value stands in the file."""

    NONE = ""
    SINGLE = "'"
    DOUBLE = '"'


_CONTROL: Final = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"\\\\]')
_NAMED: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", '"': '\\"', "\\": "\\\\"}
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_RISKY_START: Final = frozenset("!\"#%&'*,>?@[]`{|}=")
_RISKY_INSIDE: Final = re.compile(r":(?=[ ]|$)|[ ]#")
_RISKY_IN_FLOW: Final = re.compile(r"[,\[\]{}?]|:(?=[\"'])|:$|^:")
_TYPED: Final = re.compile(
    r"[-+]?[0-9._][0-9_,.:eExXobOB+\-a-fA-F]*|[-+]?\.(?:inf|nan)"  # numbers, sexagesimals, dates
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
    r"|y|n|yes|no|on|off|true|false|null|~|<<",
    re.IGNORECASE,
)


def write_scalar(text: str, quotes: Quotes = Quotes.NONE) -> str:
    """*text* as the value of a key whose meaning the schema knows: a date, a number or `true` stays plain."""
    return _quoted(text, quotes) if quotes or not is_plain(text) or text in NULLS else text


def write_text(text: str, quotes: Quotes = Quotes.NONE) -> str:
    """*text* as words of a person's: quoted also where YAML would take it for a number, a date or a truth."""
    return _quoted(text, quotes) if quotes or not is_plain(text) or _TYPED.fullmatch(text) else text


def write_item(text: str, quotes: Quotes = Quotes.NONE, *, flow: bool) -> str:
    """*text* as an item of a list, in brackets (*flow*) or on a line of its own."""
    if flow and _RISKY_IN_FLOW.search(text):
        return _quoted(text, quotes)
    return write_text(text, quotes)


def write_list(items: Iterable[str]) -> str:
    """*items* as a list in brackets."""
    return f"[{', '.join(write_item(item, flow=True) for item in items)}]"


def is_plain(text: str) -> bool:
    """Whether YAML reads *text* as itself without quotes, types aside."""
    if not text or text != text.strip() or text[0] in _RISKY_START:
        return False
    if text[0] in "-:" and text[1:2] in ("", " "):
        return False
    if text.startswith(("---", "...")):
        return False
    return not _RISKY_INSIDE.search(text) and not _UNPRINTABLE.search(text)


def _quoted(text: str, quotes: Quotes) -> str:
    printable = not _UNPRINTABLE.search(text)
    # Double quotes are the habit (Prettier's too), unless they would need escapes that single ones do not.
    single = quotes is Quotes.SINGLE or (not quotes and ('"' in text or "\\" in text))
    if printable and single:
        return "'" + text.replace("'", "''") + "'"
    return '"' + _CONTROL.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _NAMED:
        return _NAMED[char]
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}"


def quotes_of(token: str) -> Quotes:
    """The quotes that *token* stands in."""
    return Quotes(token[0]) if token[:1] in ("'", '"') else Quotes.NONE
