"""The lines of one key, changed: another value, or another note, and everything else on them as it was.

Comments, the quotes and the list style in use, indentation and line ends stay; an item that stays keeps its
line. Which keys change is the front matter's editor's business.
"""

from collections.abc import Sequence

from dispatchd.documents.block_list import rewrite_block_list
from dispatchd.documents.key_lines import KeyLines, value_span
from dispatchd.documents.key_schema import WHOLE_LINE_KEYS, Shape, Value
from dispatchd.documents.known_values import BLOCK_SCALAR, is_comment, is_item, read_value
from dispatchd.documents.notes import MARK, as_note, cut_note, note_on_own_line
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.scalars import QUOTED, read_flow, split_comment
from dispatchd.documents.text_lines import BLANKS, line_end
from dispatchd.documents.value_writer import (
    Quotes,
    is_plain,
    quotes_of,
    write_item,
    write_list,
    write_scalar,
    write_text,
)


def new_line(key: str, value: Value, newline: str) -> str:
    """The line of a key that stands nowhere yet."""
    written = _written(key, value, Quotes.NONE)
    return f"{key}: {written}{newline}" if written else f"{key}:{newline}"


def _written(key: str, value: Value, quotes: Quotes) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return write_list(value)
    return write_text(value, quotes) if key in WHOLE_LINE_KEYS else write_scalar(value, quotes)


def holds(lines: Sequence[str], key: str, value: Value) -> bool:
    """Whether the *lines* of *key* say *value* already."""
    shape = Shape.LIST if isinstance(value, tuple) else _shape(key)
    read = read_value(lines, _own_lines(lines), shape)
    if isinstance(read, tuple) and isinstance(value, tuple):
        return len(read) == len(value) and set(read) == set(value)
    return not isinstance(read, DocumentProblem) and read == value


def _shape(key: str) -> Shape:
    return Shape.TEXT_LINE if key in WHOLE_LINE_KEYS else Shape.SCALAR


def _own_lines(lines: Sequence[str]) -> KeyLines:
    return "", 0, len(lines) - 1, lines[0][value_span(lines[0])[1] :].strip(BLANKS)


def rewrite(lines: Sequence[str], key: str, value: Value) -> list[str]:
    """The *lines* of *key*, which begins on the first, saying *value*."""
    head, text, tail = _parts(lines[0], key)
    inner = lines[1:]
    if isinstance(value, tuple):
        lead = next((line for line in inner if not is_comment(line)), "")
        if not text and is_item(lead):
            items = rewrite_block_list(inner, value)
            if items is not None:
                return [lines[0], *items] if value else [_joined(head, "[]", tail, lines[0]), *items]
        written = _rewritten_flow("".join([text, "\n", *inner]) if inner else text, value)
    else:
        written = _written(key, value, quotes_of(text))
    kept = [] if BLOCK_SCALAR.fullmatch(text) else _comments(inner, in_brackets=text[:1] == "[")
    return [_joined(head, written, tail, lines[0]), *kept]


def _comments(inner: Sequence[str], *, in_brackets: bool) -> list[str]:
    """The comments within a value, each on a line of its own; one behind a block's item goes with its item."""
    kept: list[str] = []
    for line in inner:
        content = line.strip(BLANKS)
        if content and is_comment(line):
            kept.append(line)
        elif in_brackets and (comment := split_comment(content)[1].lstrip(BLANKS)):
            indent = line[: len(line) - len(line.lstrip(BLANKS))] or "  "
            kept.append(f"{indent}{comment}{line_end(line)}")
    return kept


def _parts(line: str, key: str) -> tuple[str, str, str]:
    """The first line of a key: up to its value, the value's text, and the comment behind it."""
    colon, start = value_span(line)
    rest = line[start:].rstrip(BLANKS)
    text, tail = split_comment(rest, whole_line=key in WHOLE_LINE_KEYS)
    head = line[:start].rstrip("\r\n")
    return (head if start > colon else head + " "), text, tail


def _joined(head: str, written: str, tail: str, line: str) -> str:
    if not written:
        content = head.rstrip(BLANKS)
        return f"{content} {tail.lstrip(BLANKS)}".rstrip(BLANKS) + line_end(line)
    gap = " " if tail and tail[0] not in BLANKS else ""
    return f"{head}{written}{gap}{tail}".rstrip(BLANKS) + line_end(line)


def _rewritten_flow(text: str, items: tuple[str, ...]) -> str:
    """A list in brackets with *items*: those it has keep their place and their quotes."""
    flow = read_flow(text) if text[:1] == "[" else None
    if flow is None:
        return write_list(items)
    tokens: dict[str, str] = {}
    for item in flow.items:
        token = text[item.start : item.end]
        valid = QUOTED.fullmatch(token) or (
            is_plain(token) and "\n" not in token and write_item(token, flow=True) == token
        )
        tokens[item.value] = token if valid else write_item(item.value, flow=True)
    quotes = quotes_of(text[flow.items[0].start :]) if flow.items else Quotes.NONE
    for item_value in items:
        tokens.setdefault(item_value, write_item(item_value, quotes, flow=True))
    wanted = frozenset(items)
    pad = " " if text[:2] == "[ " and items else ""
    return f"[{pad}{', '.join(token for value, token in tokens.items() if value in wanted)}{pad}]"


def without_note(lines: Sequence[str], key: str) -> list[str]:
    """The *lines* of *key*, notes above it included, with no note on any of them."""
    if not any(MARK in line for line in lines):
        return list(lines)
    above = [line for line in lines[: _above(lines)] if note_on_own_line(line) is None]
    first, *inner = lines[_above(lines) :]
    head, text, tail = _parts(first, key)
    cut, note = cut_note(tail)
    if note is not None:
        first = _joined(head, text, cut, first)
    if BLOCK_SCALAR.fullmatch(text):
        return [*above, first, *inner]
    return [*above, first, *(_item_without_note(line) for line in inner if note_on_own_line(line) is None)]


def _above(lines: Sequence[str]) -> int:
    return next((index for index, line in enumerate(lines) if not is_comment(line)), 0)


def _item_without_note(line: str) -> str:
    if MARK not in line or not is_item(line):
        return line
    dash = line.index("-") + 1
    content = line[dash:].strip(BLANKS)
    text, tail = split_comment(content)
    cut, note = cut_note(tail)
    if note is None:
        return line
    return line[: dash + len(line[dash:]) - len(line[dash:].lstrip(BLANKS))] + text + cut + line_end(line)


def with_note(lines: Sequence[str], note: str) -> list[str]:
    """The *lines* of a key, free of notes, with *note*: behind a value on one line, above a longer one."""
    comment = as_note(note)
    end = line_end(lines[0])
    if len(lines) == 1:
        return [f"{lines[0].rstrip(BLANKS)} {comment}{end}"]
    return [f"{comment}{end}", *lines]
