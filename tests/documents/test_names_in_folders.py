"""What a plain name is for is told by its folder, without a look at the whole path: it has to be the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.tree_paths import PathRole, is_plain_name, role_of, role_of_plain_names_in
from dispatchd.domain.identifiers import DocumentPath

FOLDERS = (
    "issues",
    "issues/deep/deeper",
    "issues/.hidden",
    ".git",
    "archive/2026/11",
    "agents",
    "agents/ash",
    "agents/ash/inbox",
    "context",
    "prompts",
    "evidence",
    "workflows",
    "notes",
    "issues/no \udcff text",
)
NAMES = st.from_regex(r"[A-Za-z0-9-]{1,8}(\.md|\.txt|)", fullmatch=True)


@given(folder=st.sampled_from(FOLDERS), name=NAMES)
def test_a_plain_name_is_for_what_any_other_name_there_is_for(folder: str, name: str) -> None:
    if is_plain_name(name):
        # A dot within makes a name that is looked at as a whole.
        other = role_of(DocumentPath(f"{folder}/x.{name}"))
        assert role_of(DocumentPath(f"{folder}/{name}")) is other is role_of_plain_names_in(folder)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "readme.md",
        "Agent.md",
        "agent.md",
        "_draft.md",
        ".a.md",
        "4913",
        "sed1aB9zZ",
        "a.md~",
        "ü.md",
    ],
)
def test_names_that_mean_something_are_not_plain(name: str) -> None:
    assert not is_plain_name(name)


def test_names_that_mean_something_keep_their_meaning() -> None:
    assert role_of(DocumentPath("issues/README.md")) is PathRole.GUIDE
    assert role_of(DocumentPath("agents/ash/agent.md")) is PathRole.ENTITY
    assert role_of(DocumentPath("agents/ash/notes.md")) is PathRole.MISPLACED
    assert role_of(DocumentPath("notes.md")) is PathRole.MISPLACED
