"""What is sent is read within bounds: a text that would take minutes, or the stack, is told as what it is."""

import time

import pytest

from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.documents.config_document import read_config
from dispatchd.documents.front_matter import MOST_KEY_LINES, MOST_LINES
from dispatchd.documents.shown_text import legible
from dispatchd.documents.waiting_reading import read_page
from dispatchd.domain.identifiers import EntityKind

MEBIBYTE = 1 << 20
HEAD = "---\nid: e-3fq9\ntitle: T\n---\n\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 50_000, "nested too deeply"),
        ("a = " + "{a=" * 20_000, "nested too deeply"),
        (".".join("a" * 20_000) + " = 1", "parts"),
        ("[" + ".".join("a" * 20_000) + "]", "parts"),
        ("# x\n" * 40_000, "longer than 64 KiB"),
    ],
    ids=["brackets", "braces", "dotted key", "dotted table", "long"],
)
def test_settings_that_would_take_the_stack_or_the_day_are_refused(text: str, said: str) -> None:
    reading = read_config(text)
    assert reading.config is None
    assert said in reading.problems[0].what


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "line",
    ["- [ ] Approve\n", "### S\n", "1. x\n", "> a\n", "```\n", "\n"],
    ids=["boxes", "stages", "items", "quotes", "fences", "blank"],
)
def test_a_million_boxes_park_the_file_instead_of_stopping_everybody(kind: EntityKind, line: str) -> None:
    began = time.process_time()
    reading = KINDS[kind].read(HEAD + line * (MEBIBYTE // len(line)))
    assert reading.front.parked is not None
    assert f"at most {MOST_LINES} are read" in reading.front.parked.what
    assert time.process_time() - began < 5


def test_front_matter_without_end_parks_the_file() -> None:
    reading = KINDS[EntityKind.ISSUE].read(
        "---\n" + "".join(f"k{n}: v\n" for n in range(9000)) + "---\n\nx\n"
    )
    assert reading.front.parked is not None
    assert f"at most {MOST_KEY_LINES} are read" in reading.front.parked.what


def test_a_page_of_boxes_without_end_is_read_as_far_as_a_page_goes() -> None:
    began = time.process_time()
    read_page("- [x] Approve\n" * (MEBIBYTE // 14), lambda _ids, _qualifier: ())
    assert time.process_time() - began < 30


def test_a_text_is_made_legible_and_keeps_its_lines_and_tabs() -> None:
    assert legible("a\tb\r\nc\x1b[31m\u202e") == "a\tb\nc␛[31m<U+202E>"
