"""Each test that the threat model names is there; each threat has one."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED: Final = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: str(part).rpartition("/")[2])
def test_a_test_that_the_threat_model_names_is_there(path: str, name: str) -> None:
    assert name in functions_of(path)


def test_every_threat_has_a_guard_and_a_test() -> None:
    rows = re.findall(r"^\| (?!threat|---)(.*) \|$", PAGE.partition("## Decisions")[2], re.MULTILINE)
    assert len(rows) > 30
    for row in rows:
        threat, guard, tests = row.split(" | ")
        assert threat
        assert guard
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", tests), threat
