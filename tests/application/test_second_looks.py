"""In which order new files are tried again that name what is not there yet."""

from dispatchd.application.second_looks import EarlierLook, SecondLooks
from dispatchd.domain.identifiers import DocumentPath


def waiting(*looks: tuple[str, str, str]) -> SecondLooks:
    """Files by name, each with the id it says it has and the id it misses."""
    kept = SecondLooks()
    for name, written, missed in looks:
        kept.wait(DocumentPath(name), EarlierLook(population=0, written=written, missed=missed))
    return kept


def in_turn(looks: SecondLooks) -> list[str]:
    """The waiting files in the order in which they are to be tried."""
    turns = looks.turns()
    return [str(path) for path in sorted(turns, key=turns.__getitem__)]


def test_a_chain_is_tried_from_the_end_that_is_free_whatever_order_its_files_came_in() -> None:
    looks = waiting(("b", "i-bbbb", "i-cccc"), ("d", "i-dddd", "i-here"), ("a", "i-aaaa", "i-bbbb"))
    looks.wait(DocumentPath("c"), EarlierLook(population=0, written="i-cccc", missed="i-dddd"))

    assert in_turn(looks) == ["d", "c", "b", "a"]


def test_files_that_wait_for_each_other_come_last_and_in_the_order_of_their_waiting() -> None:
    looks = waiting(
        ("b", "i-bbbb", "i-aaaa"),
        ("a", "i-aaaa", "i-bbbb"),
        ("on-a", "i-cccc", "i-aaaa"),
        ("free", "i-dddd", "i-x"),
    )

    assert in_turn(looks) == ["free", "b", "a", "on-a"]


def test_a_file_that_nobody_has_tried_yet_comes_before_all_that_wait() -> None:
    looks = waiting(("a", "i-aaaa", "i-here"))
    turns = looks.turns()

    assert turns[DocumentPath("new")] < turns[DocumentPath("a")]


def test_what_was_tried_again_frees_what_waits_for_it() -> None:
    looks = waiting(("a", "i-aaaa", "i-bbbb"), ("b", "i-bbbb", "i-aaaa"), ("c", "i-cccc", "i-bbbb"))
    looks.begin(DocumentPath("b"))

    assert in_turn(looks) == ["a", "c"]
