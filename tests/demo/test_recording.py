"""The picture in README against what the commands print now."""

from pathlib import Path

from rich.text import Text

from tests.demo.recording import PICTURE, draw, screen_of, words_in
from tests.demo.session import COLUMNS, Exchange, play, without_what_passes
from tests.demo.stage import CHECKOUT


def test_the_picture_shows_what_the_commands_print(tmp_path: Path) -> None:
    shown = "\n".join(words_in(PICTURE.read_text(encoding="utf-8")))
    played = "\n".join(words_in(draw(screen_of(play(tmp_path / "doorbell")))))
    assert without_what_passes(shown) == without_what_passes(played), "draw it anew: make recording"


def test_the_picture_stands_in_the_readme_and_loads_nothing_from_elsewhere() -> None:
    assert f"({PICTURE.relative_to(CHECKOUT)})" in (CHECKOUT / "README.md").read_text(encoding="utf-8")
    picture = PICTURE.read_text(encoding="utf-8")
    assert "url(http" not in picture
    assert "<script" not in picture


def test_words_are_read_back_from_a_picture_as_they_stand_on_the_screen() -> None:
    shown = "\x1b[1mbold\x1b[0m  and <plain> & \x1b[36mcyan\x1b[0m\n\nbelow"
    picture = draw(screen_of([Exchange(typed="echo  # aside", shown=shown)]))
    assert words_in(picture) == ["$ echo  # aside", "bold  and <plain> & cyan", "below"]


def test_a_line_goes_on_below_where_a_terminal_of_that_width_ends() -> None:
    long = "x" * COLUMNS + "yz"
    assert [line.plain for line in screen_of([Exchange(typed="cat", shown=long)])] == [
        "$ cat",
        "x" * COLUMNS,
        "yz",
    ]


def test_what_is_another_each_time_is_no_difference() -> None:
    one = "i-7k2m runs (pid 12) since 2026-11-21 07:12Z  abc123  Alice\nrev: r5f0c2a91"
    other = "i-9xw4 runs (pid 4711) since 2027-01-02 23:59Z  zzz999  Alice\nrev: r00000001"
    assert without_what_passes(one) == without_what_passes(other)
    assert without_what_passes(one) != without_what_passes(one.replace("Alice", "Bob"))


def test_an_empty_line_stays_one() -> None:
    assert screen_of([Exchange(typed="cat", shown="a\n\nb")])[2] == Text("")
