"""What is in the way of sharing: each said in words, nothing lost, and all well again when it is gone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.clones import Phone, bare_remote, clone_of, new_home, phone_of, sync_anew
from tests.system.desk import Desk, until

LEAK = "issues/leak.md"
ENOUGH = 120.0


@pytest.fixture
def remote(outside_tmp: Path) -> Path:
    return bare_remote(outside_tmp / "remote.git")


@pytest.fixture
def home(remote: Path) -> Iterator[Desk]:
    desk = new_home(remote.parent / "home", remote)
    desk.save(LEAK, "A leak in the kitchen\n")
    desk.up()
    desk.sync()
    desk.dispatchd("share", "now")
    yield desk
    desk.end()


@pytest.fixture
def phone(home: Desk, remote: Path) -> Phone:
    return phone_of(remote, remote.parent / "phone", "bob")


def remote_head(remote: Path) -> str:
    return Desk(remote).do("git", "rev-parse", "refs/heads/dispatch").strip()


def head(desk: Desk) -> str:
    return desk.tree_git("rev-parse", "HEAD").strip()


def tie(copy: Desk) -> None:
    """Tie the tree of a copied repository to the copy, as doctor advises."""
    (record,) = (copy.root / ".git" / "worktrees").iterdir()
    (copy.tree / ".git").write_text(f"gitdir: {record}\n")
    (record / "gitdir").write_text(f"{copy.tree / '.git'}\n")


def trouble(desk: Desk) -> str:
    return str(desk.json("status")["clones"]["trouble"])


def test_a_remote_that_cannot_be_reached_is_said_once_and_caught_up_with(home: Desk, remote: Path) -> None:
    away = remote.with_name("away.git")
    remote.rename(away)
    home.save("issues/dark.md", "Saved while the line was down\n")
    home.sync()
    said = home.ask("share", "now")
    assert said.code == 1
    assert "Not shared: there is no repository at origin" in said.out
    home.ask("share", "now")
    assert "Not shared since" in home.dispatchd("status")
    assert home.logs().count('"share_failed"') == 1
    away.rename(remote)
    assert "Level with origin" in home.dispatchd("share", "now")
    assert remote_head(remote) == head(home)
    assert trouble(home) == ""
    assert "Not shared" not in home.dispatchd("status")


def test_a_host_that_does_not_answer_and_one_that_wants_a_password_say_so(home: Desk) -> None:
    home.git("remote", "set-url", "origin", "http://127.0.0.1:1/nothing.git")
    assert "origin cannot be reached" in home.ask("share", "now").out
    assert trouble(home) == "unreachable"


def test_a_first_push_makes_the_branch_at_the_remote(home: Desk, remote: Path) -> None:
    other = bare_remote(remote.with_name("other.git"))
    home.git("remote", "add", "other", other)
    home.dispatchd("config", "set", "share.remote", "other")
    home.sync()
    assert "Level with other" in home.dispatchd("share", "now")
    assert remote_head(other) == head(home)


def test_a_remote_that_takes_no_push_says_what_it_said(home: Desk, remote: Path) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GL-HOOK-ERR: You are not allowed to push'\nexit 1\n")
    hook.chmod(0o755)
    home.save("issues/more.md", "More\n")
    home.sync()
    said = home.ask("share", "now").out
    assert "does not take the branch dispatch" in said
    assert "You are not allowed to push" in said
    hook.unlink()
    assert "Level with origin" in home.dispatchd("share", "now")


def test_a_remote_that_was_rewound_is_left_alone_until_somebody_says_which_side_holds(
    home: Desk, phone: Phone, remote: Path
) -> None:
    phone.desk.do("sed", "-i", "s/^priority: medium/priority: high/", LEAK)
    phone.commit("Raise it")
    until(lambda: home.fact(LEAK, "priority") == "high", "home did not take it")
    home.sync()
    home.dispatchd("share", "now")
    Desk(remote).do("git", "update-ref", "refs/heads/dispatch", f"{head(home)}~3")
    rewound = remote_head(remote)
    said = home.ask("share", "now")
    assert said.code == 1
    assert "was rewritten" in said.out
    assert "--put-back" in said.out
    home.save("issues/later.md", "Saved later\n")
    home.sync()
    assert home.ask("share", "now").code == 1
    assert remote_head(remote) == rewound
    assert home.fact(LEAK, "priority") == "high"
    assert "Level with origin" in home.dispatchd("share", "now", "--put-back")
    assert remote_head(remote) == head(home)
    assert trouble(home) == ""
    home.is_level()


def test_a_history_that_was_rewritten_can_be_taken_beside_ours(
    home: Desk, phone: Phone, remote: Path
) -> None:
    phone.pull()
    phone.desk.git("reset", "-q", "--hard", "HEAD~1")
    phone.path("context").mkdir(exist_ok=True)
    phone.path("context/new.md").write_text("Written over what was there\n")
    phone.desk.git("add", "-A")
    phone.desk.git("commit", "-qm", "Start over")
    phone.desk.git("push", "-q", "--force")
    assert "was rewritten" in home.ask("share", "now").out
    home.dispatchd("share", "now", "--take")
    home.sync()
    home.dispatchd("share", "now")
    assert home.read("context/new.md") == "Written over what was there\n"
    assert LEAK in home.tree_git("ls-files")
    assert remote_head(remote) == head(home)
    home.is_level()


def test_a_clone_that_was_copied_with_its_name_is_a_second_home_and_both_stop(
    home: Desk, remote: Path
) -> None:
    home.down()
    copy = Desk(home.root.with_name("copy"))
    shutil.copytree(home.root, copy.root, symlinks=True, ignore=shutil.ignore_patterns("control.sock"))
    home.up()
    try:
        tie(copy)
        copy.up()
        home.save("issues/here.md", "Opened here\n")
        copy.save("issues/there.md", "Opened there\n")
        until(lambda: "Nobody decides" in home.dispatchd("status"), "the first does not stop", ENOUGH)
        until(lambda: "Nobody decides" in copy.dispatchd("status"), "the second does not stop", ENOUGH)
        until(lambda: head(home) == head(copy), "they do not share")
        asked = {"Two clones decided at the same time"}  # by one, or by each before it heard of the other
        until(
            lambda: {item["title"] for item in home.json("inbox", "list")["items"]} == asked,
            "nothing is asked",
        )
        home.dispatchd("home", "--here")
        until(lambda: home.path("issues/there.md").exists(), "a save was lost")
        sync_anew(home)
        assert {"here", "there"} <= {item["title"] for item in home.issues().values()}
        until(lambda: not home.json("inbox", "list")["items"], "the question still stands")
        assert "This clone is" in copy.dispatchd("home")
    finally:
        copy.end()


def test_two_clones_that_were_both_begun_by_init_are_found_to_be_two_homes(home: Desk, remote: Path) -> None:
    other = Desk(home.root.with_name("other"))
    other.root.mkdir()
    other.git("init", "-q")
    other.git("commit", "-q", "--allow-empty", "-m", "Begin")
    other.dispatchd("init")
    other.git("remote", "add", "origin", remote)
    other.save("issues/theirs.md", "Opened by the other\n")
    other.dispatchd("config", "set", "share.remote", "origin")
    other.dispatchd("share", "now")
    assert "Nobody decides" in other.dispatchd("home")
    until(lambda: "Nobody decides" in home.dispatchd("home"), "home does not stop")
    other.dispatchd("home", "--here")
    assert {item["title"] for item in other.issues().values()} == {"leak", "theirs"}
    until(lambda: home.path("issues/theirs.md").exists(), "home does not follow")


def test_a_stranger_cannot_make_a_clone_home(home: Desk, remote: Path) -> None:
    config = home.read("config.toml").replace('carol = ["carol@example.com"]\n', "")
    home.save("config.toml", config)
    home.sync()
    home.dispatchd("share", "now")
    carols = clone_of(remote, home.root.with_name("carol"), "carol")
    said = carols.ask("home", "--here")
    assert said.code == 1
    assert "is not in [people]" in said.err
    phone = phone_of(remote, home.root.with_name("phone"), "carol")
    phone.desk.do("sed", "-i", 's/^home = .*/home = "carols"/', "config.toml")
    phone.commit("Mine now")
    until(lambda: trouble(home) == "two homes", "home did not object")
    assert home.dispatchd("home").endswith("this clone, decides.\n")
