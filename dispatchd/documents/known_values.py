"""The value of a known key, whatever way it is written: the lenient reading comes first, YAML after it.

A value that fits neither is a problem of that key alone; the caller keeps what it last held. Whether a value is
a valid state, name or date is for those who know the document.
"""

import re
from collections.abc import Sequence
from typing import Final

from dispatchd.documents.key_lines import OUR_KEYS, KeyLines
from dispatchd.documents.key_schema import Shape, Value
from dispatchd.documents.plain_values import PlainData, untyped
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.scalars import (
    NULLS,
    Flow,
    Item,
    begins_with_link,
    is_closed_flow,
    is_half_quoted,
    is_link,
    meaning,
    read_flow,
    split_commas,
    split_comment,
)
from dispatchd.documents.text_lines import BLANKS
from dispatchd.documents.yaml_on_demand import read_yaml

BLOCK_SCALAR: Final = re.compile(r"[|>](?:[1-9]?[+-]?|[+-][1-9])")
_ITEM: Final = re.compile(r"([ \t]*)-(?:[ \t]+(.*?))?[ \t\r\n]*", re.DOTALL)
_FLAT_ITEM: Final = re.compile(r"( *+)- ([A-Za-z0-9@_][^#\n]*[^#\s]|[A-Za-z0-9_])\r?\n")
_INDENTED_KEY: Final = re.compile(r"[ \t]+([A-Za-z_-]+):(?=[ \t\r\n]|$)")


def read_value(lines: Sequence[str], key: KeyLines, shape: Shape) -> Value | DocumentProblem:
    """What the known *key* of *lines* holds."""
    _, first, last, rest = key
    inner = lines[first + 1 : last + 1]
    if inner and not rest and (flat := _flat_items(inner)) is not None:
        return _shaped(flat, shape, first)
    text, _ = split_comment(rest, whole_line=shape is Shape.TEXT_LINE)
    if inner and (BLOCK_SCALAR.fullmatch(text) or _is_open_quote(text)):
        return _through_yaml(lines, key, shape)
    lead = next((line for line in inner if not is_comment(line)), None)
    if lead is None:
        return _one_line(text, shape, first)
    if not text and is_item(lead):
        items = _block_items(inner)
        return _through_yaml(lines, key, shape) if items is None else _shaped(items, shape, first)
    begun = text or split_comment(lead.strip(BLANKS))[0]
    if BLOCK_SCALAR.fullmatch(begun) or _is_open_quote(begun):
        return _through_yaml(lines, key, shape)
    if text[:1] == "[" and shape is not Shape.TEXT_LINE and not is_link(text):
        whole = "".join([rest, "\n", *inner])
        flow = read_flow(whole)
        if flow is None or not is_closed_flow(whole, flow):
            return _through_yaml(lines, key, shape)
        return _shaped(_texts(flow), shape, first)
    return _folded(text, inner, shape, first)


def _is_open_quote(text: str) -> bool:
    """Whether *text* begins with a quote that does not end it."""
    return text[:1] in ("'", '"') and meaning(text) == text


def is_comment(line: str) -> bool:
    """Whether *line* says nothing: blank, or a comment alone."""
    content = line.strip(BLANKS)
    return not content or (content[0] == "#" and content[1:2] in ("", " ", "\t"))


def is_item(line: str) -> bool:
    """Whether *line* begins an item of a list."""
    content = line.lstrip(BLANKS)
    return content[:1] == "-" and content[1:2] in BLANKS


def _one_line(text: str, shape: Shape, first: int) -> Value | DocumentProblem:
    if is_half_quoted(text, whole_line=shape is Shape.TEXT_LINE):
        return _half_quoted(text, first)
    return _whole_line(text, shape, first)


def _whole_line(text: str, shape: Shape, first: int) -> Value | DocumentProblem:
    if not text:
        return None
    if text[0] in "'\"":
        read = meaning(text)
        if read != text or shape is not Shape.LIST:
            return _shaped((read,), shape, first)
    if shape is Shape.TEXT_LINE:
        return text
    if text in NULLS or BLOCK_SCALAR.fullmatch(text):
        return None
    if text[0] == "[" and not is_link(text):
        flow = read_flow(text)
        if flow is not None and flow.end == len(text):
            half = next((item.value for item in flow.items if _is_half(item)), None)
            return _shaped(_texts(flow), shape, first) if half is None else _half_quoted(half, first)
        if text[-1] == "]" and shape is Shape.LIST and not begins_with_link(text):
            return _nested(first)
    if shape is Shape.LIST:
        return _not_a_list(first) if text[0] == "{" else _comma_items(text, first)
    return text


def _is_half(item: Item) -> bool:
    return not item.is_quoted and is_half_quoted(item.value)


def _comma_items(text: str, first: int) -> Value | DocumentProblem:
    items = split_commas(text)
    for item in items:
        if item.count("[") != item.count("]"):
            return DocumentProblem(
                line=first + 1,
                what="A bracket here has no other that belongs to it",
                hint="Write the list as `[one, two]`, or without brackets",
            )
        if is_half_quoted(item):
            return _half_quoted(item, first)
    return items


def _half_quoted(text: str, first: int) -> DocumentProblem:
    # The note that says it stands behind the quote: one with a quote in it would close it.
    name = "double" if text[0] == '"' else "single"
    return DocumentProblem(
        line=first + 1,
        what=f"A {name} quote begins here and has no end",
        hint="Close it, or take it away",
    )


def _texts(flow: Flow) -> tuple[str, ...]:
    return tuple(item.value for item in flow.items if item.is_quoted or item.value not in NULLS)


def _shaped(items: tuple[str, ...], shape: Shape, first: int) -> Value | DocumentProblem:
    items = tuple(item for item in items if item)
    if shape is Shape.LIST:
        return items
    if len(items) > 1:
        return DocumentProblem(
            line=first + 1,
            what=f"One value belongs here, and {len(items)} are written",
            hint="Keep one of them, on the key's own line",
        )
    return items[0] if items else None


def _nested(first: int) -> DocumentProblem:
    return DocumentProblem(
        line=first + 1, what="A list stands within the list here", hint="Write it flat: `[one, two]`"
    )


def _not_a_list(first: int) -> DocumentProblem:
    return DocumentProblem(
        line=first + 1,
        what="Keys of its own stand here, where a list belongs",
        hint="Write it as `[one, two]`",
    )


def _flat_items(inner: Sequence[str]) -> tuple[str, ...] | None:
    """The items of the plainest of lists; None for any other."""
    found = [_FLAT_ITEM.fullmatch(line) for line in inner]
    plain = [item for item in found if item]
    if len(plain) < len(found) or len({item[1] for item in plain}) > 1:
        return None
    return tuple([item[2] for item in plain if item[2] not in NULLS])


def _block_items(inner: Sequence[str]) -> tuple[str, ...] | None:
    """The items of a list of one line each; None where it is anything more."""
    items: list[str] = []
    indent: str | None = None
    for line in inner:
        if is_comment(line):
            continue
        found = _ITEM.fullmatch(line)
        if found is None or (indent is not None and found[1] != indent):
            return None
        indent = found[1]
        text = split_comment(found[2] or "")[0]
        if text[:1] in ("[", "{") and not is_link(text):
            return None
        if text[:2] == "- " or BLOCK_SCALAR.fullmatch(text) or _is_open_quote(text):
            return None
        if text and text not in NULLS:
            items.append(meaning(text))
    return tuple(items)


def _through_yaml(lines: Sequence[str], key: KeyLines, shape: Shape) -> Value | DocumentProblem:
    _, first, last, _ = key
    data = read_yaml("".join(lines[first : last + 1]), first, untyped)
    if isinstance(data, DocumentProblem) or data is None:
        return data
    if isinstance(data, str):
        text = data.strip("\n")
        return _shaped((text,), shape, first) if text.strip(BLANKS) else None
    if isinstance(data, list):
        return _shaped_list(data, shape, first)
    return _not_a_list(first)


def _shaped_list(data: list[PlainData], shape: Shape, first: int) -> Value | DocumentProblem:
    items = [item for item in data if item is not None]
    if not all(isinstance(item, str) for item in items):
        return _nested(first)
    return _shaped(tuple(str(item).strip("\n") for item in items), shape, first)


def _folded(text: str, inner: Sequence[str], shape: Shape, first: int) -> Value | DocumentProblem:
    """A plain value that goes on over indented lines, folded as YAML does."""
    parts = [text] if text else []
    gap = 0
    for index, line in enumerate(inner, first + 1):
        content = line.strip(BLANKS)
        if not content:
            gap += 1
            continue
        misplaced = _INDENTED_KEY.match(line)
        if misplaced and (misplaced[1] in OUR_KEYS or text or shape is not Shape.TEXT_LINE):
            return DocumentProblem(
                line=index + 1,
                column=misplaced.start(1) + 1,
                what=f"“{misplaced[1]}” is indented, so it belongs to the key above it",
                hint="Take the blanks before it away",
            )
        if shape is not Shape.TEXT_LINE:
            content = "" if is_comment(line) else split_comment(content)[0]
        elif content.startswith("# dispatchd:"):
            content = ""
        if content:
            parts.append(("\n" * gap or " ") + content if parts else content)
        gap = 0
    return _one_line("".join(parts), shape, first)
