"""How programs put a file in place, and what two of them at once come to."""

import unicodedata

import pytest

from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

A = "issues/a.md"
FOLDER = "issues/login"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\nid: i-7k2m\ntitle: A thing\n---\n\nFirst line\n\nSecond line\n")
    world.settle()


def test_027_a_text_written_beside_and_moved_in_while_the_old_one_moves_out_is_one_edit(world: World) -> None:
    new = world.read(A).replace("unassigned", "queued").replace("Second", "Second, longer")
    beside, backup = f"{A}___jb_tmp___", f"{A}___jb_old___"
    world.save(beside, new)
    world.round()
    world.rename(A, backup)
    world.advance(0.05)
    world.rename(beside, A)
    world.round()
    world.tree.delete(backup)
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert len(world.happened("IssueMoved")) == 1
    assert "Second, longer" in world.read(A)
    assert len(world.happened("IssueOpened")) == 1
    assert not world.happened("EntityRemoved")
    assert world.paths("issues/") == [A]


def test_037_two_programs_that_save_in_turns_come_to_rest_and_cost_little(world: World) -> None:
    calls = len(world.tree.system.call_names)
    for number in range(300):
        line = "First line" if number % 2 else "Second line"
        text = world.read(A)
        start = text.index(line)
        end = text.index("\n", start)
        world.save(A, f"{text[:start]}{line}, save {number}{text[end:]}", by_rename=number % 4 < 2)
        world.advance(0.05)
    world.settle()
    assert "First line, save 299" in world.read(A)
    assert "Second line, save 298" in world.read(A)
    assert len(world.happened("ProseRevised")) <= 3
    assert world.tree.system.call_names[calls:].count("exchange") <= 15


@pytest.mark.parametrize("seconds", [0.5, 90.0])
@pytest.mark.parametrize("count", [3, 8])
def test_048_a_folder_moved_out_and_back_holds_the_same_documents(
    world: World, count: int, seconds: float
) -> None:
    paths = [f"{FOLDER}/{number}.md" for number in range(count)]
    for number, path in enumerate(paths):
        world.save(path, f"---\nid: i-xx{number:02}\n---\n\nText {number}\n")
    world.settle()
    texts = {path: world.read(path) for path in paths}
    world.delete(*paths)
    world.advance(seconds)
    asked = bool(world.paths("inbox/"))
    assert asked is (count > 5 and seconds > 5)
    for path, text in texts.items():
        world.save(path, text)
        world.deleted.discard(path)
    world.settle()
    for number, path in enumerate(paths):
        issue = world.at(path)
        assert (issue.id, issue.removed) == (f"i-xx{number:02}", False)
        assert world.read(path).endswith(f"Text {number}\n")
    assert len(world.happened("IssueOpened")) == count + 1
    assert world.paths("inbox/") == []
    if asked or seconds < 2:
        assert not world.happened("EntityRemoved")


def test_070_a_name_in_another_unicode_form_is_the_same_document_elsewhere(world: World) -> None:
    name = "issues/Über café.md"
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    world.save(composed, "---\nid: i-nnnn\n---\n\nText\n")
    world.settle()
    world.rename(composed, decomposed)
    world.settle()
    assert world.at(decomposed).id == "i-nnnn"
    assert not world.entity("i-nnnn").removed
    world.save(composed, "Another text\n")
    world.settle()
    assert world.at(composed).id != "i-nnnn"
    assert world.read(decomposed).endswith("Text\n")


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u00ad", "\x07", "\uff10"])
def test_070_an_id_with_characters_nobody_sees_is_put_back(world: World, hidden: str) -> None:
    world.edit(A, "id: i-7k2m", f"id: i-7k{hidden}2m")
    world.settle()
    assert world.at(A).id == "i-7k2m"
    assert hidden not in world.field(A, "id").partition(" # dispatchd:")[0]
    assert len(world.happened("IssueOpened")) == 1
    assert not world.happened("EntityRemoved")


def test_077_a_name_that_changes_in_case_alone_is_a_move(world: World) -> None:
    world.rename(A, "issues/A.md")
    world.settle()
    assert world.at("issues/A.md").id == "i-7k2m"
    assert len(world.happened("DocumentMoved")) == 1
    world.save(A, "Another one\n")
    world.settle()
    assert world.at(A).id != "i-7k2m"
    assert "First line" in world.read("issues/A.md")
    assert world.read(A).endswith("Another one\n")
