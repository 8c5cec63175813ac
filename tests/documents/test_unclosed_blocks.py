"""Blocks that are never closed: told of, and closed where an agent left them open."""

import pytest

from dispatchd.documents.markdown_outline import BlockKind, outline
from dispatchd.documents.unclosed_blocks import closed, unclosed_blocks

OPEN = (
    "Words.\n\n```\ncode",
    "~~~~ text\ncode\n~~~",
    "Words.\n<!-- hidden\n\nstill",
    "Words.\n\n<!-- hidden",
    "<script><pre>\n\nx",
    "<pre>",
    "<style\n\na",
    "<?php\n\nx",
    "<![CDATA[\n\nx",
    "<!DOCTYPE\n\nx",
    "> quoted\n\n```\nx\n````x",
    "<!-- a\n\n```\nb",
)
CLOSED = (
    "",
    "Words.",
    "```\ncode\n```",
    "<!-- seen -->",
    "<script>a</script>",
    "<div>\nx",
    "- item\n\n  ```\n  code",
    "> ```\n> code",
    "a `<!--` b",
)


@pytest.mark.parametrize("text", OPEN)
def test_what_is_left_open_is_told_and_closed(text: str) -> None:
    assert closed(text) != text
    below = outline(f"{closed(text)}\n\n## Votes\n", 0).blocks[-1]
    assert (below.kind, below.text) == (BlockKind.HEADING, "Votes")
    for word in text.split():
        assert word in closed(text)


@pytest.mark.parametrize("text", [text for text in OPEN if "Words.\n<!" not in text])
def test_what_swallows_the_end_of_a_file_is_a_problem(text: str) -> None:
    (problem,) = unclosed_blocks(outline(f"{text}\n\n## Votes\n", 0))
    assert "never closed" in problem.what


@pytest.mark.parametrize("text", CLOSED)
def test_what_ends_by_itself_stays_as_it_is(text: str) -> None:
    assert closed(text) == text
    assert list(unclosed_blocks(outline(f"{text}\n\n## Votes\n", 0))) == []
