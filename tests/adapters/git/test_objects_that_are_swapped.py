"""An agent puts pipes in the place of its files in the very moment in which git is about to read them."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatchd.adapters.git import runner
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "repository"]
REAL = shutil.which("git") or ""
SWAPS = """#!/bin/sh
for word; do
    if [ "$word" = {verb} ]; then
        find '{place}' -type f | while read -r each; do
            rm -f "$each"
            mkfifo "$each"
        done
    fi
done
exec '{git}' "$@"
"""


@pytest.fixture
def swap_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clone: WorkClone
) -> Callable[[str, str], None]:
    """Lets a *place* in the clone be full of pipes when the git command *verb* begins, and not before."""
    monkeypatch.setattr(runner, "REST", 3.0)

    def swap(verb: str, place: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "git"
        script.write_text(SWAPS.format(verb=verb, place=clone.path / place, git=REAL))
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    return swap


@pytest.mark.timeout(60)
@pytest.mark.parametrize("verb", ["fetch", "status"])
def test_objects_that_become_pipes_when_git_begins_are_not_met_by_it(
    clones: GitWorkClones, clone: WorkClone, swap_when: Callable[[str, str], None], verb: str
) -> None:
    head = commit_in(clone, "login.py", "1\n")
    swap_when(verb, ".git/objects")
    assert clones.look(clone).head == head
    assert clones.fetch_back(clone) == head


@pytest.mark.timeout(60)
def test_objects_that_became_pipes_before_they_could_be_copied_are_missing(
    clones: GitWorkClones, clone: WorkClone, swap_when: Callable[[str, str], None]
) -> None:
    commit_in(clone, "login.py", "1\n")
    swap_when("cat-file", ".git/objects")
    with pytest.raises(CloneFailed, match=f"{BRANCH} could not be read"):
        clones.look(clone)


@pytest.mark.timeout(60)
def test_a_file_of_the_work_that_becomes_a_pipe_ends_one_look_and_soon(
    clones: GitWorkClones, clone: WorkClone, tmp_path: Path
) -> None:
    """The work tree itself git reads where it stands: what it opens there may be swapped under its hands."""
    stop = threading.Event()
    place, pipe, plain = clone.path / "app.py", tmp_path / "pipe", tmp_path / "plain"
    os.mkfifo(pipe)

    def swap() -> None:
        while not stop.is_set():
            plain.write_text(f"{time.monotonic()}")
            plain.replace(place)
            os.link(pipe, plain)
            plain.replace(place)

    attack = threading.Thread(target=swap)
    attack.start()
    try:
        for _ in range(20):
            try:
                clones.look(clone)
            except CloneFailed as failed:
                assert "nothing had moved" in str(failed) or "no plain file" in str(failed)  # noqa: PT017
    finally:
        stop.set()
        attack.join()


def test_a_pack_of_the_agents_is_fetched_like_loose_objects(clones: GitWorkClones, clone: WorkClone) -> None:
    commit_in(clone, "login.py", "1\n")
    git(clone.path, "repack", "-q", "-d", "-l")
    head = commit_in(clone, "logout.py", "2\n")
    assert not clones.look(clone).changed
    assert clones.fetch_back(clone) == head


def test_a_file_with_more_bytes_than_there_is_room_for_is_not_copied(
    clones: GitWorkClones, clone: WorkClone
) -> None:
    commit_in(clone, "login.py", "1\n")
    packs = clone.path / ".git" / "objects" / "pack"
    packs.mkdir(exist_ok=True)
    with (packs / f"pack-{'0' * 40}.pack").open("wb") as hole:
        hole.truncate(1 << 43)
    with pytest.raises(CloneFailed, match="no room on the disk"):
        clones.look(clone)


def test_the_one_that_is_strange_is_named_by_its_whole_path(clones: GitWorkClones, clone: WorkClone) -> None:
    head = commit_in(clone, "login.py", "1\n")
    place = clone.path / ".git" / "objects" / head[:2] / head[2:]
    place.unlink()
    os.mkfifo(place)
    with pytest.raises(CloneFailed, match=f"{place} is no plain file"):
        clones.look(clone)
