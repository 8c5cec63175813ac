"""What the scripted player reads and writes JSON with is the JSON of everybody else, without what that loads."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.adapters.agents import quick_json, scripted_player
from dispatchd.adapters.agents.quick_json import dumps, loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
SLOW_TO_LOAD = {"json", "re", "typing", "socket", "enum", "collections", "functools", "pathlib", "contextlib"}
LOADED = "import sys, {module}; print(*sys.modules)"


@given(VALUES)
def test_it_writes_what_json_writes_and_reads_it_back(value: Any) -> None:
    written = dumps(value)
    assert written == json.dumps(value, ensure_ascii=False)
    assert loads(written) == value


@given(VALUES)
def test_it_reads_what_json_writes_with_escapes_and_indents(value: Any) -> None:
    assert loads(f"\n {json.dumps(value, indent=1)}\t\r\n") == value


@pytest.mark.parametrize(
    "text", ["", "  ", "{", "[1] x", "nul", '"a', '{"a": 1,}', '"\n"', "[1][2]", "\ufeff{}"]
)
def test_it_refuses_what_json_refuses(text: str) -> None:
    for read in (json.loads, loads):
        with pytest.raises(ValueError):  # noqa: PT011 -- the words are each one's own
            read(text)


def test_it_refuses_to_write_what_is_no_json() -> None:
    with pytest.raises(TypeError):
        dumps({"a": object()})


def test_without_the_parts_in_c_json_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_json, "_scan", None)
    monkeypatch.setattr(quick_json, "_encode", None)
    assert loads(dumps({"say": "Grüße"})) == {"say": "Grüße"}


def test_the_player_loads_nothing_that_takes_longer_than_a_turn_that_does_nothing() -> None:
    package = Path(scripted_player.__file__).parents[3]
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(package)!r}); "
            + LOADED.format(module=scripted_player.__name__),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(done.stdout.split()) & SLOW_TO_LOAD == set()
