"""Conflict markers as git writes them, taken apart again."""

import pytest

from dispatchd.reconcile.marked_text import read_marked

PLAIN = "One\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> side\nLast\n"
WITH_BASE = "One\n<<<<<<< HEAD\nours\n||||||| 1a2b3c4\nbefore\n=======\ntheirs\n>>>>>>> side\nLast\n"


@pytest.mark.parametrize(("text", "base"), [(PLAIN, "One\nLast\n"), (WITH_BASE, "One\nbefore\nLast\n")])
def test_each_version_has_all_that_stands_outside(text: str, base: str) -> None:
    marked = read_marked(text.encode())
    assert marked is not None
    assert (marked.base, marked.one, marked.other) == (base, "One\nours\nLast\n", "One\ntheirs\nLast\n")
    assert marked.shows("ours")
    assert not marked.shows("another")


@pytest.mark.parametrize(
    "text", ["One\n", "A <<<<<<< b\n", PLAIN.replace("=======\n", ""), PLAIN.partition(">>>")[0]]
)
def test_what_is_no_whole_conflict_is_none(text: str) -> None:
    assert read_marked(text.encode()) is None
