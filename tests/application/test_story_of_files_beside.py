"""Files beside the documents: templates are kept as they are, and what is no document by its name is said so."""

import pytest

from dispatchd.application.strangers import note_strangers
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.identifiers import DocumentPath
from tests.application.invariants import check_all
from tests.application.world import World
from tests.fakes.instant_store import run

TEMPLATE = "issues/_template.md"


def test_a_template_is_committed_like_any_other_text_and_is_no_issue(world: World) -> None:
    world.save(TEMPLATE, "---\ntitle: What should be true\n---\n\nWhy.\n")
    world.settle()
    assert world.on_branch(TEMPLATE) == world.read(TEMPLATE)
    world.edit(TEMPLATE, "Why.", "Why, and for whom.")
    world.settle()
    assert world.on_branch(TEMPLATE) == world.read(TEMPLATE)
    assert world.read(TEMPLATE).endswith("Why, and for whom.\n")
    assert not world.happened("IssueOpened")
    assert world.subjects()[-1].startswith("Alice Doe: ")
    check_all(world)


def test_a_template_that_is_deleted_goes_from_the_branch_too(world: World) -> None:
    world.save(TEMPLATE, "Text\n")
    world.settle()
    world.delete(TEMPLATE)
    world.settle()
    assert world.on_branch(TEMPLATE) is None
    check_all(world)


@pytest.mark.parametrize("name", ["login.txt", "login.MD", "login"])
def test_a_text_that_is_no_document_by_its_name_is_told_of_until_it_is_one(world: World, name: str) -> None:
    world.save(f"issues/{name}", "Login times out\n")
    world.settle()
    run(note_strangers(world.session))
    assert [(each.path, each.what, "Call it login.md" in each.hint) for each in world.problems()] == [
        (f"issues/{name}", "Nothing is done with this file, because its name does not end in .md", True)
    ]
    world.delete(f"issues/{name}")
    world.save("issues/login.md", "Login times out\n")
    world.settle()
    run(note_strangers(world.session))
    assert not world.problems()
    assert len(world.happened("IssueOpened")) == 1


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("issues/sub/login.markdown", PathRole.MISPLACED),
        ("inbox/answer", PathRole.MISPLACED),
        ("issues/shot.png", PathRole.IGNORED),
        ("issues/.hidden.txt", PathRole.IGNORED),
        ("issues/4913", PathRole.IGNORED),
        ("issues/_notes.txt", PathRole.IGNORED),
        ("issues/.obsidian/_x.md", PathRole.IGNORED),
        ("notes.txt", PathRole.IGNORED),
        ("_notes.md", PathRole.IGNORED),
        ("context/a.txt", PathRole.IGNORED),
        ("epics/_template.md", PathRole.TEMPLATE),
    ],
)
def test_what_a_file_is_for_is_told_by_its_place_and_name(path: str, role: PathRole) -> None:
    assert role_of(DocumentPath(path)) is role
