"""The session as a picture: `make recording` plays it and writes docs/session.svg.

What was shown stands in the picture as it was; nothing is typed over. Which lines are in a picture is read back from
it, so that a test can tell whether the commands still print them.
"""

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.demo.session import COLUMNS, Exchange, play
from tests.demo.stage import CHECKOUT

PICTURE: Final = CHECKOUT / "docs" / "session.svg"
_COLUMN: Final = 12.2
"""How wide a character is drawn."""
_PROMPT: Final = "$ "
_PAPER: Final = TerminalTheme(
    (22, 27, 34),
    (220, 227, 236),
    [
        (72, 79, 88),
        (255, 123, 114),
        (126, 231, 135),
        (227, 179, 65),
        (121, 192, 255),
        (210, 168, 255),
        (118, 227, 234),
        (220, 227, 236),
    ],
)
_FORM: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>A session at a terminal</title>
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{ font-family: system-ui, sans-serif; font-size: 17px; opacity: 0.7; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""
_WORDS: Final = re.compile(r'<text class="\w+-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')


def screen_of(exchanges: Iterable[Exchange]) -> tuple[Text, ...]:
    """The lines of the screen, cut where a terminal of this width goes on in the next one."""
    return tuple(
        part
        for line in _lines(exchanges)
        for part in (line.divide(range(COLUMNS, line.cell_len, COLUMNS)) if line.cell_len else (line,))
    )


def _lines(exchanges: Iterable[Exchange]) -> Iterator[Text]:
    has_shown = False
    for exchange in exchanges:
        if has_shown:
            yield Text("")
        has_shown = bool(exchange.shown)
        command, mark, remark = exchange.typed.partition("  #")
        yield Text.assemble((_PROMPT, "bold green"), (command, "bold"), (mark + remark, "dim"))
        if exchange.shown:
            yield from Text.from_ansi(exchange.shown).split("\n", allow_blank=True)


def draw(lines: Iterable[Text]) -> str:
    """The picture of a screen that shows *lines*."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    return console.export_svg(title="doorbell", theme=_PAPER, code_format=_FORM, unique_id="session")


def words_in(picture: str) -> list[str]:
    """The lines of the screen that have words, read back from a *picture* with everything in its column."""
    lines: dict[float, str] = {}
    for x, y, words in sorted(((float(x), float(y), words) for x, y, words in _WORDS.findall(picture))):
        shown = unescape(words).replace("\N{NO-BREAK SPACE}", " ")
        lines[y] = lines.get(y, "").ljust(round(x / _COLUMN)) + shown
    return [line for y in sorted(lines) if (line := lines[y].rstrip())]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        exchanges = play(Path(folder) / "doorbell")
    PICTURE.write_text(draw(screen_of(exchanges)), encoding="utf-8")
    print(f"{PICTURE.relative_to(CHECKOUT)} shows {len(screen_of(exchanges))} lines.")


if __name__ == "__main__":
    main()
