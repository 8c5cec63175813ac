"""Whatever stands in a buffer, and wherever the pointer is, there is an answer."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from dispatchd.domain.identifiers import DocumentPath
from dispatchd.lsp.actions import actions_on
from dispatchd.lsp.completing import proposals_at
from dispatchd.lsp.hovering import hover_at
from dispatchd.lsp.notes import notes_on
from dispatchd.lsp.page import Page, Span, Spot
from dispatchd.lsp.references import reference_at, references_on, target_of
from dispatchd.lsp.renaming import stage_at
from dispatchd.lsp.wire import Wire
from tests.application.world import World
from tests.lsp.conftest import EPIC, ISSUE, PROPOSAL, moment_of

PIECES = (
    "---\n", "\n", "status: ", "status: in_review", "depends_on: [i-", "]", "- [ ] Approve", "- [x] Reject:",
    "### ", "## Stages\n", "Gate: ", "[[", "[x](../a b.md)", "@", "  - i-2b9x\n", "𝄞", "\r\n", "\t", ": ", "#",
    "```\n", "> dispatchd: x\n", " # dispatchd: kept", "id: i-7k2m\n", "e-3fq9", "\x00", "\u2028",
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 30), st.sampled_from(PIECES)), min_size=1, max_size=5
)
PATHS = st.sampled_from(
    [ISSUE, EPIC, PROPOSAL, "agents/ash/agent.md", "config.toml", "issues/new.md", "x.md"]
)


def check_spans(page: Page, spans: list[Span]) -> None:
    wire = Wire(page, "file:///x.md")
    for span in spans:
        assert 0 <= span.line < len(page.lines)
        assert 0 <= span.start <= span.end <= len(page.lines[span.line])
        assert wire.range(span).start.line == span.line


@given(path=PATHS, edits=EDITS, at=st.tuples(st.integers(0, 60), st.integers(0, 80)))
@settings(max_examples=120, deadline=None)
def test_every_question_has_an_answer_at_every_place(
    world: World, tree: Path, path: str, edits: list[tuple[int, int, str]], at: tuple[int, int]
) -> None:
    text = world.read(path) if path in world.paths() else ""
    for start, length, piece in edits:
        place = start % (len(text) + 1)
        text = text[:place] + piece + text[place + length :]
    page = Page(DocumentPath(path), text)
    wire = Wire(page, "file:///x.md")
    spot: Spot = wire.spot(types.Position(*at))
    with moment_of(world, tree) as moment:
        check_spans(page, [note.span for note in notes_on(page, moment)])
        proposed = [each.span for each in proposals_at(page, spot, moment)]
        check_spans(page, proposed)
        assert all(span.holds(spot) for span in proposed)
        check_spans(page, [action.span for action in actions_on(page, moment, spot.line, spot.line)])
        hovered = hover_at(page, spot, moment)
        check_spans(page, [hovered[0]] if hovered else [])
        for line in range(len(page.lines)):
            for reference in references_on(page, line):
                target_of(page, reference, moment)
        reference_at(page, spot)
        stage = stage_at(page, spot)
        check_spans(page, [stage] if stage else [])
