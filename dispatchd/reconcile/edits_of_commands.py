"""The edit that says what a command says: a value on its line, a box ticked with its reason, words below a heading.

Where another clone decides, a command is carried out as its person would with an editor. Boxes are tried, and the one
is taken whose tick means just this command; so nothing is written that would be understood otherwise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from dispatchd.documents.activity import HEADING, find_activity
from dispatchd.documents.boxes import TaskItem, set_box, set_mark, task_items
from dispatchd.documents.front_matter_edit import REMOVED, Removed, edit_front_matter
from dispatchd.documents.key_schema import Value
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.offered import SEND
from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.command import AnswerThread, ChangeSet, Command, MoveIssue, SetFact
from dispatchd.domain.list_command import MakeIssues

Means = Callable[[str, str], Sequence[Command]]
"""The commands that a save of the second text means where the first one stood; none where some of it is refused."""
OUR_OWN = ("created", "rev")
"""Keys that nobody writes into a new file by hand."""


def with_facts(
    text: str,
    commands: Sequence[Command],
    members: Callable[[str], tuple[str, ...]],
    order: Sequence[str],
) -> str:
    """*text* with the values that *commands* set on their lines; *members* gives those of a set as it stands."""
    changes: dict[str, Value | Removed] = {}
    for command in commands:
        match command:
            case MoveIssue(to=status, forced=forced):
                changes["status"] = f"{status}!" if forced else str(status)
            case SetFact(key=key, value=value):
                changes[key] = REMOVED if value is None else value
            case ChangeSet(key=key, add=add, remove=remove):
                left = tuple(each for each in members(key) if each not in remove)
                changes[key] = (*left, *add) or REMOVED
            case _:
                raise AssertionError(f"{command} sets no fact")
    return edit_front_matter(text, changes, order=order, rev=False)


def as_by_hand(text: str, order: Sequence[str], changes: Mapping[str, Value]) -> str:
    """The text of a new file without what a daemon adds, and with *changes*."""
    return edit_front_matter(text, {**dict.fromkeys(OUR_OWN, REMOVED), **changes}, order=order, rev=False)


def with_comment(text: str, body_at: int, words: str) -> str:
    """*text* with *words* at the end of its activity, which is made where there is none."""
    newline = "\r\n" if "\r\n" in text else "\n"
    has_section = find_activity(outline(text, body_at)) is not None
    parts = [text.rstrip()] if has_section else [text.rstrip(), f"## {HEADING}"]
    return f"{newline * 2}".join([*parts, newline.join(words.strip("\n").split("\n"))]) + newline


def ticked(text: str, body_at: int, wanted: Command, means: Means) -> str | None:
    """*text* with the box ticked that asks for *wanted*; None where none of its boxes does."""
    items = task_items(outline(text, body_at).blocks)
    for item in (each for each in items if not each.ticked):
        for tried in _ways(text, item, items, wanted):
            if any(says_the_same(each, wanted) for each in means(text, tried)):
                return tried
    return None


def is_ticked(text: str, body_at: int, wanted: Command, means: Means) -> bool:
    """Whether a box in *text* asks for *wanted* already."""
    ticks = (item for item in task_items(outline(text, body_at).blocks) if item.ticked)
    before = (set_box(text, item.line, ticked=False) for item in ticks)
    return any(says_the_same(each, wanted) for base in before for each in means(base, text))


def says_the_same(one: Command, other: Command) -> bool:
    """Whether both ask for the same, white space left out of account."""
    match one, other:
        case MakeIssues(), MakeIssues():
            return (one.epic, one.stage) == (other.epic, other.stage)
        case AnswerThread(), AnswerThread():
            same = (one.thread, one.option) == (other.thread, other.option)
            return same and one.text.split() == other.text.split()
        case _:
            return one == other


def _ways(text: str, item: TaskItem, items: Sequence[TaskItem], wanted: Command) -> Iterator[str]:
    """How the tick may be made: with the reason, beside the other boxes, instead of one that is ticked, or sent."""
    words = getattr(wanted, "text", "") or getattr(wanted, "reason", "")
    lines = split_lines(text)
    if isinstance(wanted, AnswerThread) and words:
        boxes = [each for each in items if each.block.first >= _beginning(items, item)]
        sends = [each for each in boxes if each.text.casefold() == SEND.casefold()]
        for send in sends:
            told = list(lines)
            for each in {item.line, send.line} if wanted.option is not None else {send.line}:
                told[each - 1] = set_mark(told[each - 1], ticked=True)
            told.insert(boxes[0].block.first, f"{words.strip()}\n\n")
            yield "".join(told)
        return
    line = set_mark(lines[item.line - 1], ticked=True)
    bare = line.rstrip("\r\n")
    end = line[len(bare) :]
    said = bare.rstrip()
    if words:
        said = f"{said} {words}" if said.endswith((":", "：")) else f"{said}: {words}"
    lines[item.line - 1] = said + end
    beside = (each for each in items if each.ticked and _beginning(items, each) == _beginning(items, item))
    for other in beside:  # a tick that is moved, not a second one
        moved = list(lines)
        moved[other.line - 1] = set_mark(moved[other.line - 1], ticked=False)
        yield "".join(moved)
    yield "".join(lines)


def _beginning(items: Sequence[TaskItem], item: TaskItem) -> int:
    """The first line of the list that *item* stands in."""
    first = item.block.first
    for each in reversed([other for other in items if other.block.first < first]):
        if each.block.end < first:
            break
        first = each.block.first
    return first
