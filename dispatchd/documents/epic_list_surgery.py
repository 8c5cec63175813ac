"""The lines of a stage's list, put right: links with their states, and the box that makes the wanted issues.

Of a person's line only the link and the state behind it are the daemon's; what stands around them stays. Which item
is which issue, and what it is called, was decided before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from dispatchd.documents.body_edit import LineEdit, insertion, removal
from dispatchd.documents.boxes import TaskItem, box, bullet_of, own_end
from dispatchd.documents.epic_lists import LinkText, ListItem, StageList, offer, same_title, text_of
from dispatchd.documents.epic_sections import StageText
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLink:
    """How an issue stands in a list. With `takes_body` the text under its item stands in its own file now."""

    title: str
    href: str
    state: str
    takes_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoining:
    """An issue of a numbered list that has lost its line, and the lines of the items that it stood between."""

    link: IssueLink
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a stage's list should say: `links` by the first line of their item, and how many items are wanted."""

    links: Mapping[int, IssueLink] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    """Items, by their first line, whose issue stands in another list now."""
    added: tuple[IssueLink, ...] = ()
    """Issues of the stage that stand in no list."""
    rejoining: tuple[Rejoining, ...] = ()
    """Those that belong into the numbered list."""
    wanted: int = 0


Lister = Callable[[Sequence[tuple[Stage, StageList]]], Sequence[Listing]]


def list_edits(shape: Outline, text: StageText, listing: Listing) -> Iterator[LineEdit]:
    """What makes the lines of the list in *text* say *listing*."""
    joined = _rejoined(text.section.blocks, text.agenda, listing)
    yield from joined.edits
    for item in text.agenda.items:
        lead = joined.leads.get(item.block.first, item.lead)
        if item.block.first in listing.gone:
            yield removal(item.block.first, item.block.end)
        elif (link := listing.links.get(item.block.first)) is not None:
            yield from _link_edits(shape, replace(item, lead=lead), link)
        elif lead != item.lead:
            line = shape.lines[item.block.first].rstrip("\r\n").removeprefix(item.lead)
            yield LineEdit(first=item.block.first, end=item.block.first + 1, lines=(lead + line,))
    if listing.added:
        yield from _additions(shape, text, listing)
    yield from _offer_edits(shape, text, listing)


def _link_edits(shape: Outline, item: ListItem, link: IssueLink) -> Iterator[LineEdit]:
    first = item.block.first
    line = shape.lines[first].rstrip("\r\n")
    new = item.lead + _linked(item.link or LinkText(), link)
    end = first + 1
    if item.link is None and link.takes_body:
        end = item.block.text_end if item.block.tail else item.block.end
    if new != line or end > first + 1:
        yield LineEdit(first=first, end=end, lines=(new,))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rejoined:
    """Lines put into the numbered lists, and how items begin that have another number by that."""

    edits: tuple[LineEdit, ...] = ()
    leads: Mapping[int, str] = field(default_factory=dict)


def _rejoined(blocks: Sequence[Block], agenda: StageList, listing: Listing) -> _Rejoined:
    """Each issue that belongs into a numbered list behind the one it comes after, and all counted on."""
    standing = [
        item for item in agenda.items if item.run is not None and item.block.first not in listing.gone
    ]
    if not listing.rejoining or not standing:
        return _Rejoined()
    behind: dict[int, list[IssueLink]] = {}
    for each in listing.rejoining:
        at = next((at for at, item in enumerate(standing) if item.block.first == each.after), None)
        if at is None:
            at = (
                next(
                    (at for at, item in enumerate(standing) if item.block.first == each.before), len(standing)
                )
                - 1
            )
        behind.setdefault(at, []).append(each.link)
    edits: list[LineEdit] = []
    leads: dict[int, str] = {}
    number, is_shifted = 0, False
    numbers = [_number(item) for item in standing]
    counts = len(set(numbers)) > 1 or len(numbers) == 1
    for at, item in enumerate((None, *standing), start=-1):
        if item is not None:
            is_shifted = is_shifted and standing[at].run == standing[at - 1].run
            number = number + 1 if counts and is_shifted and numbers[at] <= number else numbers[at]
            if number != numbers[at]:
                leads[item.block.first] = item.lead.replace(str(numbers[at]), str(number), 1)
        for link in behind.get(at, ()):
            beside = item or standing[0]
            number = (number + 1 if item is not None or is_shifted else numbers[0]) if counts else numbers[0]
            is_shifted = True
            words = beside.lead.replace(str(_number(beside)), str(number), 1) + _linked(LinkText(), link)
            place = _below(item.block) if item is not None else standing[0].block.first
            apart = ("",) if item is not None and _is_loose(blocks, item.block) else ()
            edits.append(LineEdit(first=place, end=place, lines=(*apart, words)))
    return _Rejoined(edits=tuple(edits), leads=leads)


def _number(item: ListItem) -> int:
    return int(item.lead.strip().rstrip(".)"))


def _linked(was: LinkText, link: IssueLink) -> str:
    text = was.text if was.text and same_title(was.text, text_of(link.title)) else text_of(link.title)
    href = f"<{link.href}>" if set(link.href) & set(" ()") else link.href
    return f"{was.open}[{text}]({href}){was.mid} · {link.state}{was.close}{was.rest}"


def _additions(shape: Outline, text: StageText, listing: Listing) -> Iterator[LineEdit]:
    standing = [item for item in text.agenda.items if item.block.first not in listing.gone]
    if standing:
        last = standing[-1].block
        bullet = bullet_of(shape.lines, last)
        lines = _lines(listing.added, "-" if last.ordered else bullet)
        if last.ordered:
            yield insertion(_below(last), lines)
        else:
            yield LineEdit(first=_below(last), end=_below(last), lines=lines, apart_below=True)
        return
    before = [block for block in text.section.blocks if not text.gate_line or block.end < text.gate_line]
    at = before[-1].end if before else text.section.start
    yield insertion(at, _lines(listing.added, "-"))


def _lines(links: Sequence[IssueLink], bullet: str) -> tuple[str, ...]:
    return tuple(f"{bullet} {_linked(LinkText(), link)}" for link in links)


def _offer_edits(shape: Outline, text: StageText, listing: Listing) -> Iterator[LineEdit]:
    """The box below the list: there while something is wanted, with the right number, unticked."""
    offers = text.agenda.offers
    wanted = [item for item in text.agenda.wanted if item.block.first not in listing.links]
    if not listing.wanted or not wanted:
        for each in offers:
            yield removal(each.block.first, own_end(shape.lines, each))
        return
    last = wanted[-1].block
    kept = next((each for each in offers if each.block.first > last.first), None)
    for each in offers:
        if each is not kept:
            yield removal(each.block.first, own_end(shape.lines, each))
    words = offer(listing.wanted)
    if kept is None:
        yield _new_offer(shape, text, last, words)
    elif kept.text != words or kept.ticked:
        yield _said_again(shape, kept, words)


def _said_again(shape: Outline, kept: TaskItem, words: str) -> LineEdit:
    line = box(words, bullet=bullet_of(shape.lines, kept.block))
    return LineEdit(first=kept.block.first, end=kept.block.first + 1, lines=(line,))


def _new_offer(shape: Outline, text: StageText, last: Block, words: str) -> LineEdit:
    end = _end_of_list(shape, text.section.blocks, last)
    if end.ordered:
        return insertion(_below(end), (box(words),))
    line = box(words, bullet=bullet_of(shape.lines, end))
    return LineEdit(first=_below(end), end=_below(end), lines=("", line), apart_below=True)


def _below(item: Block) -> int:
    """The line at which something new follows *item*: before what only seems to be its text."""
    return item.text_end if item.tail else item.end


def _end_of_list(shape: Outline, blocks: Sequence[Block], last: Block) -> Block:
    """The last item of the list that *last* is in."""
    for block in blocks[blocks.index(last) + 1 :]:
        same = block.kind is BlockKind.ITEM and block.ordered == last.ordered
        if not same or (not block.ordered and bullet_of(shape.lines, block) != bullet_of(shape.lines, last)):
            break
        last = block
    return last


def _is_loose(blocks: Sequence[Block], last: Block) -> bool:
    """Whether blank lines stand between the items of the list that ends with *last*."""
    place = blocks.index(last)
    before = blocks[place - 1] if place else None
    return before is not None and before.kind is BlockKind.ITEM and before.end < last.first
