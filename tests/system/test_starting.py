"""`up` as a person runs it: the daemon is started from nothing."""

import pytest

from tests.system.desk import Desk

pytestmark = pytest.mark.cold


def test_the_daemon_runs_no_file_of_the_repository_that_is_named_like_a_library(idle_desk: Desk) -> None:
    for name in ("click", "calendar", "sqlite3", "dispatchd"):
        (idle_desk.root / f"{name}.py").write_text("open('ran', 'w')\n", encoding="utf-8")
    idle_desk.up()
    assert not (idle_desk.root / "ran").exists()
    idle_desk.save("issues/login.md", "Login times out\n")
    idle_desk.sync()
    assert idle_desk.fact("issues/login.md", "id")
    idle_desk.down()
    idle_desk.is_level()
