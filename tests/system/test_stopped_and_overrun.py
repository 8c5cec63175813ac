"""A daemon stopped in the midst of a burst, one that slept through more than the kernel remembers, and a lost database."""

import os
import signal

from tests.system.desk import Desk, until

BURST = 60
OVERRUN = 20_000
"""More than the kernel's queue of events holds (16,384 unless somebody changed that)."""


def test_098_a_daemon_told_to_stop_in_a_burst_leaves_what_the_next_one_finishes(desk: Desk) -> None:
    for number in range(BURST):
        desk.save(f"issues/issue {number:03}.md", f"Text {number}.\n")
        if number == BURST // 2:
            os.kill(desk.daemons[-1], signal.SIGTERM)
    until(lambda: desk.json("status")["daemon"] is None, "the daemon does not stop")
    desk.up()
    desk.sync()
    assert len(desk.issues()) == BURST
    assert desk.event_types().count("IssueOpened") == BURST
    for number in range(BURST):
        text = desk.read(f"issues/issue {number:03}.md")
        assert text.count("id: i-") == 1
        assert text.endswith(f"\n\nText {number}.\n")
    desk.is_level()


def test_044_a_queue_of_events_that_overflowed_loses_no_file(desk: Desk) -> None:
    pid = desk.daemons[-1]
    os.kill(pid, signal.SIGSTOP)
    try:
        one, other = desk.path("issues/one~"), desk.path("issues/other~")
        with one.open("wb", buffering=0) as first, other.open("wb", buffering=0) as second:
            for _ in range(OVERRUN // 2):
                first.write(b"x")
                second.write(b"x")
        for number in range(40):
            desk.save(f"issues/deep {number % 3}/issue {number:02}.md", f"Text {number}.\n")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: len(desk.issues()) == 40, "not all files were found")
    desk.sync()
    assert desk.event_types().count("IssueOpened") == 40
    desk.is_level()


def test_022_023_a_database_deleted_under_the_daemon_stops_every_write_and_is_made_again(desk: Desk) -> None:
    desk.save("issues/kept.md", "Kept.\n")
    desk.sync()
    issue = desk.fact("issues/kept.md", "id")
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        (desk.private / name).unlink(missing_ok=True)
    desk.sed("s/^status: .*/status: queued/", "issues/kept.md")
    until(lambda: "deleted or replaced" in desk.logs(), "nobody noticed that the database is gone")
    desk.run("true")
    desk.ask("down")
    desk.up()
    desk.sync()
    assert {each["id"]: each["status"] for each in desk.issues().values()} == {issue: "queued"}
    assert desk.read("issues/kept.md").endswith("Kept.\n")
    assert desk.event_types(issue).count("IssueOpened") == 1
    assert desk.event_types(issue).count("IssueMoved") == 1
