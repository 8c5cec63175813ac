"""Files named by rule, when a person asks: in their folders, over nothing, by whoever asked."""

from dataclasses import replace
from typing import Any

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import DocumentMoved
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World
from tests.fakes.instant_store import run


@pytest.fixture(autouse=True)
def _issues(world: World) -> None:
    world.save("issues/login timeout.md", "---\nid: i-7k2m\n---\n\n# Login times out\n")
    world.save("issues/sub/form.md", "---\nid: i-8p3q\n---\n\n# The form\n")
    world.save("epics/e.md", "---\nid: e-3fq9\n---\n\n# Passwordless login\n")
    world.save("context/style.md", "# Style\n")
    world.settle()


def tidy(world: World, *paths: str, dry_run: bool = False) -> Any:
    result = world.ask(Verb.TIDY, paths=paths, dry_run=dry_run)
    world.settle()
    return [(each["from"], each["to"]) for each in result["items"]]


RENAMED = [
    ("epics/e.md", "epics/e-3fq9-passwordless-login.md"),
    ("issues/login timeout.md", "issues/i-7k2m-login-times-out.md"),
    ("issues/sub/form.md", "issues/sub/i-8p3q-the-form.md"),
]


def test_files_are_named_after_their_titles_in_their_folders_in_one_commit(world: World) -> None:
    texts = {old: world.read(old) for old, _ in RENAMED}
    before = len(world.commits())
    assert tidy(world) == RENAMED
    for old, new in RENAMED:
        assert world.read(new) == texts[old]
        assert world.on_branch(old) is None
        assert world.on_branch(new) == texts[old]
    (commit,) = world.commits()[before:]
    assert commit.author.name == "Alice Doe"
    assert world.read("context/style.md") == "# Style\n"
    assert "Alice Doe moves epics/e.md to epics/e-3fq9-passwordless-login.md" in world.told()
    assert tidy(world) == []


def test_a_dry_run_only_says_so(world: World) -> None:
    assert tidy(world, dry_run=True) == RENAMED
    assert "issues/login timeout.md" in world.paths()
    assert not world.happened("DocumentMoved")


def test_it_can_be_asked_of_some_of_them(world: World) -> None:
    assert tidy(world, "issues/sub") == RENAMED[2:]
    assert tidy(world, "e-3fq9") == RENAMED[:1]
    with pytest.raises(Rejected, match='there is no "nowhere"'):
        tidy(world, "nowhere")


def test_the_title_of_now_counts(world: World) -> None:
    tidy(world)
    world.edit("issues/i-7k2m-login-times-out.md", "title: Login times out", "title: Sign-in hangs")
    world.settle()
    assert "issues/i-7k2m-login-times-out.md" in world.paths()
    assert tidy(world) == [("issues/i-7k2m-login-times-out.md", "issues/i-7k2m-sign-in-hangs.md")]


def test_nothing_is_written_over(world: World) -> None:
    world.tree.save("issues/i-7k2m-login-times-out.md", b"\xff\xfe not text")
    world.hint("issues/i-7k2m-login-times-out.md")
    world.settle()
    before = world.tree.content("issues/i-7k2m-login-times-out.md")
    result = world.ask(Verb.TIDY, paths=("issues/login timeout.md",))
    world.settle()
    assert result["taken"] == [{"from": "issues/login timeout.md", "to": "issues/i-7k2m-login-times-out.md"}]
    assert world.tree.content("issues/i-7k2m-login-times-out.md") == before
    assert "issues/login timeout.md" in world.paths()


def test_a_save_that_comes_between_is_kept(world: World) -> None:
    world.ask(Verb.TIDY, paths=("issues/login timeout.md",))
    world.edit("issues/login timeout.md", "# Login times out", "# Login times out\n\nMore.")
    world.settle()
    assert "More." in world.read("issues/i-7k2m-login-times-out.md")
    assert "issues/login timeout.md" not in world.paths()


def test_links_that_the_daemon_wrote_stay_right(world: World) -> None:
    world.ask(Verb.ASK, speaker="ash", question="Which hash?", issue="i-8p3q")
    world.settle()
    line = world.read("issues/sub/form.md").split("## Activity\n")[1]
    tidy(world)
    assert world.read("issues/sub/i-8p3q-the-form.md").split("## Activity\n")[1] == line
    assert "(../../inbox/" in line


def test_agents_rename_nothing(world: World) -> None:
    with pytest.raises(Rejected, match="not for an agent to decide"):
        world.ask(Verb.TIDY, speaker="ash")


def test_a_file_that_is_deleted_before_it_was_renamed_is_deleted(world: World) -> None:
    world.tree.delete("issues/login timeout.md")
    result = world.ask(Verb.TIDY, paths=("issues/login timeout.md",))
    assert len(result["items"]) == 1
    world.hint("issues/login timeout.md")
    world.settle()
    assert world.entity("i-7k2m").removed
    world.ask(Verb.RESTORE, id="i-7k2m")
    world.settle()
    assert "issues/login timeout.md" in world.paths()


def test_a_file_that_is_written_in_is_renamed_later_by_whoever_asked(world: World) -> None:
    world.save("issues/login timeout.md", world.read("issues/login timeout.md") + "\n## Activity\n\nHalf a\n")
    world.advance(1.0)
    world.ask(Verb.TIDY, paths=("issues/login timeout.md",))
    world.settle()
    assert "Half a" in world.read("issues/i-7k2m-login-times-out.md")
    assert "Alice Doe moves issues/login timeout.md to issues/i-7k2m-login-times-out.md" in world.told()


def test_a_move_of_the_daemons_that_it_could_not_note_is_nobody_elses(world: World) -> None:
    """On a full disk the rename is done and the database takes nothing: the file then turns up at its new place."""
    world.save("issues/a.md", "---\nid: i-aaaa\ntitle: A\n---\n")
    world.settle()
    target = DocumentPath("issues/i-aaaa-a.md")
    record = world.record("issues/a.md")
    assert record is not None
    wanted = replace(record, wanted_path=target)
    run(world.store.transact(lambda work: work.documents.save(wanted)))
    world.rename("issues/a.md", target)
    world.settle()
    assert movers(world) == ["dispatchd"]
    assert world.on_branch(target) == world.read(target)
    world.rename(target, "issues/b.md")
    world.settle()
    assert movers(world) == ["dispatchd", "alice"]


def movers(world: World) -> list[str]:
    return [
        each.circumstance.actor.handle for each in world.events() if isinstance(each.event, DocumentMoved)
    ]
