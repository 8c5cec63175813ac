"""Git merges two versions of a document with the real driver: both sides' lines are there, or markers are."""

import sys
from pathlib import Path

from dispatchd.adapters.git.merge_driver import driver_command
from tests.adapters.git.git_sandbox import Person, repository

BASE = b"---\nid: i-7k2m\ntitle: T\nstatus: unassigned\npriority: medium\nestimate: 1\n---\n\nBody\n"
OURS = BASE.replace(b"priority: medium", b"priority: high")
THEIRS = BASE.replace(b"title: T\n", b"title: T\n# ask bob\n").replace(
    b"unassigned\n", b"unassigned # wait\n"
)


def two_branches(folder: Path, ours: bytes, theirs: bytes) -> Person:
    person = repository(folder)
    dispatchd = str(Path(sys.executable).with_name("dispatchd"))
    person.git("config", "merge.dispatchd.driver", driver_command((dispatchd,)))
    person.commits(".gitattributes", b"*.md merge=dispatchd\n")
    person.commits("a.md", BASE)
    person.git("branch", "side")
    person.commits("a.md", ours)
    person.git("checkout", "-q", "side")
    person.commits("a.md", theirs)
    person.git("checkout", "-q", "main")
    return person


def test_comments_of_the_other_side_come_over(tmp_path: Path) -> None:
    person = two_branches(tmp_path / "w", OURS, THEIRS)
    person.git("merge", "-q", "side", "-m", "merged")
    text = (tmp_path / "w" / "a.md").read_text()
    assert "title: T\n# ask bob\nstatus: unassigned # wait\npriority: high\nestimate: 1\n" in text


def test_an_own_key_that_both_changed_has_markers_around_it_alone(tmp_path: Path) -> None:
    ours, theirs = (
        side.replace(b"estimate: 1", new) for side, new in ((OURS, b"estimate: 2"), (THEIRS, b"estimate: 3"))
    )
    person = two_branches(tmp_path / "w", ours, theirs)
    assert person.fails("merge", "-q", "side", "-m", "merged")
    text = (tmp_path / "w" / "a.md").read_text()
    assert "# ask bob\nstatus: unassigned # wait\npriority: high\n<<<<<<< ours\nestimate: 2\n" in text
    assert "=======\nestimate: 3\n>>>>>>> theirs\n---\n\nBody\n" in text
