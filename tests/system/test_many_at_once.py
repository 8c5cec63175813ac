"""Many files at once, and files that change their names: sed, rm, mv and cp as people use them."""

import pytest

from tests.system.desk import Desk

MANY = 200


def lay(desk: Desk, count: int, folder: str = "issues") -> list[str]:
    """Issues with a text each, adopted."""
    names = [f"{folder}/issue {number:03}.md" for number in range(count)]
    for number, name in enumerate(names):
        desk.save(name, f"Text of issue {number}.\n")
    desk.sync()
    return names


def test_028_sed_over_two_hundred_files_is_two_hundred_edits(desk: Desk) -> None:
    names = lay(desk, MANY)
    assert len(desk.issues()) == MANY
    desk.sed("s/^priority: .*/priority: high/", *names)
    desk.sync()
    assert [issue["priority"] for issue in desk.issues().values()] == ["high"] * MANY
    types = desk.event_types()
    assert (types.count("IssueOpened"), types.count("FactSet")) == (MANY, MANY)
    print(f"{MANY} files: {len(desk.commits())} commits, {len(types)} events")
    assert len(desk.commits()) < 40
    assert desk.problems() == []
    desk.is_level()


@pytest.mark.parametrize(
    ("answer", "standing", "state"), [("Restore them", 20, "unassigned"), ("Yes", 5, "cancelled")]
)
def test_a_mass_deletion_asks_and_either_answer_is_followed(
    answer: str, standing: int, state: str, desk: Desk
) -> None:
    names = lay(desk, 20)
    before = {name: desk.read(name) for name in names}
    ids = {name: desk.fact(name, "id") for name in names}
    desk.do("rm", *names[5:], cwd=desk.tree)
    desk.sync()
    assert {issue["status"] for issue in desk.issues().values()} == {"unassigned"}
    path = desk.only("inbox/t-*.md")
    assert "15 files are gone" in desk.read(path)
    assert path in desk.dispatchd("status")
    desk.sed(f"s/- \\[ \\] {answer}/- [x] {answer}/", path)
    desk.sync()
    assert len(list(desk.tree.glob("issues/issue *.md"))) == standing
    assert [desk.json("issue", "show", ids[name])["status"] for name in names[5:]] == [state] * 15
    assert all(desk.read(name) == before[name] for name in names[:standing])
    assert not list(desk.tree.glob("inbox/t-*.md"))
    desk.is_level()


def test_047_a_renamed_folder_moves_its_files_and_deletes_nothing(desk: Desk) -> None:
    lay(desk, 30, "issues/login")
    ids = sorted(desk.issues())
    desk.path("issues/login").rename(desk.path("issues/sign in"))
    desk.sync()
    issues = desk.issues()
    assert sorted(issues) == ids
    assert all(issue["path"].startswith("issues/sign in/") for issue in issues.values())
    assert {issue["status"] for issue in issues.values()} == {"unassigned"}
    types = desk.event_types()
    assert types.count("DocumentMoved") == 30
    assert "EntityRemoved" not in types
    assert not list(desk.tree.glob("inbox/t-*.md"))
    desk.is_level()


def test_073_a_copy_becomes_an_issue_of_its_own(desk: Desk) -> None:
    (name,) = lay(desk, 1)
    original = desk.fact(name, "id")
    desk.do("cp", "-p", name, "issues/a copy.md", cwd=desk.tree)
    desk.sync()
    assert desk.fact(name, "id") == original
    assert original in desk.read("issues/a copy.md").partition("rev:")[0]
    copy = desk.fact("issues/a copy.md", "id").partition(" ")[0]
    assert copy != original
    assert sorted(desk.issues()) == sorted([original, copy])
    desk.is_level()


def test_076_two_files_that_swap_their_names_stay_themselves(desk: Desk) -> None:
    one, other = lay(desk, 2)
    ids = {name: desk.fact(name, "id") for name in (one, other)}
    desk.do("sh", "-c", f"mv '{one}' x~ && mv '{other}' '{one}' && mv x~ '{other}'", cwd=desk.tree)
    desk.sync()
    assert (desk.fact(one, "id"), desk.fact(other, "id")) == (ids[other], ids[one])
    assert "issue 1" in desk.read(one)
    assert "issue 0" in desk.read(other)
    paths = {id_: issue["path"] for id_, issue in desk.issues().items()}
    assert paths == {ids[one]: other, ids[other]: one}
    assert {issue["status"] for issue in desk.issues().values()} == {"unassigned"}
    desk.is_level()


def test_a_file_renamed_while_it_is_edited_keeps_its_id_and_the_edit(desk: Desk) -> None:
    (name,) = lay(desk, 1)
    known = desk.fact(name, "id")
    desk.do(
        "sh",
        "-c",
        f"sed -i 's/^status: .*/status: queued/' '{name}' && mv '{name}' issues/new.md",
        cwd=desk.tree,
    )
    desk.sync()
    assert {id_: (issue["path"], issue["status"]) for id_, issue in desk.issues().items()} == {
        known: ("issues/new.md", "queued")
    }
    desk.is_level()


def test_inv7_an_edit_made_while_the_file_is_gone_beats_its_deletion(desk: Desk) -> None:
    (name,) = lay(desk, 1)
    known, text = desk.fact(name, "id"), desk.read(name)
    desk.path(name).unlink()
    desk.save(name, text.replace("status: unassigned", "status: queued"))
    desk.sync()
    assert {id_: issue["status"] for id_, issue in desk.issues().items()} == {known: "queued"}
    desk.path(name).unlink()
    desk.sync()
    assert desk.json("issue", "show", known)["status"] == "cancelled"
    desk.dispatchd("restore", known)
    desk.sync()
    assert desk.fact(name, "id") == known
    desk.is_level()
