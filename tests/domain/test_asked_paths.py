"""Paths are brought into one form before a rule looks at them; what leaves the worktree is allowed by no rule for within."""

import pytest

from dispatchd.domain.asked_paths import leaves_worktree, may_be_allowed, normal_path, path_fits

TREE = "/w/i-7k2m"


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("docs/../src/auth/keys.py", "src/auth/keys.py"),
        ("./docs//a.md", "docs/a.md"),
        (f"{TREE}/docs/a.md", "docs/a.md"),
        (f"{TREE}/../other/a.md", "/w/other/a.md"),
        ("docs/../../x", "../x"),
        ("/../../etc/passwd", "/etc/passwd"),
        (TREE, "."),
        (f"{TREE}-2/a", f"{TREE}-2/a"),
    ],
)
def test_a_path_has_one_form(path: str, normal: str) -> None:
    assert normal_path(path, TREE) == normal


@pytest.mark.parametrize("path", ["../x", "docs/../..", "/etc/passwd", "~/.ssh/id", "docs/../../i-other/a"])
def test_what_leaves_the_worktree_is_told_from_what_does_not(path: str) -> None:
    assert leaves_worktree(normal_path(path, TREE))
    assert not may_be_allowed(path, "*")
    assert not may_be_allowed(path, "docs/*")


def test_a_rule_that_names_a_place_outside_may_have_it() -> None:
    assert may_be_allowed("/tmp/x", "/tmp/*")  # noqa: S108 -- a name, no file
    assert not leaves_worktree("..a/b")


def test_a_folder_at_the_top_fits_what_is_for_a_folder_anywhere() -> None:
    assert path_fits("auth/keys.py", "*/auth/*")
    assert path_fits("src/auth/keys.py", "*/auth/*")
    assert not path_fits("docs/../src/auth/keys.py", "docs/*")
