"""Lines over two logarithmic axes as an SVG: readable on light and dark pages, with each line named at its end."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 860
LEFT, RIGHT, TOP, BOTTOM = 96, 250, 64, 40
PANEL_HEIGHTS: Final = (360, 180)
GAP: Final = 50
LABEL_HEIGHT: Final = 17
COLOURS: Final = ("#0b7285", "#c92a2a", "#5f3dc4", "#2b8a3e", "#d9480f", "#a61e4d", "#364fc7", "#5c940d")
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#1f2933}.title{font-size:17px;font-weight:600}"
    ".quiet{fill:#616e7c;font-size:12px}.grid{stroke:#d9e2ec;stroke-width:1}"
    "@media(prefers-color-scheme:dark){.page{fill:#16191d}text{fill:#e4e7eb}.quiet{fill:#9aa5b1}.grid{stroke:#323f4b}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Points of (x, y), both above zero."""

    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Lines in one unit, which is its `title`."""

    title: str
    lines: tuple[Line, ...]


def drawn(title: str, panels: Sequence[Panel]) -> str:
    """The picture, one panel below the other over the same x."""
    heights = PANEL_HEIGHTS[: len(panels)]
    height = TOP + sum(heights) + GAP * (len(panels) - 1) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text class="title" x="{LEFT}" y="26">{escape(title)}</text>',
    ]
    top = TOP
    sizes = sorted({x for panel in panels for line in panel.lines for x, _ in line.points})
    for panel, tall in zip(panels, heights, strict=True):
        parts += _panel(panel, sizes, top, tall)
        top += tall + GAP
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / ((self.high - self.low) or 1.0)
        return round(self.start + share * (self.end - self.start), 1)


def _panel(panel: Panel, sizes: Sequence[float], top: float, tall: float) -> Iterator[str]:
    values = [y for line in panel.lines for _, y in line.points if y > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    across = _Scale(math.log10(sizes[0]), math.log10(sizes[-1]), LEFT, WIDTH - RIGHT)
    up = _Scale(low, max(high, low + 1), top + tall, top)
    yield f'<text class="quiet" x="{LEFT}" y="{top - 10}">{escape(panel.title)}</text>'
    for power in range(low, max(high, low + 1) + 1):
        y = up.at(10.0**power)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text class="quiet" text-anchor="end" x="{LEFT - 8}" y="{y + 4}">{_number(10.0**power)}</text>'
    for size in sizes:
        x = across.at(size)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{top + tall}"/>'
        yield f'<text class="quiet" text-anchor="middle" x="{x}" y="{top + tall + 18}">{size:,.0f} files</text>'
    yield from _lines(panel, across, up, top, tall)


def _lines(panel: Panel, across: _Scale, up: _Scale, top: float, tall: float) -> Iterator[str]:
    ends = sorted(
        (up.at(line.points[-1][1]), number) for number, line in enumerate(panel.lines) if line.points
    )
    places = _apart([end for end, _ in ends], top + 4, top + tall)
    for place, (end, number) in zip(places, ends, strict=True):
        line, colour = panel.lines[number], COLOURS[number % len(COLOURS)]
        points = " ".join(f"{across.at(x)},{up.at(y)}" for x, y in line.points)
        yield f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>'
        for x, y in line.points:
            yield f'<circle cx="{across.at(x)}" cy="{up.at(y)}" r="3.5" fill="{colour}"/>'
        edge = WIDTH - RIGHT
        yield (
            f'<polyline fill="none" stroke="{colour}" stroke-width="1" opacity="0.5" '
            f'points="{edge + 5},{end} {edge + 14},{place}"/>'
        )
        told = f"{line.label}: {_number(line.points[-1][1])}"
        yield f'<text x="{edge + 18}" y="{place + 4}" style="fill:{colour}">{escape(told)}</text>'


def _apart(places: Sequence[float], top: float, bottom: float) -> list[float]:
    """*places*, which are in order, moved as little as keeps their words from overlapping."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + LABEL_HEIGHT) if moved else max(place, top))
    over = moved[-1] - bottom if moved else 0.0
    for index in range(len(moved) - 1, -1, -1):
        most = bottom if index == len(moved) - 1 else moved[index + 1] - LABEL_HEIGHT
        moved[index] = min(moved[index], most) if over > 0 else moved[index]
    return moved


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
