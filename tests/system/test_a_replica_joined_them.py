"""A replica's daemon joins what two people wrote in the same place: home asks, and the tick reaches the replica."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.system.clones import bare_remote, clone_of, new_home
from tests.system.desk import Desk, until

ONE = "issues/one.md"
Desks = Mapping[str, Desk]


@pytest.fixture
def desks(outside_tmp: Path) -> Iterator[Desks]:
    """Alice is home and Bob a replica; nobody shares before they say so."""
    remote = bare_remote(outside_tmp / "remote.git")
    home = new_home(outside_tmp / "alice", remote, every="1h")
    home.save(ONE, "Text one.\n\nText two.\n")
    home.up()
    home.sync()
    home.dispatchd("share", "now")
    bob = clone_of(remote, outside_tmp / "bob", "bob")
    bob.up()
    bob.sync()
    yield {"alice": home, "bob": bob}
    for desk in (home, bob):
        desk.end()


def share(desk: Desk) -> None:
    desk.sync()
    desk.dispatchd("share", "now")
    desk.sync()


def threads(desk: Desk) -> list[Path]:
    return list(desk.tree.glob("inbox/t-*.md"))


def test_home_asks_about_what_a_replica_joined_and_a_tick_settles_it_everywhere(desks: Desks) -> None:
    home, bob = desks["alice"], desks["bob"]
    home.sed("s/^Text two.*/Text two ALICE1/", ONE)
    bob.sed("s/^Text two.*/Text two BOB1/", ONE)
    for desk in (home, bob, home):
        share(desk)
    assert "Text two BOB1\n" in home.read(ONE)
    assert "ALICE1" not in home.read(ONE)
    thread = home.only("inbox/t-*.md")
    assert "> Text two ALICE1\n" in home.read(thread)
    assert "> Text two BOB1\n" in home.read(thread)
    for desk in (home, bob, home):
        share(desk)
    assert home.only("inbox/t-*.md") == thread
    assert bob.read(thread) == home.read(thread)
    bob.sed(r"s/- \[ \] Take the other/- [x] Take the other/", thread)

    def is_settled() -> bool:
        for desk in (bob, home):
            share(desk)
        return all("Text two ALICE1\n" in desk.read(ONE) and not threads(desk) for desk in (home, bob))

    until(is_settled, "Bob's tick did not settle it on both clones")
    home.is_level()
