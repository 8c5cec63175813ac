"""The list under a stage: plain items are wanted issues, links are issues that there are.

Bullets count above the gate, numbered items below it too, where it offers no directions. Boxes, struck items and
items that begin with a link to somewhere else, or go on as a sentence behind one, are a person's text. Which issue a
link leads to, and which plain item is an issue already, is left to whoever knows the workspace.
"""

import re
from dataclasses import replace
from textwrap import dedent
from typing import Final

from dispatchd.documents.annotations import NOTE
from dispatchd.documents.boxes import TaskItem, task_item
from dispatchd.documents.list_marks import NO_MARKS, Marks, split_marks
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, Section
from dispatchd.documents.shown_text import escaped, unescaped
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityKind, kind_of, parse_id
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.wording import in_words

DELETED: Final = "deleted"
STATES: Final = (*(in_words(status) for status in IssueStatus), DELETED)
MAKE: Final = re.compile(r"Make (?:this|these)(?: \d+)? issues?", re.IGNORECASE)
_LEAD: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_LINK: Final = re.compile(
    r"(?P<open>(?:~~)?)\[(?P<text>(?:\\.|[^\]\\])*)\]\((?P<target><[^<>]*>|[^\s()<>]*)(?: \"[^\"]*\")?\)(?P<mid>(?:~~)?)"
    rf"(?P<state> · (?:{'|'.join(STATES)})\b)?(?P<close>(?:~~)?)"
    r"(?P<rest>(?(state)[^\r\n]*|(?:[ \t]*|[ \t]*[^\w\s@!#(\[*_`<~][^\r\n]*)))"
)
_STRUCK: Final = re.compile(r"~~.*~~", re.DOTALL)
_CODE: Final = re.compile(r"(`[^`\\\[\]<]+`)")
_ISSUE: Final = re.compile(r"\bi-[0-9a-hjkmnp-tv-z]{4,26}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkText:
    """An item's line as it is written, cut where the daemon may change it."""

    open: str = ""
    text: str = ""
    target: str = ""
    mid: str = ""
    state: str = ""
    close: str = ""
    rest: str = ""

    @property
    def is_struck(self) -> bool:
        """Whether all of the link is struck through."""
        return bool(self.open) and bool(self.mid or self.close or self.rest.rstrip().endswith("~~"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """A wanted issue, or a link to one that there is (`link`). `run` numbers the numbered lists of its stage."""

    block: Block
    lead: str
    title: str
    run: int | None = None
    link: LinkText | None = None
    marks: Marks = NO_MARKS
    body: str = ""

    @property
    def line(self) -> int:
        """Its line as people count."""
        return self.block.line

    @property
    def is_struck(self) -> bool:
        """Whether a person struck it."""
        return self.link is not None and self.link.is_struck

    @property
    def is_bare(self) -> bool:
        """Whether nothing of a person's stands on its line or under it."""
        rest = self.link.rest.strip() if self.link else "x"
        return not rest and not self.is_struck and self.block.end == self.block.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StageList:
    """The items under a stage, and the boxes that offer to make them."""

    items: tuple[ListItem, ...] = ()
    offers: tuple[TaskItem, ...] = ()

    @property
    def wanted(self) -> tuple[ListItem, ...]:
        """The plain items."""
        return tuple(item for item in self.items if item.link is None)

    @property
    def titles(self) -> tuple[str, ...]:
        """What the plain items want."""
        return tuple(item.title for item in self.wanted)


NO_LIST: Final = StageList()


def read_list(shape: Outline, section: Section, gate_line: int | None, *, is_decision: bool) -> StageList:
    """The list of a stage; *gate_line* is the first line of its gate, counted from zero."""
    items: list[ListItem] = []
    offers: list[TaskItem] = []
    numbering = _Numbering()
    for block in section.blocks:
        below = gate_line is not None and block.first > gate_line
        item = _item(shape, block) if block.kind is BlockKind.ITEM else None
        numbering.see(block, item)
        box = task_item(block) if block.kind is BlockKind.ITEM else None
        if box is not None and is_offer(box) and not (below and is_decision):
            offers.append(box)
        elif item is not None and (not below or (block.ordered and not is_decision)):
            items.append(numbering.placed(item))
    return StageList(items=tuple(items), offers=tuple(offers))


def is_offer(box: TaskItem) -> bool:
    """Whether *box* is the one that makes the issues."""
    return MAKE.fullmatch(box.text.strip(" :.*_")) is not None


def offer(number: int) -> str:
    """The words of the box."""
    return "Make this issue" if number == 1 else f"Make these {number} issues"


class _Numbering:
    """Which numbered list an item is of: one goes on below other text where its numbers go on."""

    def __init__(self) -> None:
        self.run = -1
        self.number = 0
        self.follows = False

    def see(self, block: Block, item: ListItem | None) -> None:
        if block.kind is not BlockKind.ITEM or not block.ordered or item is None:
            self.follows = self.follows and _is_note(block)
            return
        number = int(re.sub(r"\D", "", item.lead))
        if (not self.follows and number <= self.number) or self.run < 0:
            self.run += 1
        self.number, self.follows = number, True

    def placed(self, item: ListItem) -> ListItem:
        if not item.block.ordered:
            return item
        return replace(item, run=self.run)


def _is_note(block: Block) -> bool:
    return block.kind is BlockKind.QUOTE


def _item(shape: Outline, block: Block) -> ListItem | None:
    line = shape.lines[block.first].rstrip("\r\n")
    lead = _LEAD.match(line)
    words = line[lead.end() :] if lead else ""
    if lead is None or not words.strip() or task_item(block) is not None or _is_numbered_box(words):
        return None
    link = read_link(words)
    if link is not None:
        return ListItem(block=block, lead=lead[0], title=title_of(link.text), link=link)
    if _STRUCK.fullmatch(words.strip()) or words.lstrip("~*_ ").startswith(("[", "<http", "http")):
        return None
    title, marks = split_marks(words)
    return ListItem(block=block, lead=lead[0], title=title, marks=marks, body=_body(shape, block))


def _is_numbered_box(words: str) -> bool:
    return re.match(r"\[[ xX]?\](?:\s|$)", words) is not None


def read_link(words: str) -> LinkText | None:
    """The words of an item as a link to an issue, or as nothing but an id."""
    found = _LINK.fullmatch(words)
    if found is not None:
        target = found["target"].removeprefix("<").removesuffix(">")
        if "://" in target or target.startswith("#"):
            return None
        state, rest = found["state"] or "", found["rest"]
        if not state and _is_begun_state(rest):
            state, rest = rest, ""
        return LinkText(
            open=found["open"],
            text=found["text"],
            target=target,
            mid=found["mid"],
            state=state,
            close=found["close"],
            rest=rest,
        )
    bare = parse_id(words)
    if bare is not None and kind_of(bare) is EntityKind.ISSUE:
        return LinkText(target=bare)
    return None


def _is_begun_state(rest: str) -> bool:
    """Whether *rest* is what is left of a state that somebody began to delete."""
    words = rest.strip()
    return words.startswith("·") and any(state.startswith(words[1:].strip()) for state in STATES)


def title_of(text: str) -> str:
    """The title that the text of a link spells."""
    return " ".join(unescaped(text).split())


def text_of(title: str) -> str:
    """*title* as the text of a link: what it has in backticks stays code, all else is shown as it is."""
    parts = _CODE.split(title)
    return "".join(part if place % 2 else _shown(part) for place, part in enumerate(parts)).strip()


def _shown(part: str) -> str:
    before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{' ' * bool(before)}{escaped(part)}{' ' * bool(after)}" if part.strip() else " " * bool(part)


def same_title(one: str, other: str) -> bool:
    """Whether two titles differ in nothing but white space and how emphasis is written."""
    return one == other or _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return title_of(text).replace("*", "_")


def id_in(target: str) -> str | None:
    """The id of an issue in the last part of a link's target."""
    found = _ISSUE.match(target.rpartition("/")[2])
    return found[0] if found else None


def mentioned_ids(text: str) -> frozenset[str]:
    """The ids of issues that stand anywhere in *text*."""
    return frozenset(_ISSUE.findall(text))


def _body(shape: Outline, block: Block) -> str:
    end = block.text_end if block.tail else block.end
    lines = [line for line in shape.lines[block.first + 1 : end] if not NOTE.match(line)]
    return dedent("".join(line.rstrip("\r\n") + "\n" for line in lines)).strip("\n")


def own_lines(work: StageList) -> frozenset[int]:
    """The lines of wanted issues, of links and of the boxes below them: no part of what an approval covers."""
    found: set[int] = set()
    for item in work.items:
        whole = item.block.text_end if item.block.tail else item.block.end
        end = item.block.first + 1 if item.link else whole
        found.update(range(item.block.first, end))
    for box in work.offers:
        found.update(range(box.block.first, box.block.text_end))
    return frozenset(found)


def without_states(line: str) -> str | None:
    """A line of a list as a person's own: without the state behind a link; None for the box that makes issues."""
    bare = line.rstrip()
    lead = _LEAD.match(bare)
    if lead is None:
        return bare
    words = bare[lead.end() :]
    mark = re.match(r"\[[ \txX]*\][ \t]*", words)
    if mark is not None:
        return None if MAKE.fullmatch(words[mark.end() :]) else bare
    link = read_link(words)
    if link is None or not link.state:
        return bare
    return f"{lead[0]}{link.open}[{link.text}]({link.target}){link.mid}{link.close}{link.rest.rstrip()}"
