"""How a report of the doctor is laid out: the rooms in a column, then what is wrong, gravest first, each with its mend."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from dispatchd.cli.terminal import Screen, Style, clipped, display_width, visible, wrapped

if TYPE_CHECKING:
    from dispatchd.composition.doctoring.finding import Done, Finding, Report, Room

_SIGNS: Final[Mapping[str, str]] = {"well": "✓", "broken": "✗", "risk": "!", "note": "·"}
_LABEL: Final = 6
_WIDEST: Final = 100


def page_of(screen: Screen, report: "Report", done: "Sequence[Done]", *, fixing: bool) -> list[str]:
    """The whole page."""
    lines = [screen.heading(visible(str(report.place))), ""]
    lines += [_room_line(screen, room, max(len(each.name) for each in report.rooms)) for room in report.rooms]
    if done:
        lines += ["", screen.heading("Done"), *_done_lines(screen, done)]
    for _, finding in report.findings:
        lines += ["", *_finding_lines(screen, finding, fixing=fixing)]
    return [*lines, "", _verdict(report, done, fixing=fixing)]


def question(screen: Screen, finding: "Finding") -> list[str]:
    """What is told before a person is asked."""
    return [*_finding_lines(screen, finding, fixing=False)]


def report_json(report: "Report", done: "Sequence[Done]") -> Mapping[str, Any]:
    """The same for programs."""
    return {
        "workspace": str(report.place),
        "rooms": [{"name": each.name, "state": each.state, "fact": each.fact} for each in report.rooms],
        "items": [
            {
                "code": each.code,
                "room": room.name,
                "gravity": each.gravity.value,
                "what": each.what,
                "why": each.why,
                "next_step": each.next_step,
                "details": list(each.details),
                "fix": each.mend.will if each.mend else None,
                "asks": bool(each.mend and each.mend.asks),
            }
            for room, each in report.findings
        ],
        "done": [
            {"code": each.code, "what": each.what, "said": each.said, "mended": each.is_mended}
            for each in done
        ],
    }


def _room_line(screen: Screen, room: "Room", width: int) -> str:
    sign = _SIGNS[room.state]
    name = f"{room.name:<{width}}"
    fact = visible(room.fact)
    if screen.width is not None:
        fact = clipped(fact, screen.width - width - 6)
    if room.state in {"well", "note"}:
        return f"  {screen.quiet(sign)} {name}  {screen.quiet(fact)}"
    return f"  {screen.accent(sign)} {screen.heading(name)}  {fact}"


def _done_lines(screen: Screen, done: "Sequence[Done]") -> Iterator[str]:
    for each in done:
        yield f"  {_SIGNS['well' if each.is_mended else 'note']} {visible(each.what)}"
        yield from (f"    {line}" for line in wrapped(visible(each.said), _room_for(screen) - 4))


def _finding_lines(screen: Screen, finding: "Finding", *, fixing: bool) -> Iterator[str]:
    sign = _SIGNS[finding.gravity.value]
    first, *rest = wrapped(visible(finding.what), _room_for(screen) - 2)
    style = Style.PLAIN if finding.gravity.value == "note" else Style.STRONG
    yield (
        f"{sign} {screen.styled(first, style)}  {screen.quiet(finding.code)}"
        if not rest
        else (f"{sign} {screen.styled(first, style)}")
    )
    yield from (f"  {screen.styled(line, style)}" for line in rest)
    yield from (f"    {screen.quiet(visible(each))}" for each in finding.details)
    yield from _paragraph(screen, "why", visible(finding.why))
    yield from _paragraph(screen, "do", visible(finding.next_step))
    if finding.mend is not None and not fixing:
        asked = " Asks first." if finding.mend.asks else ""
        yield from _paragraph(screen, "--fix", visible(f"{finding.mend.will}{asked}"))


def _paragraph(screen: Screen, label: str, text: str) -> Iterator[str]:
    """A paragraph behind its label; a command in it is never broken."""
    for number, line in enumerate(wrapped(text, _room_for(screen) - _LABEL - 4)):
        shown = label if number == 0 else ""
        yield f"    {screen.quiet(shown)}{' ' * (_LABEL - display_width(shown))}{line}"


def _room_for(screen: Screen) -> int:
    return min(screen.width or _WIDEST, _WIDEST)


def _verdict(report: "Report", done: "Sequence[Done]", *, fixing: bool) -> str:
    wrong = [each for _, each in report.findings if each.gravity.value != "note"]
    mended = sum(1 for each in done if each.is_mended)
    before = f"{mended} mended. " if fixing and done else ""
    if not wrong:
        return f"{before}Nothing is wrong with this installation."
    still = " still" if before else ""
    things = f"1 thing is{still} wrong" if len(wrong) == 1 else f"{len(wrong)} things are{still} wrong"
    can = sum(1 for each in wrong if each.mend)
    if not can:
        return f"{before}{things}, and needs you." if len(wrong) == 1 else f"{before}{things}, and need you."
    command = "dispatchd doctor --fix --yes" if fixing else "dispatchd doctor --fix"
    which = "it" if len(wrong) == 1 else "them" if can == len(wrong) else f"{can} of them"
    return f"{before}{things}; {command} mends {which}."
