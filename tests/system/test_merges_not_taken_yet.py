"""`status` says what the branch that is checked out lacks of agents' work, and how to take it."""

import re
from pathlib import Path

from tests.system.desk import Desk

INTO = "dispatchd/integration"


def said(desk: Desk) -> list[str]:
    return re.findall(r"^.* lacks .*$", desk.dispatchd("status"), re.MULTILINE)


def merges(desk: Desk, into: str = INTO) -> None:
    """One more piece of work, with a commit of its agent's, is merged."""
    stands = desk.git("rev-parse", into).strip()
    work = desk.git("commit-tree", "-p", stands, "-m", "Work", f"{stands}^{{tree}}").strip()
    merge = desk.git("commit-tree", "-p", stands, "-p", work, "-m", "Merge", f"{stands}^{{tree}}").strip()
    desk.git("update-ref", f"refs/heads/{into}", merge)


def test_what_has_not_been_taken_is_counted_until_it_is(desk: Desk) -> None:
    assert said(desk) == []
    assert desk.json("status")["behind"] is None
    main = desk.git("branch", "--show-current").strip()
    desk.git("branch", INTO)
    assert said(desk) == []
    merges(desk)
    for _ in range(2):
        assert said(desk) == [f"{main} lacks 1 merge of {INTO}: git merge --ff-only {INTO}"]
    merges(desk)
    assert desk.json("status")["behind"] == {"branch": main, "into": INTO, "merges": 2, "forward": True}
    desk.git("commit", "-q", "--allow-empty", "-m", "Ours")
    assert said(desk) == [f"{main} lacks 2 merges of {INTO}: git merge {INTO}"]
    desk.git("merge", "-q", "-m", "Taken", INTO)
    assert said(desk) == []
    desk.git("pack-refs", "--all")
    merges(desk)
    desk.git("pack-refs", "--all")
    assert said(desk) == [f"{main} lacks 1 merge of {INTO}: git merge {INTO}"]
    desk.git("merge", "-q", "-m", "Taken", INTO)
    assert said(desk) == []


def test_another_branch_by_the_settings_is_the_one_that_counts(desk: Desk) -> None:
    config = desk.tree / "config.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("[agents]\n", '[agents]\ninto = "done"\n'), "utf-8"
    )
    desk.git("branch", INTO)
    desk.git("branch", "done")
    merges(desk)
    assert said(desk) == []
    merges(desk, "done")
    (line,) = said(desk)
    assert line.endswith("git merge --ff-only done")


def test_what_was_kept_and_makes_no_sense_is_counted_anew(desk: Desk) -> None:
    desk.git("branch", INTO)
    merges(desk)
    (line,) = said(desk)
    kept = Path(desk.private) / "behind"
    kept.write_text("not\0a count", encoding="utf-8")
    assert said(desk) == [line]
    kept.unlink()
    kept.mkdir()
    assert said(desk) == [line]


def test_a_commit_that_is_checked_out_on_no_branch_takes_nothing(desk: Desk) -> None:
    desk.git("branch", INTO)
    merges(desk)
    desk.git("checkout", "-q", "--detach")
    assert said(desk) == []
