"""What is left to YAML: one key's lines, walked as events under limits, so that no file can cost more than it is.

Anchors, aliases, merge keys, tags and double keys are refused, with line and column. What a plain scalar means is
told by `plain_values`, through which all others come here.
"""

from collections.abc import Iterator
from typing import Final, TypeVar

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from dispatchd.documents.plain_values import MAX_BYTES, MAX_DEPTH, MAX_NODES, PlainData, Resolve
from dispatchd.documents.problems import DocumentProblem

try:
    from yaml import CLoader as _Loader
except ImportError:  # a machine without libyaml reads the same, slower
    from yaml import Loader as _Loader  # type: ignore[assignment]

_AnyEvent = TypeVar("_AnyEvent", bound=Event)


class _RefusedError(Exception):
    """Carries a problem out of the walk; it never leaves this module."""

    def __init__(self, problem: DocumentProblem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def walk_yaml(text: str, first_line: int, resolve: Resolve) -> PlainData | DocumentProblem:
    """The value of the one key in *text*, whose first line has the index *first_line* in its file."""
    size = len(text.encode())
    if size > MAX_BYTES:
        return DocumentProblem(
            line=first_line + 1,
            what=f"This value is {size} bytes long",
            hint=f"Keep what stands in a front matter under {MAX_BYTES // 1024} KiB",
        )
    try:
        return _Walk(text, first_line, resolve).the_one_value()
    except _RefusedError as refused:
        return refused.problem
    except yaml.MarkedYAMLError as error:
        return _not_yaml(text, first_line, error)
    except yaml.YAMLError as error:  # a character that YAML does not allow; it carries no mark
        reason = str(error).splitlines()[0]
        return DocumentProblem(line=first_line + 1, what=f"This is not YAML: {reason}", hint=_QUOTE_IT)


_QUOTE_IT: Final = "Put the value in quotes"


def _not_yaml(text: str, first_line: int, error: yaml.MarkedYAMLError) -> DocumentProblem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    line = min(line, len(lines) - 1)
    hint = "Indent with blanks instead of tabs" if "\t" in lines[line] else _QUOTE_IT
    reason = error.problem or error.context or "it cannot be read"
    return DocumentProblem(
        line=first_line + line + 1, column=column + 1, what=f"This is not YAML: {reason}", hint=hint
    )


class _Walk:
    """One pass over the events of one key."""

    def __init__(self, text: str, first_line: int, resolve: Resolve) -> None:
        self._events: Iterator[Event] = yaml.parse(text, Loader=_Loader)
        self._first_line = first_line
        self._resolve = resolve
        self._nodes = 0

    def the_one_value(self) -> PlainData:
        self._expect(StreamStartEvent)
        self._expect(DocumentStartEvent)
        self._expect(MappingStartEvent)
        key = self._expect(ScalarEvent)
        self._refuse_features(key)
        if key.value == "<<":
            raise self._refused(key, "Merge keys are not read", "Write the keys out")
        value = self._node(next(self._events), 1)
        for end in (MappingEndEvent, DocumentEndEvent, StreamEndEvent):
            self._expect(end)
        return value

    def _expect(self, kind: type[_AnyEvent]) -> _AnyEvent:
        event = next(self._events)
        if not isinstance(event, kind):
            raise self._refused(event, "This is not one key with one value", _QUOTE_IT)
        return event

    def _node(self, event: Event, depth: int) -> PlainData:
        self._refuse_features(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._refused(
                event, f"More than {MAX_NODES} values stand under one key", "Move them to the text"
            )
        if isinstance(event, ScalarEvent):
            plain = event.implicit[0]
            return self._resolve(event.value) if plain else event.value
        if depth > MAX_DEPTH:
            raise self._refused(event, f"Values are nested more than {MAX_DEPTH} deep", "Write it flatter")
        return self._mapping(depth) if isinstance(event, MappingStartEvent) else self._sequence(event, depth)

    def _sequence(self, start: Event, depth: int) -> list[PlainData]:
        if not isinstance(start, SequenceStartEvent):
            raise self._refused(start, "A value was expected here", _QUOTE_IT)
        items: list[PlainData] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, PlainData]:
        pairs: dict[str, PlainData] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event)
            line, _ = self._place(event)
            if key in pairs:
                raise self._refused(event, f"“{key}” stands on line {lines[key]} already", "Keep one of them")
            lines[key] = line
            pairs[key] = self._node(next(self._events), depth + 1)
        return pairs

    def _key(self, event: Event) -> str:
        self._refuse_features(event)
        self._nodes += 1
        if not isinstance(event, ScalarEvent):
            raise self._refused(event, "A key must be a word", _QUOTE_IT)
        if event.value == "<<" and event.implicit[0]:
            raise self._refused(event, "Merge keys are not read", "Write the keys out")
        return event.value

    def _refuse_features(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            raise self._refused(
                event, "Aliases (*name) are not read", "Write the value out, or put it in quotes"
            )
        if isinstance(event, NodeEvent) and event.anchor:
            raise self._refused(
                event, "Anchors (&name) are not read", "Take it away, or put the value in quotes"
            )
        if getattr(event, "tag", None):
            raise self._refused(
                event, "Tags (!name) are not read", "Take it away, or put the value in quotes"
            )

    def _refused(self, event: Event, what: str, hint: str) -> _RefusedError:
        line, column = self._place(event)
        return _RefusedError(DocumentProblem(line=line, column=column, what=what, hint=hint))

    def _place(self, event: Event) -> tuple[int, int]:
        mark = event.start_mark
        return (self._first_line + mark.line + 1, mark.column + 1) if mark else (self._first_line + 1, 0)
