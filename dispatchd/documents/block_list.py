"""A list of one item a line: items go and come by line, and the lines of those that stay are left as they are."""

from collections.abc import Sequence

from dispatchd.documents.key_schema import Shape
from dispatchd.documents.known_values import is_comment, is_item, read_value
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.text_lines import BLANKS, line_end
from dispatchd.documents.value_writer import Quotes, quotes_of, write_item

_Group = tuple[str | None, list[str]]


def rewrite_block_list(lines: Sequence[str], items: tuple[str, ...]) -> list[str] | None:
    """The *lines* of a list saying *items*; None where they are no flat list."""
    groups = _groups(lines)
    if groups is None:
        return None
    wanted = frozenset(items)
    have = {value for value, _ in groups if value is not None}
    style = next(group[0] for value, group in groups if value is not None)
    end = 1 + max(index for index, (value, _) in enumerate(groups) if value is not None)
    fresh = [_new_item(style, item) for item in dict.fromkeys(items) if item not in have]
    return [*_lines(groups[:end], wanted), *fresh, *_lines(groups[end:], wanted)]


def _lines(groups: Sequence[_Group], wanted: frozenset[str]) -> list[str]:
    return [line for value, group in groups if value is None or value in wanted for line in group]


def _groups(lines: Sequence[str]) -> list[_Group] | None:
    """The items with their lines, and the comments and blank lines between them."""
    groups: list[_Group] = []
    indent: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip(" "))
        if is_item(line) and (indent is None or depth == indent):
            indent = depth
            groups.append(("", [line]))
        elif is_comment(line):
            groups.append((None, [line]))
        elif indent is None or depth <= indent or groups[-1][0] is None:
            return None
        else:
            groups[-1][1].append(line)
    valued = [(value if value is None else _value(group), group) for value, group in groups]
    return None if any(value is None and is_item(group[0]) for value, group in valued) else valued


def _value(lines: list[str]) -> str | None:
    read = read_value(["-:\n", *lines], ("", 0, len(lines), ""), Shape.LIST)
    if isinstance(read, DocumentProblem) or not isinstance(read, tuple) or len(read) > 1:
        return None
    return read[0] if read else ""


def _new_item(style: str, item: str) -> str:
    """A line for *item* that looks like the line *style*."""
    dash = style.index("-")
    content = style[dash + 1 :].strip(BLANKS)
    gap = style[dash + 1 : len(style) - len(style[dash + 1 :].lstrip(" "))] if content else " "
    quotes = quotes_of(content) if content else Quotes.NONE
    return (
        f"{style[: dash + 1]}{gap or ' '}{write_item(item, quotes, flow=False)}{line_end(style) or chr(10)}"
    )
