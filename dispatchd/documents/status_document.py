"""STATUS.md: what waits for you, what runs, what is next, what waits on what, and what cannot be read.

One screen of Markdown that changes only when the workspace does: moments are written, never how long ago they were.
A workspace that is empty and new is taught. What belongs on the screen, and in which order, the caller has decided.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.shown_text import escaped, escaped_line, joined, link
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.tree_paths import PAUSE
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.wording import ALL_QUIET

LINES_EACH: Final = 8
"""How many lines a section has before it says only that there are more."""
OTHERS_EACH: Final = 3
"""How many of those that an issue waits for are named on its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """A document by its title and its place in the tree."""

    title: str
    path: DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingItem:
    """Something that waits for a person. `what` says for what, as in `gate: Is the flow right?`."""

    document: DocumentLink
    what: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningItem:
    """An issue that somebody works on. `doing` is what happens now; `uncontained`: in no cell."""

    document: DocumentLink
    who: str
    since: datetime | None = None
    doing: str = ""
    uncontained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextItem:
    """An issue that may start. `remark` says when, or what it lacks."""

    document: DocumentLink
    priority: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """An issue that waits on others, or on what `why` says."""

    document: DocumentLink
    waits_on: tuple[DocumentLink, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrakeItem:
    """That nothing starts: who wanted it, since when, and why."""

    who: str
    since: datetime
    reason: str = ""
    file: DocumentPath = PAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """Everything on the screen. `daemon` is a sentence about the daemon; `counts` are words like `3 done`."""

    daemon: str
    waiting: tuple[WaitingItem, ...] = ()
    running: tuple[RunningItem, ...] = ()
    next: tuple[NextItem, ...] = ()
    held: tuple[HeldItem, ...] = ()
    problems: tuple[DocumentProblem, ...] = ()
    counts: tuple[str, ...] = ()
    brake: BrakeItem | None = None
    idle: str = ""
    """Where nothing is next: what could be."""
    is_new: bool = True
    """Whether who has nothing to look at is taught."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.waiting or self.running or self.next or self.held or self.problems or self.idle)


def render_status(view: StatusView) -> str:
    """The whole text of STATUS.md."""
    blocks = ["# Status", _headline(view), _brake(view.brake)]
    if view.is_empty:
        blocks.extend(_LESSON if view.is_new else (ALL_QUIET,))
    else:
        blocks.extend(_sections(view))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _headline(view: StatusView) -> str:
    sentence = escaped_line(view.daemon)
    counted = f"{joined(escaped(count) for count in view.counts)}." if view.counts else ""
    return " ".join(part for part in (sentence, counted) if part)


def _brake(brake: BrakeItem | None) -> str:
    if brake is None:
        return ""
    why = f": {escaped(brake.reason)}" if brake.reason else ""
    said = f"{format_moment(brake.since)} by {escaped(brake.who)}{why}"
    return f"**Paused** since {said}\n\nNothing starts. To go on, delete {link(brake.file, brake.file)}."


def _sections(view: StatusView) -> Iterator[str]:
    waiting = [_waiting(item) for item in view.waiting]
    yield from _section("Waits for you", waiting, "dispatchd waiting", counted=True)
    if view.waiting:
        yield "Answer in [WAITING.md](WAITING.md), or with `dispatchd waiting --next`."
    running = [_running(item) for item in view.running]
    yield from _section("Running", running, "dispatchd issue list --status in_progress")
    following = "Next, when work goes on" if view.brake else "Next"
    upcoming = [_next(item) for item in view.next] or [escaped(view.idle)] * bool(view.idle)
    yield from _section(following, upcoming, "dispatchd issue list --ready")
    held = [_held(item) for item in view.held]
    yield from _section("Waits on something", held, "dispatchd issue list --waiting")
    problems = [_problem(item) for item in view.problems]
    yield from _section("Problems", problems, "dispatchd check", counted=True)


def _section(title: str, lines: Sequence[str], command: str, *, counted: bool = False) -> Iterator[str]:
    """What is *counted* is here whole; of the rest the caller has taken no more than a screen needs."""
    if not lines:
        return
    yield f"## {title}"
    shown = lines if len(lines) <= LINES_EACH else lines[: LINES_EACH - 1]
    more = len(lines) - len(shown)
    items = [f"- {line}" for line in shown]
    if more:
        items.append(f"- and {more} more: `{command}`" if counted else f"- and more: `{command}`")
    yield "\n".join(items)


def _linked(document: DocumentLink) -> str:
    return link(document.title, document.path)


def _since(at: datetime | None) -> str:
    return f"since {format_moment(at)}" if at else ""


def _line(document: DocumentLink, remarks: Iterable[str]) -> str:
    said = ", ".join(remark for remark in remarks if remark)
    return f"{_linked(document)} · {said}" if said else _linked(document)


def _waiting(item: WaitingItem) -> str:
    return _line(item.document, (escaped(item.what), _since(item.since)))


def _running(item: RunningItem) -> str:
    where = "**uncontained**" if item.uncontained else ""
    return _line(item.document, (escaped(item.who), _since(item.since), where, escaped(item.doing)))


def _next(item: NextItem) -> str:
    return _line(item.document, (escaped(item.priority), escaped(item.remark)))


def _held(item: HeldItem) -> str:
    named = [_linked(each) for each in item.waits_on[:OTHERS_EACH]]
    if more := len(item.waits_on) - len(named):
        named.append(f"{more} more")
    others = f"after {joined(named)}" if named else ""
    return _line(item.document, (others, escaped(item.why)))


def _problem(problem: DocumentProblem) -> str:
    sentence = f"{problem.what}. {problem.hint}" if problem.hint else problem.what
    if not problem.path:
        return escaped_line(sentence)
    place = ":".join(str(part) for part in (problem.path, problem.line, problem.column) if part)
    return f"{link(place, problem.path)} {escaped(sentence)}"


_LESSON: Final = (
    "Nothing waits for you. There are four things to do in this folder; each is an edit you save:",
    "## Drop a file",
    "Any text in `issues/` becomes an issue; in `epics/`, an epic; in `proposals/`, a proposal.",
    '```sh\necho "Login times out on slow networks" > "issues/login timeout.md"\n```',
    "## Change a line",
    "Facts stand at the top of a file. `status: queued` lets an agent begin.",
    '```sh\nsed -i "s/^status: .*/status: queued/" issues/login*.md\n```',
    "## Tick a box",
    "Below a gate or in your section of a proposal, turn `- [ ] Approve` into `- [x] Approve`.",
    "What follows a colon is your reason: `- [x] Reject: the link dies too early`.",
    "## Answer a question",
    "Questions come to `inbox/`. Tick an option, or write your answer below them and tick `- [ ] Send`.",
)
