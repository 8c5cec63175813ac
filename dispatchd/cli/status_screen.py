"""The status screen: quiet, aligned, one screenful; the file to open stands with what waits for somebody."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from dispatchd.cli.tables import GAP, Column, table, table_told_whole
from dispatchd.cli.terminal import Screen, Style, display_width, visible, wrapped
from dispatchd.cli.times import clock
from dispatchd.domain.wording import ALL_QUIET

if TYPE_CHECKING:
    from dispatchd.application.held import Held
    from dispatchd.application.ports.read_rows import BrakeRow
    from dispatchd.application.workspace_status import Running, Status
    from dispatchd.cli.invocation import Invocation

MOST: Final = 8
"""How many lines a section has before it only says that there are more."""
INDENT: Final = 2
_WAITING: Final = (
    Column(gives_way=True),
    Column(gives_way=True, style=Style.QUIET),
    Column(style=Style.ACCENT),
)
_RUNNING: Final = (
    Column(style=Style.ACCENT),
    Column(gives_way=True),
    Column(style=Style.QUIET),
    Column(gives_way=True, style=Style.QUIET),
)
_NEXT: Final = (Column(style=Style.ACCENT), Column(), Column(gives_way=True), Column(style=Style.QUIET))
_HELD: Final = (Column(style=Style.ACCENT), Column(gives_way=True), Column(style=Style.QUIET, gives_way=True))


def status_lines(invocation: "Invocation", status: "Status", daemon: Any) -> list[str]:
    """The lines of the whole screen."""
    screen = invocation.screen
    lines = [_headline(invocation, status, daemon)]
    if status.brake is not None:
        lines += _whole(screen, brake_line(status.brake))
    if status.is_empty:
        return [*lines, "", *(_lesson(invocation) if status.is_new else (ALL_QUIET,))]
    for title, rows, more in _sections(invocation, status):
        if rows:
            lines += ["", screen.heading(title), *rows[:MOST]]
            lines += [screen.quiet(f"{' ' * INDENT}and more: {more}")] * (len(rows) > MOST)
    return lines


def brake_line(brake: "BrakeRow") -> str:
    """That nothing starts, since when, who wanted it and why, and how to go on."""
    why = f": {visible(brake.reason)}" if brake.reason else ""
    return f"paused since {clock(brake.since)} by {visible(brake.name)}{why}; to go on: dispatchd resume"


def _headline(invocation: "Invocation", status: "Status", daemon: Any) -> str:
    """Whose workspace, whether anybody is at work in it, and how much there is."""
    screen = invocation.screen
    name = visible(invocation.workspace.root.name)
    runs = _runs(daemon)
    counts = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in status.counts)
    left = f"{name} · {runs}"
    if screen.width is not None and counts:
        room = screen.width - display_width(left) - GAP
        if display_width(counts) > room:
            below = (screen.quiet(line) for line in wrapped(counts, screen.width))
            return "\n".join((f"{screen.heading(name)}{screen.quiet(f' · {runs}')}", *below))
        counts = counts.rjust(room)
    styled = f"{screen.heading(name)}{screen.quiet(f' · {runs}')}"
    return f"{styled}{' ' * GAP}{screen.quiet(counts)}" if counts else styled


def _runs(daemon: Any) -> str:
    if daemon is None:
        return "no daemon runs: dispatchd up"
    if daemon.is_stopped:
        return f"its daemon is stopped by a signal: kill -CONT {daemon.pid}"
    return f"runs since {clock(daemon.since)}"


def _sections(invocation: "Invocation", status: "Status") -> Iterator[tuple[str, list[str], str]]:
    screen = invocation.screen
    yield "Waits for you", _waiting(invocation, status), "dispatchd waiting"
    running = [
        (each.id, each.title, _with_since(each.who, each.since), _doing(each)) for each in status.running
    ]
    rests = [each.since is None for each in status.running]
    runs = table_told_whole(_RUNNING, running, rests, screen, INDENT)
    yield "Runs", runs, "dispatchd issue list --status in_progress"
    following = [(each.id, each.priority, each.title, each.remark) for each in status.next]
    upcoming = table(_NEXT, following, screen, INDENT)
    if status.idle:
        upcoming = ["\n".join(_whole(screen, status.idle, INDENT))]
    yield ("Next, when work goes on" if status.brake else "Next"), upcoming, "dispatchd issue list --ready"
    held = [(each.id, each.title, _why(each)) for each in status.held]
    wants_somebody = [not each.waits_on for each in status.held]
    waits = table_told_whole(_HELD, held, wants_somebody, screen, INDENT)
    yield "Waits on something", waits, "dispatchd issue list --waiting"
    yield "Problems", list(_problems(invocation, status)), "dispatchd check"


def _whole(screen: Screen, told: str, indent: int = 0) -> list[str]:
    """A sentence of ours in as many lines as it takes; those after the first stand further in."""
    if screen.width is None:
        return [screen.quiet(" " * indent + told)]
    first, *rest = wrapped(told, screen.width - indent - GAP)
    return [screen.quiet(" " * indent + first), *(screen.quiet(" " * (indent + GAP) + each) for each in rest)]


def _with_since(who: str, since: Any) -> str:
    return f"{who}, since {clock(since)}" if since else who


def _doing(item: "Running") -> str:
    return ": ".join(filter(None, ("uncontained" if item.uncontained else "", visible(item.doing))))


def _why(item: "Held") -> str:
    after = ", ".join(f"{other.id} {other.title}" for other in item.waits_on)
    return "; ".join(filter(None, (item.why, f"after {after}" if after else "")))


def _waiting(invocation: "Invocation", status: "Status") -> list[str]:
    """One line each where the paths leave room for words, two where they do not: a path is never cut."""
    screen = invocation.screen
    rows = [
        (visible(each.title), visible(each.what), visible(invocation.place(each.path)) if each.path else "")
        for each in status.waiting[: MOST + 1]
    ]
    if _fits(rows, screen):
        return table(_WAITING, rows, screen, INDENT)
    upper = table(_WAITING[:2], [row[:2] for row in rows], screen, INDENT)
    lower = [" " * INDENT * 2 + screen.accent(row[2]) for row in rows]
    return [f"{one}\n{two}" if two.strip() else one for one, two in zip(upper, lower, strict=True)]


def _fits(rows: Sequence[tuple[str, str, str]], screen: Screen) -> bool:
    if screen.width is None:
        return True
    widest = (max((display_width(row[place]) for row in rows), default=0) for place in range(3))
    return sum(widest) + 2 * GAP + INDENT <= screen.width


def _problems(invocation: "Invocation", status: "Status") -> Iterator[str]:
    screen = invocation.screen
    for each in status.problems[: MOST + 1]:
        place = visible(invocation.place(each.path, each.line))
        sentence = visible(f"{each.what}. {each.hint}" if each.hint else each.what)
        room = None if screen.width is None else screen.width - INDENT - GAP - display_width(place)
        if room is None or display_width(sentence) <= room:
            yield f"{' ' * INDENT}{screen.accent(place)}{' ' * GAP}{sentence}"
        else:
            lines = wrapped(sentence, (screen.width or 0) - INDENT * 2)
            yield "\n".join(
                (f"{' ' * INDENT}{screen.accent(place)}", *(f"{' ' * INDENT * 2}{line}" for line in lines))
            )


def _lesson(invocation: "Invocation") -> list[str]:
    screen = invocation.screen
    tree = invocation.shown_folder(invocation.workspace.tree)
    acts = (
        ("Drop a file", f'echo "Login times out on slow networks" > "{tree}/issues/login timeout.md"'),
        ("Change a line", "status: queued  lets an agent begin"),
        ("Tick a box", "- [x] Approve   below a gate, or in your section of a proposal"),
        ("Answer", f"in {tree}/inbox/ tick an option, or write and tick Send"),
    )
    columns = (Column(style=Style.ACCENT), Column())
    return [
        f"Nothing waits for you. Four things to do in {tree}/, each an edit you save:",
        "",
        *table(columns, acts, Screen(colour=screen.colour), INDENT),
        "",
        screen.quiet(f"{tree}/README.md says more; every command explains itself with --help."),
    ]
