"""The values of keys that are the user's own, as plain data for search and JSON.

They must be YAML. What is plainly the same in YAML and here (single words, quoted text, flat lists of them) is
read without it, ten times as fast; a property test holds the two together. The rest goes through the limited
walk.
"""

import re
from collections.abc import Sequence
from typing import Final

from dispatchd.documents.key_lines import KeyLines
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.yaml_events import MAX_BYTES, MAX_NODES, PlainData, read_yaml, typed

_LETTERS: Final = r"\u00c0-\u1fff\u2010-\u2027\u3001-\ud7ff"
_PLAIN_TEXT: Final = rf"[A-Za-z0-9_/](?:[!-\"$-9;-~ {_LETTERS}]|:(?=[!-~{_LETTERS}])|(?<=[!-~{_LETTERS}])#)*+"
_QUOTED_TEXT: Final = rf"'[ -&(-~{_LETTERS}]*+'|\"[ !#-\[\]-~{_LETTERS}]*+\""
_FLOW_ITEM: Final = rf"[A-Za-z0-9_/](?:[\w ./@+-])*+|{_QUOTED_TEXT}"
_SCALAR: Final = re.compile(rf"({_PLAIN_TEXT})|{_QUOTED_TEXT}")
_FLOW: Final = re.compile(rf"\[ *+(?:(?:{_FLOW_ITEM}) *+(?:, *+(?:{_FLOW_ITEM}) *+)*+)?\]")
_EACH: Final = re.compile(_FLOW_ITEM, re.ASCII)
_FLOW_ASCII: Final = re.compile(_FLOW.pattern, re.ASCII)
_BLOCK_ITEM: Final = re.compile(rf"( *)- +({_PLAIN_TEXT}|{_QUOTED_TEXT})[ \t]*\r?\n")


def read_unknown(lines: Sequence[str], key: KeyLines) -> PlainData | DocumentProblem:
    """What the user's own *key* of *lines* holds."""
    _, first, last, rest = key
    if first == last and len(rest) < MAX_BYTES:
        if _SCALAR.fullmatch(rest):
            return _scalar(rest)
        if rest[:1] == "[" and rest.count(",") < MAX_NODES - 1 and _FLOW_ASCII.fullmatch(rest):
            return [_scalar(item.strip(" ")) for item in _EACH.findall(rest)]
    elif not rest and last - first < MAX_NODES - 1:
        items = _flat_list(lines[first + 1 : last + 1])
        if items is not None:
            return items
    return read_yaml("".join(lines[first : last + 1]), first, typed)


def _scalar(text: str) -> PlainData:
    return text[1:-1] if text[0] in "'\"" else typed(text)


def _flat_list(lines: Sequence[str]) -> list[PlainData] | None:
    items: list[PlainData] = []
    indent: str | None = None
    size = 0
    for line in lines:
        found = _BLOCK_ITEM.fullmatch(line)
        size += len(line)
        if found is None or size > MAX_BYTES // 4 or (indent is not None and found[1] != indent):
            return None
        indent = found[1]
        items.append(_scalar(found[2].rstrip(" ")))
    return items
