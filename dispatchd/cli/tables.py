"""Rows in columns: aligned by what the eye sees, cut only where a terminal ends.

It decides widths and nothing else; which rows there are, and in which order, is the commands' business.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dispatchd.cli.terminal import Screen, Style, clipped, display_width, visible, wrapped

GAP: Final = 2
_NARROWEST: Final = 16
"""A column that gives way still shows a few words."""
_READABLE: Final = 32
"""A column that gives way is left this much, as long as there are optional ones to do without."""


class Column(NamedTuple):
    """One column. Where the terminal is too narrow, an `optional` one is left out, then one that `gives_way` is cut.

    On a terminal it is never wider than `most`.
    """

    title: str = ""
    style: Style = Style.PLAIN
    right: bool = False
    gives_way: bool = False
    optional: bool = False
    most: int | None = None


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    screen: Screen,
    indent: int = 0,
    *,
    headed: bool = False,
) -> list[str]:
    """The lines of a table; a column that is empty in every row is left out.

    Columns are named on a terminal, and with *headed* anywhere: where the cells alone say nothing.
    """
    is_named = headed or screen.width is not None
    cells = [[visible(cell) for cell in row] for row in rows]
    shown = [place for place in range(len(columns)) if any(row[place] for row in cells)]
    while True:
        kept = [columns[place] for place in shown]
        content = [[row[place] for place in shown] for row in cells]
        natural = _natural(kept, content, screen, is_named=is_named)
        widths = _fitted(kept, natural, screen, indent)
        dispensable = [place for place in shown if columns[place].optional]
        if not dispensable or not _is_cramped(kept, natural, widths, screen, indent):
            break
        shown.remove(dispensable[-1])
    line = _line if screen != Screen() else _plain_line
    lines = [line(kept, widths, row, screen, indent) for row in content]
    if is_named and any(column.title for column in kept) and content:
        lines.insert(0, screen.quiet(_header(kept, widths, indent)))
    return lines


def table_told_whole(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    whole: Sequence[bool],
    screen: Screen,
    indent: int = 0,
    *,
    headed: bool = False,
) -> list[str]:
    """A table in whose *whole* rows the last cell tells somebody what to do: it is never cut.

    Where the terminal is too narrow for it, it stands below its row, wrapped.
    """
    told = [visible(row[-1]) if is_whole else "" for row, is_whole in zip(rows, whole, strict=True)]
    if screen.width is None or not any(told) or _fits(columns, rows, screen, indent):
        return table(columns, rows, screen, indent, headed=headed)
    upper = [(*row[:-1], "" if words else row[-1]) for row, words in zip(rows, told, strict=True)]
    lines = table(columns, upper, screen, indent, headed=headed)
    above, lines = lines[: len(lines) - len(rows)], lines[len(lines) - len(rows) :]
    below = indent + GAP
    return above + [
        "\n".join((line, *(" " * below + screen.styled(each, columns[-1].style) for each in parts)))
        for line, words in zip(lines, told, strict=True)
        for parts in (wrapped(words, screen.width - below) if words else (),)
    ]


def wrapped_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], screen: Screen) -> list[str]:
    """A table whose last column is told whole: on a terminal it goes on below itself, broken between words."""
    told = [visible(row[-1]) for row in rows]
    widths = _natural(columns, [[visible(cell) for cell in row] for row in rows], screen, is_named=True)
    before = sum(width + GAP for width in widths[:-1] if width)
    if screen.width is None or screen.width - before < _READABLE:
        return table(columns, rows, screen)
    parts = [wrapped(words, screen.width - before) or [""] for words in told]
    lines = table(columns, [(*row[:-1], first) for row, (first, *_) in zip(rows, parts, strict=True)], screen)
    above, lines = lines[: len(lines) - len(rows)], lines[len(lines) - len(rows) :]
    return above + [
        "\n".join((line, *(" " * before + screen.styled(each, columns[-1].style) for each in rest)))
        for line, (_, *rest) in zip(lines, parts, strict=True)
    ]


def _fits(columns: Sequence[Column], rows: Sequence[Sequence[str]], screen: Screen, indent: int) -> bool:
    """Whether every column can be as wide as its widest cell."""
    cells = [[visible(cell) for cell in row] for row in rows]
    shown = [width for width in _natural(columns, cells, screen, is_named=True) if width]
    return screen.width is None or sum(shown) + GAP * (len(shown) - 1) + indent <= screen.width


def _is_cramped(
    columns: Sequence[Column], natural: Sequence[int], widths: Sequence[int], screen: Screen, indent: int
) -> bool:
    """Whether a column was cut below what can be read, or the line is still too long."""
    if screen.width is None:
        return False
    if sum(widths) + GAP * (len(widths) - 1) + indent > screen.width:
        return True
    return any(
        column.gives_way and not column.optional and width < min(wanted, _READABLE)
        for column, wanted, width in zip(columns, natural, widths, strict=True)
    )


def _natural(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], screen: Screen, *, is_named: bool
) -> list[int]:
    widths = []
    for place, column in enumerate(columns):
        wanted = max((display_width(row[place]) for row in rows), default=0)
        if is_named:
            wanted = max(wanted, len(column.title))
        if screen.width is not None and column.most:
            wanted = min(wanted, column.most)
        widths.append(wanted)
    return widths


def _fitted(columns: Sequence[Column], widths: list[int], screen: Screen, indent: int) -> list[int]:
    """*widths* made to fit: those that give way share the loss, the widest first."""
    if screen.width is None:
        return widths
    room = screen.width - indent - GAP * (len(widths) - 1)
    while (excess := sum(widths) - room) > 0:
        giving = [
            place for place, column in enumerate(columns) if column.gives_way and widths[place] > _NARROWEST
        ]
        if not giving:
            break
        widest = max(giving, key=lambda place: widths[place])
        next_widest = max(
            (widths[place] for place in giving if widths[place] < widths[widest]), default=_NARROWEST
        )
        widths[widest] -= max(1, min(excess, widths[widest] - max(next_widest, _NARROWEST)))
    return widths


def _line(
    columns: Sequence[Column], widths: Sequence[int], row: Sequence[str], screen: Screen, indent: int
) -> str:
    parts = []
    for place, (column, width, cell) in enumerate(zip(columns, widths, row, strict=True)):
        text = cell if screen.width is None else clipped(cell, width)
        padding = " " * (width - display_width(text))
        styled = screen.styled(text, column.style)
        is_last = place == len(columns) - 1
        parts.append(f"{padding}{styled}" if column.right else styled if is_last else f"{styled}{padding}")
    return (" " * indent + (" " * GAP).join(parts)).rstrip()


def _plain_line(
    columns: Sequence[Column], widths: Sequence[int], row: Sequence[str], screen: Screen, indent: int
) -> str:
    """The same where nobody's terminal is: nothing is cut or coloured, and what is plain needs no measuring."""
    if not all(map(str.isascii, row)) or any(column.right for column in columns):
        return _line(columns, widths, row, screen, indent)
    return (" " * indent + (" " * GAP).join(map(str.ljust, row, widths))).rstrip()


def _header(columns: Sequence[Column], widths: Sequence[int], indent: int) -> str:
    titles = (
        column.title.rjust(width) if column.right else column.title.ljust(width)
        for column, width in zip(columns, widths, strict=True)
    )
    return (" " * indent + (" " * GAP).join(titles)).rstrip()
