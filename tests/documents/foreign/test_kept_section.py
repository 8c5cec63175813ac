from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.documents.foreign.item import Becomes, ForeignComment, ForeignItem, KeptFact
from dispatchd.documents.foreign.kept_section import body_with_kept, fitting
from dispatchd.documents.foreign.wording import moment, spoken, titled

ITEM = ForeignItem(source="beads:bd-1", becomes=Becomes.ISSUE, path="x", line=1, title="T", body="Text")


def test_facts_and_comments_stand_below_the_text() -> None:
    said = ForeignComment(by="a*da", text="One\n\nTwo", at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    kept = [KeptFact(key="close_reason", text="done"), KeptFact(key="notes", text="a\nb")]
    assert body_with_kept(replace(ITEM, comments=(said,)), kept) == (
        "Text\n\n## From beads\n\n- close reason: done\n- notes:\n\n  > a\n  > b\n\n"
        "### Comments\n\n**ada**, 2026-01-02 03:04Z\n\n> One\n>\n> Two\n"
    )


def test_an_item_with_nothing_to_keep_is_its_text() -> None:
    assert body_with_kept(ITEM, ()) == "Text\n"
    assert body_with_kept(replace(ITEM, body=""), ()) == ""


def test_what_is_too_long_is_cut_to_what_a_file_can_hold_and_counted() -> None:
    endless = "é\n" * 700_000
    said = tuple(ForeignComment(by="ada", text="\n" * 9 + "x") for _ in range(20_000))
    whole = replace(ITEM, body=endless, comments=said, kept=(KeptFact(key="k", text=endless),))
    fits, missing = fitting(whole)
    assert missing > 1_000_000
    assert len(body_with_kept(fits, fits.kept).encode()) < LARGEST_FILE - 10_000
    assert fitting(ITEM) == (ITEM, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-07-05", datetime(2025, 7, 5, tzinfo=UTC)),
        ("2025-07-05 09:12", datetime(2025, 7, 5, 9, 12, tzinfo=UTC)),
        ("2025-7-5", datetime(2025, 7, 5, tzinfo=UTC)),
        ("2025-11-02T21:58:07.295058-08:00", datetime(2025, 11, 3, 5, 58, 7, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-99-99", None),
        ("yesterday", None),
        (5, None),
        (None, None),
    ],
)
def test_moments_of_all_kinds_are_read(text: object, found: datetime | None) -> None:
    assert moment(text) == found


def test_any_value_can_be_said() -> None:
    assert spoken({"a": [1, None, "x"], "b": {}, "c": True}) == "a: 1, x; c: yes"
    assert spoken(0) == "0"


def test_a_title_is_one_line_and_never_endless() -> None:
    assert titled(" a\n\tb\u202e ", "x") == "a b"
    assert titled("\u0000", "x") == "x"
    assert len(titled("y" * 9_000, "x")) == 250
