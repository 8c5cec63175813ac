from itertools import pairwise

from tests.architecture.source import tracked_files

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "dispatchd",
    "docs",
    "example-workspace",
    "prompts",
    "pyproject.toml",
    "templates",
    "tests",
}


def test_the_top_level_is_closed() -> None:
    assert {path.split("/")[0] for path in tracked_files()} - TOP_LEVEL == set()


def test_test_files_have_names_of_their_own_and_their_folders_are_no_packages() -> None:
    tests = [path for path in tracked_files() if path.startswith("tests/") and path.endswith(".py")]
    assert [path for path in tests if path.endswith("__init__.py")] == []
    names = sorted(path.rsplit("/", 1)[1] for path in tests if "/test_" in path)
    assert [name for name, after in pairwise(names) if name == after] == []
