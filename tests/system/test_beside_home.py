"""A person beside home: what they tick, write and are refused in their own clone, with both daemons running."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.system.clones import bare_remote, clone_of, new_home
from tests.system.desk import Desk, until

LEAK, SPACES = "issues/leak.md", "proposals/spaces.md"
SOON = 45.0
"""Less than the time for which prose rests before it is committed."""
ENOUGH = 120.0


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"))
    desk.save(LEAK, "A leak in the kitchen\n")
    desk.save(SPACES, '---\nvoters: ["@alice", "@bob"]\n---\n\n# Spaces\n\nWhy not.\n')
    desk.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt")
    desk.up()
    desk.sync()
    until(lambda: "Which hash?" in desk.read("WAITING.md"), "there is no page")
    desk.dispatchd("share", "now")
    yield desk
    desk.end()


@pytest.fixture
def replica(home: Desk) -> Iterator[Desk]:
    desk = clone_of(home.root.with_name("remote.git"), home.root.with_name("replica"), "bob")
    desk.up()
    yield desk
    desk.end()


def acts(desk: Desk, kind: str) -> list[str]:
    return [str(event["actor"]) for event in desk.events() if event["type"] == kind]


def refusals(desk: Desk) -> list[Mapping[str, str]]:
    return [item for item in desk.json("waiting")["items"] if item["kind"] == "refusal"]


def test_a_tick_on_the_page_that_came_is_committed_at_once_and_done_at_home(
    home: Desk, replica: Desk
) -> None:
    until(lambda: "- [ ] bcrypt" in replica.read("WAITING.md"), "the page does not come")
    page = replica.read("WAITING.md")
    replica.save("WAITING.md", page.replace("- [ ] bcrypt", "- [x] bcrypt"))
    until(lambda: "Bob Roe: Bob Roe saves WAITING.md" in replica.commits(), "the tick rests like prose", SOON)
    until(lambda: acts(home, "ThreadAnswered") == ["bob"], "home did not answer", ENOUGH)


def test_each_is_shown_their_own_vote_and_casts_it_by_a_command(home: Desk, replica: Desk) -> None:
    desks = {"alice": home, "bob": replica}
    shown = {name: {item["voter"] for item in desk.json("waiting")["items"]} for name, desk in desks.items()}
    assert shown == {"alice": {None, "@alice"}, "bob": {None, "@bob"}}
    (proposal,) = [item["id"] for item in replica.json("proposal", "list")["items"]]
    written = replica.json("vote", proposal, "reject", "too wide")
    assert (written["subject"], written["paths"]) == (proposal, [SPACES])
    until(lambda: acts(home, "VoteCast") == ["bob"], "home did not count it", ENOUGH)
    until(lambda: "- [x] Reject: too wide" in replica.read(SPACES), "the tick is gone", ENOUGH)


def test_what_home_refused_is_told_where_it_was_written(home: Desk, replica: Desk) -> None:
    until(lambda: replica.fact(LEAK, "status") == "unassigned", "the issue does not come")
    replica.sed("s/^status: .*/status: in_review/", LEAK)
    until(lambda: "in_review" in replica.dispatchd("status"), "nothing is told", ENOUGH)
    (refused,) = until(lambda: refusals(replica), "nothing waits", ENOUGH)
    assert refused["path"] == LEAK
    assert "To force it: in_review!" in refused["said"]
    replica.sed("s/^status: .*/status: queued/", LEAK)
    until(lambda: home.fact(LEAK, "status") == "queued", "home did not take it", ENOUGH)
    until(lambda: not replica.json("status")["problems"], "it is told for ever", ENOUGH)
