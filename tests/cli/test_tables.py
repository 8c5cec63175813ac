from hypothesis import given
from hypothesis import strategies as st

from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Screen, display_width

COLUMNS = (Column(title="id"), Column(title="status"), Column(title="title", gives_way=True))


def test_columns_are_aligned_by_what_the_eye_sees() -> None:
    rows = [("i-1", "日本", "one"), ("i-22", "done", "two")]
    assert table(COLUMNS, rows, Screen()) == ["i-1   日本  one", "i-22  done  two"]


def test_a_pipe_gets_no_header_and_nothing_is_cut() -> None:
    long = "x" * 300
    assert table(COLUMNS, [("i-1", "done", long)], Screen()) == [f"i-1  done  {long}"]


def test_a_header_in_a_pipe_stands_above_its_columns() -> None:
    lines = table(COLUMNS, [("i-1", "done", "one")], Screen(), headed=True)
    assert lines == ["id   status  title", "i-1  done    one"]


def test_a_terminal_gets_a_header_and_the_title_gives_way() -> None:
    lines = table(COLUMNS, [("i-1", "done", "x" * 300)], Screen(width=40))
    assert lines[0] == "id   status  title"
    assert lines[1] == "i-1  done    " + "x" * 26 + "…"


def test_a_column_that_is_empty_everywhere_is_left_out() -> None:
    assert table(COLUMNS, [("i-1", "", "one"), ("i-2", "", "two")], Screen()) == ["i-1  one", "i-2  two"]


def test_no_rows_are_no_lines() -> None:
    assert table(COLUMNS, [], Screen(width=80)) == []


@given(st.lists(st.tuples(st.text(), st.text(), st.text())), st.integers(60, 200))
def test_no_line_is_wider_than_the_terminal_while_columns_can_give_way(
    rows: list[tuple[str, str, str]], width: int
) -> None:
    columns = tuple(Column(title=title, gives_way=True) for title in ("a", "b", "c"))
    assert all(display_width(line) <= width for line in table(columns, rows, Screen(width=width)))


@given(
    st.lists(st.tuples(*[st.text(st.sampled_from("ab \té漢")) for _ in range(3)]), max_size=6),
    st.integers(0, 4),
)
def test_what_is_piped_stands_as_on_a_terminal_with_room(
    rows: list[tuple[str, str, str]], indent: int
) -> None:
    columns = [Column(), Column(gives_way=True), Column()]
    assert table(columns, rows, Screen(), indent) == table(columns, rows, Screen(width=500), indent)
