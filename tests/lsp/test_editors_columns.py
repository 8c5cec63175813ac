import pytest
from lsprotocol import types

from dispatchd.domain.identifiers import DocumentPath
from dispatchd.lsp.page import Page, Spot
from dispatchd.lsp.wire import Wire

TEXT = "a\nö𝄞b\n"


@pytest.mark.parametrize(
    ("encoding", "units"),
    [
        (None, [0, 1, 3, 4]),
        (types.PositionEncodingKind.Utf8, [0, 2, 6, 7]),
        (types.PositionEncodingKind.Utf32, [0, 1, 2, 3]),
    ],
)
def test_columns_are_counted_as_the_editor_counts_them(encoding: str | None, units: list[int]) -> None:
    wire = Wire(Page(DocumentPath("issues/x.md"), TEXT), "file:///x.md", encoding)
    assert [wire.position(1, column).character for column in range(4)] == units
    assert [wire.spot(types.Position(1, unit)).column for unit in units] == [0, 1, 2, 3]


def test_a_place_beyond_the_text_is_its_end() -> None:
    wire = Wire(Page(DocumentPath("issues/x.md"), TEXT), "file:///x.md")
    assert wire.spot(types.Position(1, 99)) == Spot(1, 3)
    assert wire.spot(types.Position(99, 0)) == Spot(2, 0)
