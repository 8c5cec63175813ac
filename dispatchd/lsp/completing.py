"""What may be written next: keys, the states that can be reached from here, names, ids with their titles.

States are tried on the rules, so that none is offered that a save would refuse.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from dispatchd.application.meaning import Weight
from dispatchd.documents.key_schema import Owner
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.epic import GateKind
from dispatchd.domain.fact_keys import words_for
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Priority, Role
from dispatchd.lsp.config_completing import settings_at
from dispatchd.lsp.key_words import KEY_WORDS
from dispatchd.lsp.moment import EVERY_KIND, Moment
from dispatchd.lsp.page import KeyLine, Page, Span, Spot
from dispatchd.lsp.proposal import Proposal

MOST: Final = 200
_ISSUE: Final = (EntityKind.ISSUE,)
_EPIC: Final = (EntityKind.EPIC,)
_MEMBER: Final = re.compile(r"[^\s,\[\]]*$")
_ID_BEGUN: Final = re.compile(r"(?:(?<=\[\[)[^\[\]]*|(?<![\w-])[iepdtf]-[0-9a-z]*)$", re.IGNORECASE)
_SIGN: Final = re.compile(r"(?<![\w@])(?P<sign>[@!#])(?P<word>[\w.-]*)$")
_GATE: Final = re.compile(r"^\s*Gate:\s+(?P<word>\w*)$", re.IGNORECASE)
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")


def proposals_at(page: Page, spot: Spot, moment: Moment) -> tuple[Proposal, ...]:
    """What may be written at *spot*."""
    if page.path == CONFIG:
        return tuple(settings_at(page, spot))
    if page.kind is None:
        return tuple(_in_body(page, spot, moment)) if page.path.endswith(".md") else ()
    if not page.in_front(spot.line):
        return tuple(_in_body(page, spot, moment))
    key = page.key_around(spot.line)
    begins = page.key_on(spot.line) is None and not page.lines[spot.line].lstrip().startswith("-")
    if key is None or begins or (key.value.line == spot.line and spot.column <= _colon_on(page, spot.line)):
        return tuple(_keys(page, spot))
    tight = page.lines[spot.line][: spot.column].endswith(":")
    found = _values(page, spot, key.key, moment)
    return tuple(replace(each, label=f" {each.label}") if tight else each for each in found)


def _colon_on(page: Page, line: int) -> int:
    return page.lines[line].index(":")


def _whole_value(key: KeyLine, spot: Spot) -> Span:
    """All of a value, and the blanks up to the pointer."""
    start = min(key.value.start, spot.column)
    return Span(spot.line, start, max(key.value.end, spot.column))


def _keys(page: Page, spot: Spot) -> Iterator[Proposal]:
    assert page.kind is not None  # noqa: S101 -- keys are asked for in documents that have some
    there = {each.key for each in page.key_lines()}
    colon = page.lines[spot.line].find(":", spot.column)
    span = Span(spot.line, 0, max(spot.column, colon))
    for rank, key in enumerate(page.kind.schema):
        if key.owner is Owner.SHARED and key.name not in there:
            words = key.name if colon >= 0 else f"{key.name}: "
            yield Proposal(words, span, about=KEY_WORDS.get(key.name, ""), rank=rank)


def _values(page: Page, spot: Spot, key: str, moment: Moment) -> Iterable[Proposal]:
    assert page.kind is not None  # noqa: S101 -- as above
    span = _begun(page, spot, _MEMBER)
    if page.key_on(spot.line) is not None and span.start < _colon_on(page, spot.line) + 1:
        span = Span(spot.line, spot.column, spot.column)
    typed = page.lines[span.line][span.start : spot.column]
    if key == "status":
        return _states(page, spot, moment)
    special: Mapping[str, Callable[[], Iterable[Proposal]]] = {
        "labels": lambda: _words(span, moment.model.labels() if moment.model is not None else ()),
        "assignee": lambda: _people(span, moment),
        "voters": lambda: (*_people(span, moment), *_words(span, Role, "role")),
        "epic": lambda: _ids(span, typed, _EPIC, moment),
        "parent": lambda: _others(page, _ids(span, typed, _ISSUE, moment)),
        "depends_on": lambda: _others(page, _ids(span, typed, _ISSUE, moment)),
        "stage": lambda: _stages(page, spot, moment),
    }
    if key in special:
        return special[key]()
    return _words(span, words_for(page.kind.kind, key, moment.rules.types))


def _states(page: Page, spot: Spot, moment: Moment) -> Iterator[Proposal]:
    assert page.kind is not None  # noqa: S101 -- as above
    key = page.key_on(spot.line)
    if key is None:
        return
    for rank, word in enumerate(words_for(page.kind.kind, "status")):
        meaning = moment.meaning_of(page, _with_value(page, key, str(word)))
        refused = (each for each in meaning.remarks if each.key == "status")
        if not any(each.weight is Weight.REFUSED for each in refused):
            yield Proposal(str(word), _whole_value(key, spot), rank=rank)


def _with_value(page: Page, key: KeyLine, word: str) -> str:
    """The text as if *word* had been written: what an answer left behind the old value goes with it."""
    line = page.lines[key.value.line]
    end = len(line) if "# dispatchd:" in line else key.value.end
    blank = "" if line[: key.value.start].endswith((" ", "\t")) else " "
    return page.replaced(Span(key.value.line, key.value.start, end), blank + word)


def _stages(page: Page, spot: Spot, moment: Moment) -> Iterator[Proposal]:
    epic_id = page.written("epic").strip("[] ")
    work = moment.foresight.work
    epic = work.epic(EntityId(epic_id)) if work is not None and epic_id else None
    key = page.key_on(spot.line)
    if epic is not None and key is not None:
        for rank, stage in enumerate(epic.stages):
            state = stage.state.replace("_", " ")
            yield Proposal(stage.name, _whole_value(key, spot), detail=state, rank=rank)


def _in_body(page: Page, spot: Spot, moment: Moment) -> Iterator[Proposal]:
    before = page.lines[spot.line][: spot.column]
    gate, sign = _GATE.search(before), _SIGN.search(before)
    is_epic = page.kind is not None and page.kind.kind is EntityKind.EPIC
    if gate is not None and is_epic:
        yield from _words(Span(spot.line, gate.start("word"), spot.column), GateKind, "gate")
    elif _ID_BEGUN.search(before):
        span = _begun(page, spot, _ID_BEGUN)
        yield from _ids(span, before[span.start :], EVERY_KIND, moment)
    elif sign is not None:
        is_wanted = is_epic and _ITEM.match(before) is not None
        yield from _signed(Span(spot.line, sign.start(), spot.column), sign["sign"], moment, is_wanted)


def _signed(span: Span, sign: str, moment: Moment, is_wanted: bool) -> Iterator[Proposal]:
    """`@somebody` anywhere; in a list of wanted issues also `@role`, `!priority` and `#label`."""
    if sign == "@":
        yield from (Proposal(f"@{name}", span, "person") for name in moment.rules.people)
    if not is_wanted:
        return
    labels = moment.model.labels() if moment.model is not None else ()
    given = {"@": (Role, "role"), "!": (Priority, "priority"), "#": (labels, "label")}
    words, what = given[sign]
    yield from (Proposal(f"{sign}{word}", span, what, rank=rank) for rank, word in enumerate(words))


def _people(span: Span, moment: Moment) -> Iterator[Proposal]:
    yield from (Proposal(f"@{name}", span, "person", found_by=name) for name in moment.rules.people)
    for agent in moment.model.agents() if moment.model is not None else ():
        yield Proposal(agent.name, span, f"agent, {agent.role}", rank=1)


def _ids(span: Span, typed: str, kinds: Iterable[EntityKind], moment: Moment) -> Iterator[Proposal]:
    wanted = typed.strip("[]# ")
    rows = moment.model.names(wanted, tuple(kinds), MOST) if moment.model is not None else ()
    for rank, row in enumerate(rows):
        state = row.status.replace("_", " ")
        by_id = row.id.startswith(wanted.lower())
        found_by = f"{row.id} {row.title}" if by_id else f"{row.title} {row.id}"
        yield Proposal(row.id, span, f"{row.title} · {state}", found_by=found_by, rank=rank)


def _others(page: Page, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """All but the document itself, which can wait for anything but that."""
    return (each for each in proposals if each.label != page.written("id"))


def _words(span: Span, words: Iterable[str], what: str = "") -> Iterator[Proposal]:
    return (Proposal(str(word), span, what, rank=rank) for rank, word in enumerate(words))


def _begun(page: Page, spot: Spot, pattern: re.Pattern[str]) -> Span:
    """What has been typed of the word at *spot*."""
    found = pattern.search(page.lines[spot.line][: spot.column])
    return Span(spot.line, found.start() if found else spot.column, spot.column)
