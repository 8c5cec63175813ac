"""Two people write different things in the same place, far apart: both texts are shown, and a tick settles it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.clones import Phone, bare_remote, new_home, phone_of
from tests.system.desk import Desk

LOGIN = "issues/login.md"


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"), every="1h")
    desk.save(LOGIN, "The form gives up.\n\nIt should wait.\n")
    desk.up()
    desk.sync()
    desk.dispatchd("share", "now")
    yield desk
    desk.end()


@pytest.fixture
def phone(home: Desk) -> Phone:
    return phone_of(home.root.parent / "remote.git", home.root.parent / "phone", "bob")


def test_both_texts_wait_in_one_page_and_a_tick_there_takes_the_other(home: Desk, phone: Phone) -> None:
    phone.desk.do("sed", "-i", "s/should wait/should wait a minute/", LOGIN)
    phone.commit("A minute")
    home.sed("s/should wait/should wait for ever/", LOGIN)
    home.sync()
    home.dispatchd("share", "now")
    home.sync()
    assert "It should wait a minute.\n" in home.read(LOGIN)
    thread = home.only("inbox/t-*.md")
    told = home.read(thread)
    line = home.read(LOGIN).splitlines().index("It should wait a minute.") + 1
    assert f"Bob Roe’s stands, at `{LOGIN}:{line}`:" in told
    assert "> It should wait for ever.\n" in told
    assert "login: the same lines, changed twice" in home.dispatchd("status")
    assert "> It should wait for ever.\n" in home.read("WAITING.md")
    home.sed(r"s/- \[ \] Take the other/- [x] Take the other/", "WAITING.md")
    home.sync()
    assert "It should wait for ever.\n" in home.read(LOGIN)
    assert "a minute" not in home.read(LOGIN)
    assert not list(home.tree.glob("inbox/t-*.md"))
    home.dispatchd("share", "now")
    phone.pull()
    assert phone.read(LOGIN) == home.read(LOGIN)
    home.is_level()
