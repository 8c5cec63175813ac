"""Comments, the brake, undo and tidy with the daemon running: what a person sees."""

from typing import Final

import pytest

from tests.system.desk import BRISK, Desk, until
from tests.system.standing_files import NO_COOKIES
from tests.system.standing_still import standing_still

ISSUE: Final = "issues/login timeout.md"
TEXT: Final = "---\nid: i-7k2m\nstatus: queued\n---\n\n# Login times out\n\nIt gives up.\n"
BOB: Final = ("-c", "user.name=Bob Roe", "-c", "user.email=bob@example.com", "-c", "commit.gpgSign=false")


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    bare_desk.init({**BRISK, "prose_after": "700ms"})
    bare_desk.dispatchd("config", "set", "people.bob", "bob@example.com")
    bare_desk.up()
    bare_desk.save(ISSUE, TEXT)
    bare_desk.sync()
    return bare_desk


def commit_as_bob(desk: Desk, message: str) -> None:
    desk.tree_git("add", "-A", "--", ".", NO_COOKIES)
    desk.tree_git(*BOB, "commit", "-q", "--no-verify", "-m", message)


def test_a_comment_is_signed_when_it_has_rested_and_at_once_when_somebody_waits(desk: Desk) -> None:
    desk.add(ISSUE, "\n## Activity\n\nBehind the proxy too.\n")
    until(lambda: "**Alice Doe**: Behind the proxy too.\n" in desk.read(ISSUE), "it was not signed")
    desk.dispatchd("config", "set", "sync.prose_after", "10m")
    desk.down()
    desk.up()
    desk.add(ISSUE, "\nOne.\n\n- two\n\n```\nthree\n```\n")
    assert desk.sync() == []
    assert desk.read(ISSUE).endswith(
        "**Alice Doe**:\n  > One.\n  >\n  > - two\n  >\n  > ```\n  > three\n  > ```\n"
    )
    desk.dispatchd("as", "ash", "comment", "i-7k2m", "Looking at it.")
    desk.sync()
    said = [(each["by"], each["text"]) for each in desk.json("issue", "show", "i-7k2m")["comments"]]
    assert said == [
        ("alice", "Behind the proxy too."),
        ("alice", "One.\n\n- two\n\n```\nthree\n```"),
        ("ash", "Looking at it."),
    ]
    assert [each["id"] for each in desk.json("issue", "list", "--text", "behind the PROXY")["items"]] == [
        "i-7k2m"
    ]
    assert desk.event_types("i-7k2m").count("CommentAdded") == 3
    desk.is_level()


def test_a_commit_by_somebody_else_speaks_pulls_the_brake_and_lets_it_go(desk: Desk) -> None:
    desk.down()
    desk.add(ISSUE, "\n## Activity\n\nFrom my phone.\n")
    desk.save("PAUSE", "On my way to look at it\n")
    commit_as_bob(desk, "wait for me")
    desk.up()
    desk.sync()
    assert "**Bob Roe**: From my phone.\n" in desk.read(ISSUE)
    assert desk.json("status")["brake"]["by"] == "bob"
    assert "by Bob Roe: On my way to look at it" in desk.dispatchd("status")
    until(lambda: "**Paused** since" in desk.read("STATUS.md"), "STATUS.md does not say so")
    assert desk.json("issue", "list", "--ready")["items"] == []
    with standing_still(desk):  # or it takes the deletion for Alice's, where git is slow
        desk.path("PAUSE").unlink()
        commit_as_bob(desk, "go on")
    desk.sync()
    assert desk.json("status")["brake"] is None
    until(lambda: "Paused" not in desk.read("STATUS.md"), "STATUS.md still says so")
    assert desk.json("issue", "list", "--ready")["items"]
    desk.is_level()


def test_what_was_done_is_taken_back_and_names_follow_titles(desk: Desk) -> None:
    desk.sed("s/^status: .*/status: done/", ISSUE)
    desk.sync()
    newest = desk.dispatchd("undo").split()[2]
    desk.dispatchd("undo", newest)
    desk.sync()
    assert desk.fact(ISSUE, "status") == "queued"
    again = desk.ask("undo", newest)
    assert (again.code, again.err.startswith("dispatchd: to have it again")) == (1, True)
    desk.path(ISSUE).unlink()
    desk.sync()
    desk.dispatchd("undo", desk.json("undo")["items"][0]["id"])
    desk.sync()
    assert desk.read(ISSUE).endswith("# Login times out\n\nIt gives up.\n")
    assert desk.dispatchd("tidy", "--dry-run", ".dispatch/issues").split("→")[1].strip() == (
        "issues/i-7k2m-login-times-out.md"
    )
    desk.dispatchd("tidy")
    until(lambda: desk.path("issues/i-7k2m-login-times-out.md").exists(), "it was not renamed")
    desk.sync()
    assert not desk.path(ISSUE).exists()
    desk.is_level()


def test_with_no_daemon_the_same_is_done_at_once(desk: Desk) -> None:
    desk.down()
    desk.add(ISSUE, "\n## Activity\n\nSaid while nobody listened.\n")
    desk.dispatchd("pause", "Night")
    assert desk.read("PAUSE") == "Night\n"
    assert "**Alice Doe**: Said while nobody listened.\n" in desk.read(ISSUE)
    desk.dispatchd("tidy")
    assert desk.only("issues/*.md") == "issues/i-7k2m-login-times-out.md"
    desk.dispatchd("resume")
    assert not desk.path("PAUSE").exists()
    assert not desk.tree_git("status", "--porcelain")


def test_the_box_on_the_waiting_page_pauses_and_lets_go(desk: Desk) -> None:
    desk.save("WAITING.md", desk.read("WAITING.md").replace("- [ ] Pause", "- [x] Pause: the tests are red"))
    desk.sync()
    assert desk.read("PAUSE") == "the tests are red\n"
    assert desk.json("status")["brake"]["reason"] == "the tests are red"
    assert desk.json("waiting")["items"][0]["id"] == "PAUSE"
    until(lambda: "- [ ] Go on" in desk.read("WAITING.md"), "there is no box to go on")
    desk.save("WAITING.md", desk.read("WAITING.md").replace("- [ ] Go on", "- [x] Go on"))
    desk.sync()
    assert desk.json("status")["brake"] is None
    assert not (desk.tree / "PAUSE").exists()
    desk.is_level()


def test_a_command_is_its_callers_from_the_moment_git_knows_another_person(desk: Desk) -> None:
    desk.dispatchd("comment", "i-7k2m", "By Alice.")
    desk.git("config", "user.name", "Bob Roe")
    desk.git("config", "user.email", "bob@example.com")
    desk.dispatchd("comment", "i-7k2m", "By Bob.")
    desk.sync()
    said = [(each["by"], each["text"]) for each in desk.json("issue", "show", "i-7k2m")["comments"]]
    assert said == [("alice", "By Alice."), ("bob", "By Bob.")]
