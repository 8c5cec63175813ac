"""What plain words mean as data, and how much of it may stand under one key. What is no plain word is left to YAML.

A plain scalar is a number or a truth only where writing it again gives the same text (`3`, `1.5`, `true`); `010`,
`1.10`, `no` and dates stay text, because a value that changes by being read is a loss.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from dispatchd.documents.scalars import NULLS

PlainData: TypeAlias = str | int | float | bool | list["PlainData"] | dict[str, "PlainData"] | None
Resolve: TypeAlias = Callable[[str], PlainData]

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 1000

_TRUTHS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,7})\.[0-9]{1,7}")


def typed(text: str) -> PlainData:
    """What a plain scalar of the user's means."""
    if text[:1].isdigit() or text[:1] == "-":
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) and repr(float(text)) == text else text
    return None if not text or text in NULLS else _TRUTHS.get(text, text)


def untyped(text: str) -> PlainData:
    """A plain scalar where the schema says what it is."""
    return None if not text or text in NULLS else text
