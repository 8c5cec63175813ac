"""`epic new` and what `epic show` says of lists."""

from pathlib import Path

from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble


def test_a_new_epic_takes_its_outline_from_a_file_and_its_name_where_nothing_else_has_one(
    composition: CompositionDouble, call: Call, tmp_path: Path
) -> None:
    small.fill(composition.root)
    outline = tmp_path / "cloud.md"
    outline.write_text("- a\n", encoding="utf-8")
    code, out, _ = call("epic", "new", "--from", str(outline))
    assert (code, out) == (0, "i-7k2m\n")
    assert composition.asked[-1].arguments == {"outline": "- a\n", "name": "cloud"}
    call("epic", "new", "Cloud", "--from", "-", stdin="- b\n")
    assert composition.asked[-1].arguments == {"title": "Cloud", "outline": "- b\n"}


def test_an_epic_needs_a_title_or_an_outline(call: Call) -> None:
    code, _, err = call("epic", "new")
    assert code == 2
    assert "dispatchd epic new --from outline.md" in err
