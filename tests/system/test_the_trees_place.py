"""The tree's folder taken away, exchanged, unmounted, moved and copied while the daemon runs."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from dispatchd.application.ports.store_failures import DatabaseAway
from dispatchd.composition.looking import Workspace, database_of, find_workspace, name_of
from dispatchd.composition.running import role_changed
from tests.system.desk import BRISK, PATIENCE_SECONDS, Desk, until
from tests.system.small_disk import attempt
from tests.system.standing_still import standing_still

PATH = "issues/login timeout.md"


@pytest.fixture
def issue(desk: Desk) -> str:
    desk.save(PATH, "The form gives up after two seconds.\n")
    desk.sync()
    return desk.fact(PATH, "id")


def halted(desk: Desk) -> None:
    until(lambda: "everything waits" in desk.logs(), "the daemon has not noticed")


@pytest.fixture
def mounted(idle_desk: Desk) -> Iterator[Desk]:
    """A workspace whose tree lies on a mount of its own."""
    desk = idle_desk
    kept = desk.root.parent / "kept"
    shutil.copytree(desk.tree, kept, symlinks=True)
    if not attempt("mount", "--bind", kept, desk.tree):
        pytest.skip(
            "mounting is refused here; a tree that is another folder is played by the tests of case 050"
        )
    # What stands below the mount is what an unmounted disk leaves: an empty folder.
    desk.up()
    yield desk
    desk.end()
    attempt("umount", "--lazy", desk.tree)


def test_051_a_tree_that_is_unmounted_halts_everything_and_goes_on_when_it_is_back(mounted: Desk) -> None:
    desk = mounted
    desk.save(PATH, "The form gives up after two seconds.\n")
    desk.sync()
    text, events = desk.read(PATH), desk.event_types()
    kept = desk.root.parent / "kept"
    assert attempt("umount", "--lazy", desk.tree)
    assert not desk.path(PATH).exists()
    halted(desk)
    assert not desk.path(PATH).exists()
    kept.joinpath(PATH).write_text(text.replace("unassigned", "queued"), encoding="utf-8")
    assert attempt("mount", "--bind", kept, desk.tree)
    until(lambda: [each["status"] for each in desk.issues().values()] == ["queued"], "it does not go on")
    desk.sync()
    assert desk.event_types() == [*events, "IssueMoved"]
    assert "Traceback" not in desk.logs()


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_050_what_stands_in_the_trees_place_is_never_followed_by_a_running_daemon(
    kind: str, desk: Desk, issue: str
) -> None:
    away = desk.root.parent / "away"
    text, events = desk.read(PATH), desk.event_types()
    desk.tree.rename(away)
    if kind == "link":
        desk.tree.symlink_to(away)
    else:
        desk.tree.mkdir()
    halted(desk)
    (away / PATH).write_text(text.replace("unassigned", "queued"), encoding="utf-8")
    assert desk.ask("sync", "--wait").code == 1
    assert (away / PATH).read_text(encoding="utf-8") == text.replace("unassigned", "queued")
    if kind == "link":
        desk.tree.unlink()
    else:
        assert not list(desk.tree.iterdir())
        desk.tree.rmdir()
    away.rename(desk.tree)
    until(lambda: desk.issues()[issue]["status"] == "queued", "it does not go on")
    desk.sync()
    assert desk.event_types() == [*events, "IssueMoved"]
    desk.is_level()


def test_093_a_repository_moved_under_its_daemon_goes_on_at_its_new_place(desk: Desk, issue: str) -> None:
    events = desk.event_types()
    moved = Desk(desk.root.rename(desk.root.parent / "elsewhere"), daemons=list(desk.daemons))
    until(lambda: "everything waits" in moved.logs(), "the daemon has not noticed", 2 * PATIENCE_SECONDS)
    moved.sed("s/^status: .*/status: queued/", PATH)
    moved.ask("down")
    moved.up()
    moved.sync()
    assert moved.event_types() == [*events, "IssueMoved"]
    assert moved.issues()[issue]["status"] == "queued"
    moved.is_level()
    moved.end()


def test_093_a_repository_moved_under_its_daemon_leaves_nothing_behind_and_may_come_back(
    desk: Desk, issue: str
) -> None:
    events = desk.event_types()
    shutil.rmtree(desk.private / "backups", ignore_errors=True)
    desk.down()
    desk.up()
    moved = Desk(desk.root.rename(desk.root.parent / "elsewhere"), daemons=list(desk.daemons))
    until(lambda: "no backup was made" in moved.logs() or backups(moved), "no backup is due")
    until(lambda: "everything waits" in moved.logs(), "the daemon has not noticed")
    assert not desk.root.exists()
    desk.do("mv", moved.root, desk.root, cwd=desk.root.parent)
    until(lambda: "work goes on" in desk.logs(), "it does not go on")
    desk.sed("s/^status: .*/status: queued/", PATH)
    desk.sync()
    assert desk.event_types() == [*events, "IssueMoved"]
    desk.is_level()


def while_it_moves_away(desk: Desk, look: Callable[[Workspace], object]) -> object:
    """What *look* comes to when the repository goes between the first of three files that say who decides and the second."""
    workspace = find_workspace(desk.root)
    settings = desk.path("config.toml")
    settings.unlink()
    os.mkfifo(settings)
    name = name_of(workspace)
    with ThreadPoolExecutor(max_workers=1) as beside:
        answer = beside.submit(look, workspace)
        with settings.open("w", encoding="utf-8") as half_read:
            desk.root.rename(desk.root.parent / "away")
            half_read.write(f'[workspace]\nhome = "{name}"\n')
        return answer.result()


def test_093_a_repository_that_moves_while_the_daemon_looks_who_decides_changes_no_role(
    idle_desk: Desk,
) -> None:
    assert while_it_moves_away(idle_desk, partial(role_changed, decided=True)) is False
    assert not idle_desk.root.exists()


def test_093_a_repository_that_moves_while_its_database_is_looked_for_is_away(idle_desk: Desk) -> None:
    with pytest.raises(DatabaseAway):
        while_it_moves_away(idle_desk, database_of)
    assert not idle_desk.root.exists()


def backups(desk: Desk) -> list[str]:
    return [file.name for file in (desk.private / "backups").glob("*.db")]


def test_093_a_copied_repository_says_that_it_is_one_and_the_original_goes_on(desk: Desk, issue: str) -> None:
    copy = Desk(desk.root.parent / "copy")
    with standing_still(desk):  # what goes while cp reads its folder would be a failure of cp's
        desk.do("cp", "-a", desk.root, copy.root)
    head = desk.tree_git("rev-parse", "dispatch")
    for words in (("status",), ("up",), ("issue", "new", "In the copy")):
        told = copy.ask(*words)
        assert told.code == 1, words
        assert "is no longer tied" in told.err, told.err
        assert "dispatchd doctor" in told.err, told.err
    assert "belongs to another repository" in copy.ask("doctor").out
    desk.sed("s/^status: .*/status: queued/", PATH)
    desk.sync()
    assert desk.issues()[issue]["status"] == "queued"
    assert copy.do("git", "rev-parse", "dispatch") == head
    desk.is_level()


def test_050_a_tree_made_again_by_hand_gets_what_only_the_database_held(bare_desk: Desk) -> None:
    desk = bare_desk
    desk.init({**BRISK, "commit_every": "3s", "adopt_after": "3s"})
    desk.save(PATH, "The form gives up after two seconds.\n")
    desk.sync()
    desk.up()
    desk.add(PATH, "Only for guests.\n")
    desk.save("issues/logout.md", "There is no way out.\n")
    until(lambda: holds(desk, "Only for guests", "There is no way out"), "the daemon has not seen it")
    # The daemon may write into the folder while it is emptied; a person says it again.
    until(lambda: is_taken_away(desk.tree), "the folder cannot be taken away")
    desk.git("worktree", "add", "-q", "-f", "-f", ".dispatch", "dispatch")
    halted(desk)
    assert "restore --all" in desk.dispatchd("status")
    desk.down()
    desk.up()
    desk.sync()
    for path, text in ((PATH, "Only for guests."), ("issues/logout.md", "There is no way out.")):
        assert text in desk.read(path)
        assert text in desk.tree_git("show", f"dispatch:{path}")
    assert "Traceback" not in desk.logs()


@pytest.mark.parametrize("words", [("restore", "--all"), ("doctor", "--fix", "--yes")])
def test_049_a_tree_removed_with_its_record_comes_back_with_what_only_the_database_held(
    words: tuple[str, ...], desk: Desk, issue: str
) -> None:
    desk.add(PATH, "Only for guests.\n")
    until(lambda: holds(desk, "Only for guests"), "the daemon has not seen it")
    until(lambda: desk.run("git", "worktree", "remove", "-f", "-f", ".dispatch").code == 0, "git cannot")
    halted(desk)
    for told in (desk.ask("status"), desk.ask("doctor")):
        assert told.code == 1
        assert "is gone" in told.out + told.err
        assert "restore --all" in told.out + told.err
    desk.ask(*words)
    assert "Only for guests." in desk.read(PATH)
    desk.sync()
    assert "Only for guests." in desk.tree_git("show", f"dispatch:{PATH}")
    assert desk.fact(PATH, "id") == issue
    assert "tied to this repository" in desk.ask("doctor").out
    desk.is_level()


def is_taken_away(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def holds(desk: Desk, *texts: str) -> bool:
    """Whether each of *texts* stands in the database by now."""
    with contextlib.closing(sqlite3.connect(desk.private / "state.db")) as database:
        kept = b"".join(row[0] for row in database.execute("SELECT content FROM blobs"))
    return all(text.encode() in kept for text in texts)
