"""Other people's words on a screen or in Markdown of ours: shown as they are, obeyed by nothing.

Control characters get a picture, invisible and direction-changing ones their code; in Markdown, what would be a
mark is escaped just as a formatter would leave it.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from dispatchd.domain.identifiers import DocumentPath

_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_OBEYED: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_MARKS: Final = re.compile(r"[\\`*\[\]<]|&(?=#?\w+;)|(?<![\w_])_+|_+(?![\w_])|~(?=~)|(?<=~)~")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINE_START: Final = re.compile(r"^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|(?:=+|-+)$|~~~)|^(\d{1,9})([.)])(?=\s|$)")


def visible(text: str) -> str:
    """*text* on one line with every character that a terminal would obey or hide made visible."""
    return _CONTROL.sub(_picture, " ".join(re.split(r"[\r\n\t]+", text))).strip()


def legible(text: str) -> str:
    """*text* in its lines, with tabs, and with every character made visible that a terminal would obey."""
    return _OBEYED.sub(_picture, text.replace("\r\n", "\n"))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def escaped(text: str) -> str:
    """*text* as Markdown that shows it, on one line, in the middle of which it may stand."""
    shown = " ".join(visible(text).split())
    return _MARKS.sub(lambda found: "".join(f"\\{mark}" for mark in found[0]), shown)


def unescaped(text: str) -> str:
    """What Markdown shows for *text*, as far as backslashes go."""
    return _ESCAPED.sub(r"\1", text)


def escaped_line(text: str) -> str:
    """As `escaped`, where *text* begins a line or a list's item."""
    return _LINE_START.sub(_kept_text, escaped(text))


def _kept_text(found: re.Match[str]) -> str:
    return f"{found[2]}\\{found[3]}" if found[2] else f"\\{found[1]}"


def link(title: str, path: DocumentPath) -> str:
    """A link to the document at *path*, relative to the tree's root."""
    return f"[{escaped(title) or escaped(path)}]({quote(path)})"


def joined(words: Iterable[str]) -> str:
    """`one, two and three`."""
    *most, last = tuple(words) or ("",)
    return f"{', '.join(most)} and {last}" if most else last
