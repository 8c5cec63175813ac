"""Each thing that can be wrong with an installation, done to a real one: the doctor finds it, mends it, and is content."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from dispatchd.adapters.tree.held_names import HeldName
from dispatchd.composition.doctoring.finding import Finding, Gravity, Report
from dispatchd.composition.health import diagnose, treat
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from tests.system.desk import Desk, new_repository
from tests.system.standing_still import standing_still

Break = Callable[[Desk], object]


TITLE: Final = "Login times out"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One workspace for all: what is broken in it is mended by the doctor, or put right by the test."""
    desk = new_repository(tmp_path_factory.mktemp("house") / "work")
    desk.init()
    desk.save("issues/login.md", f"---\ntitle: {TITLE}\n---\n\nThe form gives up.\n")
    desk.sync()
    yield desk
    desk.end()


def codes(report: Report) -> list[str]:
    """What is wrong; notes are not."""
    return [each.code for _, each in report.findings if each.gravity is not Gravity.NOTE]


def said(report: Report, code: str) -> Finding:
    """The one finding of that name."""
    (found,) = (each for _, each in report.findings if each.code == code)
    return found


def agreed(_: Finding) -> bool:
    return True


def admin(desk: Desk) -> Path:
    (record,) = (desk.root / ".git" / "worktrees").glob("*dispatch*")
    return record


def unlock(desk: Desk) -> None:
    desk.git("worktree", "unlock", ".dispatch")


def prune(desk: Desk) -> None:
    unlock(desk)
    shutil.rmtree(admin(desk))


def replace_by_link(desk: Desk) -> None:
    shutil.rmtree(desk.tree)
    desk.tree.symlink_to(desk.root.parent)


def delete_branch(desk: Desk) -> None:
    desk.git("update-ref", "-d", "refs/heads/dispatch")


def move_branch_back(desk: Desk) -> None:
    desk.git("update-ref", "refs/heads/dispatch", desk.tree_git("rev-parse", "HEAD~1").strip())


def forget_exclusion(desk: Desk) -> None:
    (desk.root / ".git" / "info" / "exclude").write_text("*.log\n")


def forget_driver(desk: Desk) -> None:
    desk.git("config", "--remove-section", "merge.dispatchd")


def outlive_installation(desk: Desk) -> None:
    driver = desk.git("config", "merge.dispatchd.driver").strip()
    gone = driver.replace(driver.split()[2], "/opt/gone/bin/dispatchd", 1)
    desk.git("config", "merge.dispatchd.driver", gone)


def open_private(desk: Desk) -> None:
    desk.private.chmod(0o755)


def lock_file_away(desk: Desk) -> None:
    (desk.tree / desk.only("issues/login.md")).chmod(0o000)


def titles(desk: Desk) -> list[str]:
    with closing(sqlite3.connect(desk.private / "state.db")) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM issues WHERE removed = 0")]


def damage_database(desk: Desk) -> None:
    for suffix in ("-wal", "-shm"):
        desk.private.joinpath(f"state.db{suffix}").unlink(missing_ok=True)
    database = desk.private / "state.db"
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))


def lose_a_text(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.private / "state.db")) as connection:
        connection.execute(
            "DELETE FROM blobs WHERE digest = (SELECT current FROM documents WHERE path = 'issues/login.md')"
        )
        connection.commit()


def slip_in_a_save(desk: Desk) -> None:
    """As if a save had come between the daemon's look and its write, and the daemon been killed."""
    held = desk.private / "quarantine"
    held.mkdir(exist_ok=True)
    with closing(sqlite3.connect(desk.private / "state.db")) as connection:
        (seen,) = connection.execute("SELECT seen FROM documents WHERE path = 'issues/login.md'").fetchone()
    path, digest = DocumentPath("issues/login.md"), DocumentDigest(seen)
    name = HeldName(row=1, path=path, expected=digest, arriving=digest, since_ns=1)
    (held / name.text()).write_text(desk.read("issues/login.md") + "\nSlipped in.\n")


MENDED: Final[dict[str, Break]] = {
    "tree-folder-gone": lambda desk: shutil.rmtree(desk.tree),
    "tree-folder-replaced": replace_by_link,
    "tree-link-gone": lambda desk: (desk.tree / ".git").unlink(),
    "tree-unregistered": prune,
    "tree-unlocked": unlock,
    "branch-gone": delete_branch,
    "branch-moved": move_branch_back,
    "exclude-missing": forget_exclusion,
    "driver-missing": forget_driver,
    "driver-stale": outlive_installation,
    "private-open": open_private,
    "files-unreadable": lock_file_away,
    "database-damaged": damage_database,
    "texts-lost": lose_a_text,
    "quarantined": slip_in_a_save,
}


@pytest.mark.parametrize("code", MENDED)
def test_what_is_broken_is_found_mended_and_stays_mended(house: Desk, code: str) -> None:
    MENDED[code](house)
    found = diagnose(house.root)
    assert code in codes(found)
    finding = said(found, code)
    assert all((finding.what, finding.why, finding.next_step, finding.mend))
    mended = treat(house.root, agreed)
    assert codes(mended.report) == [], mended.done
    assert code in [each.code for each in mended.done if each.is_mended]
    assert treat(house.root, agreed).done == ()
    assert f"title: {TITLE}" in house.read("issues/login.md")
    assert titles(house) == [TITLE]


def test_a_copied_git_directory_gets_a_folder_of_its_own_and_leaves_the_originals_alone(
    desk: Desk, new_desk: Callable[[str], Desk]
) -> None:
    desk.save("issues/one.md", "The first\n")
    desk.sync()
    copy = new_desk("copy")
    shutil.rmtree(copy.root / ".git")
    with standing_still(desk):  # what goes while it is copied could not be copied
        shutil.copytree(desk.root / ".git", copy.root / ".git", ignore=shutil.ignore_patterns("*.sock"))
    link = (desk.tree / ".git").read_text(encoding="utf-8")
    copy.ask("doctor", "--fix", "--yes")
    assert (copy.tree / "issues" / "one.md").exists()
    assert (desk.tree / ".git").read_text(encoding="utf-8") == link
    assert "tied to this repository" in desk.ask("doctor").out
    assert "branch-elsewhere" not in copy.ask("doctor", "--json").out
