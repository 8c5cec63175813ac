"""How text reaches a person's eyes: what a terminal may be sent, how wide it is, and whether it is coloured.

Text from files is data: control characters are made visible instead of being sent. What is printed, and where it
stands in a line, is left to the commands and to `tables`.
"""

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, TextIO

ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_EMOJI_PRESENTATION: Final = "\ufe0f"
_HARMLESS_FORMATS: Final = frozenset("\u00ad\u200c\u200d")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Style(StrEnum):
    """The few ways in which a piece of text may stand out; the values are the terminal's own codes."""

    PLAIN = ""
    STRONG = "1"
    QUIET = "2"
    ACCENT = "36"


def visible(text: str) -> str:
    """*text* on one line, with everything shown that a terminal would obey or hide."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def visible_lines(text: str) -> str:
    """*text* like `visible`, its lines and tabs kept."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN or character in _HARMLESS_FORMATS:
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\u{code:04x}"


def display_width(text: str) -> int:
    """How many columns *text* takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_widths(text))


def _widths(text: str) -> list[int]:
    """The columns each character adds: none for what combines with the one before, two for wide ones."""
    widths: list[int] = []
    joined = False
    for character in text:
        if character == _EMOJI_PRESENTATION and widths and widths[-1] == 1:
            widths.append(1)
        elif joined or _combines(character):
            widths.append(0)
        else:
            widths.append(2 if unicodedata.east_asian_width(character) in "WF" else 1)
        joined = character == _JOINER
    return widths


def _combines(character: str) -> bool:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return True
    # Hangul vowels and finals are drawn inside the syllable that the consonant before them began.
    return 0x1160 <= ord(character) <= 0x11FF


def clipped(text: str, width: int) -> str:
    """*text*, or its beginning and an ellipsis, in at most *width* columns."""
    if display_width(text) <= width:
        return text
    kept, used = [], 0
    for character, columns in zip(text, _widths(text), strict=True):
        if used + columns > width - 1:
            break
        kept.append(character)
        used += columns
    return "".join(kept).rstrip() + ELLIPSIS if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """*text* in lines of at most *width* columns, broken between words; a longer word stands alone, uncut."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and display_width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


class Screen(NamedTuple):
    """Where results go. `width` None means that nobody's terminal is at the other end: nothing is cut or coloured."""

    width: int | None = None
    colour: bool = False

    def styled(self, text: str, style: Style) -> str:
        """*text* as *style* wants it, where colours are shown at all."""
        if not self.colour or style is Style.PLAIN or not text:
            return text
        return f"\x1b[{style.value}m{text}\x1b[0m"

    def heading(self, text: str) -> str:
        """A section's heading."""
        return self.styled(text, Style.STRONG)

    def quiet(self, text: str) -> str:
        """What may be overlooked."""
        return self.styled(text, Style.QUIET)

    def accent(self, text: str) -> str:
        """What the eye is to find first."""
        return self.styled(text, Style.ACCENT)

    def show(self, *lines: str) -> None:
        """Print results."""
        sys.stdout.write("".join(f"{line}\n" for line in lines))

    def show_now(self, *lines: str) -> None:
        """Print what others are to read while the command goes on: a pipe or a file is given nothing before a flush."""
        self.show(*lines)
        sys.stdout.flush()

    def show_json(self, value: Mapping[str, Any] | Sequence[Any]) -> None:
        """Print *value* as JSON; what a terminal would obey is escaped, which leaves the value the same."""
        import json

        text = json.dumps(value, ensure_ascii=False, indent=2)
        self.show(json_safe(text))


def json_safe(text: str) -> str:
    """JSON with what a terminal would obey escaped, which leaves its value the same."""
    return "".join(map(_json_safe, text)) if not text.isascii() else text.replace("\x7f", "\\u007f")


def _json_safe(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def aside(*lines: str) -> None:
    """Say something that is not a result: it goes to the error stream, so that pipes stay clean."""
    sys.stdout.flush()
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def screen_for(stream: TextIO, *, no_color: str | None, term: str | None) -> Screen:
    """The screen behind *stream*: colours only on a terminal that can, unless its owner said no."""
    if not stream.isatty():
        return Screen()
    import shutil

    return Screen(
        width=shutil.get_terminal_size().columns, colour=not no_color and term not in {None, "", "dumb"}
    )
