"""Bad days of a database, with the real daemon: missing, damaged, replaced, rolled back; and of the folder beside it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.system.desk import PUBLISHED, Desk, is_running, until
from tests.system.standing_files import standing_files
from tests.system.test_a_lost_database import lose_database, play

DATABASE = "state.db"


def state(desk: Desk) -> tuple[object, ...]:
    """What anybody can see of the workspace."""
    seen = [
        desk.json(*words) for words in (("log", "-n", "1000"), ("issue", "list", "--all"), ("inbox", "list"))
    ]
    return (*seen, files(desk))


def files(desk: Desk) -> dict[str, bytes]:
    named = {file.relative_to(desk.tree).as_posix(): file for file in standing_files(desk.tree)}
    return {path: file.read_bytes() for path, file in named.items() if path not in (*PUBLISHED, ".git")}


def damage(desk: Desk) -> None:
    """Pages in the midst of the file are overwritten."""
    with (desk.private / DATABASE).open("r+b") as database:
        for page in range(2, 30):
            database.seek(page * 4096)
            database.write(b"\xde\xad" * 512)


@pytest.mark.parametrize("how", ["healthy", "missing", "damaged"])
def test_inv9_rebuild_makes_the_database_anew_whatever_became_of_the_old_one(desk: Desk, how: str) -> None:
    play(desk)
    before = state(desk)
    desk.down()
    if how == "missing":
        lose_database(desk)
    elif how == "damaged":
        damage(desk)
    said = desk.ask("rebuild")
    assert said.code == 0
    assert "The database is made anew:" in said.out
    assert ("in every fact" in said.out) is (how == "healthy")
    assert ("The old one is kept" in said.err) is (how != "missing")
    assert desk.dispatchd("check") == "Every document reads well.\n"
    assert state(desk) == before
    assert desk.dispatchd("rebuild").endswith("It says the same as the old one, in every fact.\n")
    desk.up()
    desk.sync()
    assert state(desk) == before
    desk.is_level()


def test_a_daemon_that_runs_steps_aside_for_a_rebuild(desk: Desk) -> None:
    play(desk)
    before, pid = state(desk), int(desk.json("status")["daemon"]["pid"])
    made = desk.json("rebuild")
    again = int(desk.json("status")["daemon"]["pid"])
    desk.daemons.append(again)
    assert (made["restarted"], made["differs"]) == (True, [])
    assert Path(made["kept"]).is_file()
    assert not is_running(pid)
    assert state(desk) == before


def test_049_cleaning_the_folder_away_and_restoring_it_brings_every_byte_back(desk: Desk) -> None:
    play(desk)
    desk.save("context/style.md", "No\r\nfinal newline")
    desk.sync()
    desk.add("issues/one.md", "prose that no commit holds yet\n")
    until(lambda: "prose that no" in str(desk.json("issue", "show", "issues/one.md")), "it was not taken in")
    assert "prose" not in desk.tree_git("show", "HEAD:issues/one.md")
    before = files(desk)
    # The daemon may write into the folder while git empties it; a person says it again.
    until(lambda: desk.run("git", "clean", "-qffdx").code == 0, "git cannot clean")
    until(lambda: "everything waits" in desk.logs(), "the daemon has not noticed")
    desk.dispatchd("restore", "--all")
    desk.sync()
    after = files(desk)
    assert {path: after[path] for path in before} == before
    # Where the files go slowly, the daemon may have asked about them before the folder itself was gone.
    more = after.keys() - before.keys()
    assert all("files-are-gone" in path or "is-back" in path for path in more), more
    assert desk.dispatchd("check") == "Every document reads well.\n"
    desk.is_level()


def test_a_backup_is_put_back_and_nothing_since_is_reverted(desk: Desk) -> None:
    play(desk)
    name = desk.dispatchd("backup").strip()
    assert name in [item["name"] for item in desk.json("backup", "list")["items"]]
    desk.sed("s/^status: .*/status: done/", desk.path("issues/one.md"))
    desk.save("issues/two.md", "The second\n")
    desk.sync()
    before = state(desk)
    said = desk.ask("backup", "restore", name)
    desk.daemons.append(int(desk.json("status")["daemon"]["pid"]))
    assert said.code == 0
    assert "2 events since came from the branch" in said.out
    desk.sync()
    assert state(desk) == before
    assert desk.ask("backup", "restore", "nothing-like-it").code == 1


def test_108_a_database_rolled_back_halts_with_choices_and_reverts_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    play(desk)
    desk.down()
    shutil.copy(desk.private / DATABASE, tmp_path / DATABASE)
    desk.up()
    desk.sed("s/^status: .*/status: done/", desk.path("issues/one.md"))
    desk.sync()
    before = state(desk)
    desk.down()
    lose_database(desk)
    shutil.copy(tmp_path / DATABASE, desk.private / DATABASE)
    for words in (("up",), ("sync", "--wait"), ("issue", "new", "Too early"), ("restore", "--all")):
        told = desk.ask(*words)
        assert told.code == 1, words
        assert "older than the history" in told.err, told.err
        assert "dispatchd rebuild" in told.err
    found = json.loads(desk.ask("doctor", "--json").out)
    assert "database-outdated" in json.dumps(found)
    for words in (("doctor",), ("doctor", "--fix", "--yes")):
        told = desk.ask(*words)
        assert "older than the history" in told.out
        assert "dispatchd rebuild" in told.out
        assert "Nothing is wrong" not in told.out
    assert "older than the history" in desk.ask("status").err
    assert files(desk) == before[-1]
    desk.dispatchd("rebuild")
    assert state(desk) == before
    assert "database-outdated" not in desk.ask("doctor", "--json").out
    assert "older" not in desk.ask("status").err


def test_022_a_damaged_database_is_set_aside_made_anew_and_told_of(desk: Desk) -> None:
    play(desk)
    before = files(desk)
    desk.down()
    damage(desk)
    desk.up()
    desk.sync()
    assert "The database was damaged, and was made anew" in desk.dispatchd("status")
    assert "the database was damaged and is made anew from the branch" in desk.logs()
    assert (desk.private / f"{DATABASE}.damaged-1").is_file()
    after = files(desk)
    assert {path: after[path] for path in before} == before
    desk.is_level()


def test_023_a_database_replaced_under_the_daemon_stops_it_at_once(desk: Desk) -> None:
    play(desk)
    pid = int(desk.json("status")["daemon"]["pid"])
    before = files(desk)
    copied = desk.private / "copy.db"
    shutil.copy(desk.private / DATABASE, copied)
    copied.replace(desk.private / DATABASE)
    desk.add("issues/one.md", "saved beside it\n")
    until(lambda: not is_running(pid), "the daemon went on")
    assert "was deleted or replaced while dispatchd used it" in desk.logs()
    assert desk.read("issues/one.md").endswith("saved beside it\n")
    desk.dispatchd("rebuild")
    after = files(desk)
    assert {path: text for path, text in after.items() if path != "issues/one.md"} == {
        path: text for path, text in before.items() if path != "issues/one.md"
    }


@pytest.mark.parametrize("how", ["expired reflog", "rebase", "rewritten and collected"])
def test_094_a_lost_database_asks_nothing_again_whatever_became_of_the_branch(desk: Desk, how: str) -> None:
    play(desk)
    before = [event["id"] for event in desk.events()]
    desk.down()
    if how == "expired reflog":
        desk.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
        desk.git("gc", "-q", "--prune=now")
    else:
        desk.tree_git("rebase", "-q", "--root", "--force-rebase")
    if how == "rewritten and collected":
        desk.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
        desk.git("gc", "-q", "--prune=now")
    lose_database(desk)
    desk.dispatchd("rebuild")
    assert "- [x] Approved: fine" in desk.read("epics/login.md")
    assert [event["id"] for event in desk.events()][: len(before)] == before
    assert desk.event_types()[len(before) :] in ([], ["ThreadOpened"])
    assert desk.tree_git("status", "--short") == ""
