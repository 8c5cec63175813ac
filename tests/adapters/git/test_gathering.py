"""Git's small objects are put together when there are many, and none is lost: not even what nothing refers to."""

from pathlib import Path

import pytest

from dispatchd.adapters.git import gathering
from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.gathering import gather_objects
from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    repository(tmp_path / "code")
    return init(tmp_path / "code").places


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "code")


def commit(places: RepositoryPlaces, *numbers: int) -> None:
    log = GitAuditLog(places)
    for number in numbers:
        log.record([a_commit({"a.md": b"%d" % number}, f"step {number}")], log.head())


def counted(person: Person) -> dict[str, int]:
    lines = (line.split(": ") for line in person.git("count-objects", "-v").splitlines())
    return {name: int(value) for name, value in lines if value.isdigit()}


def test_many_loose_objects_become_one_pack_and_none_of_them_goes(
    places: RepositoryPlaces, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(places, *range(20))
    (person.folder / "lost.txt").write_text("nothing refers to this\n", encoding="utf-8")
    lost = person.git("hash-object", "-w", "lost.txt")
    before = person.git("rev-list", "--objects", "--all")
    monkeypatch.setattr(gathering, "MOST_LOOSE", -1)
    assert gather_objects(places)
    assert counted(person)["count"] == 0
    assert counted(person)["packs"] == 1
    assert person.git("rev-list", "--objects", "--all") == before
    assert person.git("cat-file", "blob", lost) == "nothing refers to this"
    commit(places, 21)
    assert person.git("fsck", "--full", "--no-dangling") == ""


def test_a_few_large_objects_are_gathered_too(
    places: RepositoryPlaces, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(places, 1)
    size = sum(each.stat().st_size for each in places.common_dir.glob("objects/??/*"))
    monkeypatch.setattr(gathering, "MOST_LOOSE_BYTES", size)
    assert not gather_objects(places)
    monkeypatch.setattr(gathering, "MOST_LOOSE_BYTES", size - 1)
    assert gather_objects(places)
    assert counted(person)["count"] == 0


def test_many_packs_become_few(
    places: RepositoryPlaces, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        commit(places, number)
        person.git("repack", "-q")
    monkeypatch.setattr(gathering, "MOST_PACKS", 5)
    assert gather_objects(places)
    assert counted(person)["packs"] <= 2
    assert not gather_objects(places)


def test_few_objects_are_left_alone_and_so_is_a_repository_in_which_git_collects(
    places: RepositoryPlaces, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(places, 1)
    assert not gather_objects(places)
    monkeypatch.setattr(gathering, "MOST_LOOSE", -1)
    (places.common_dir / "gc.pid").write_text("1 somewhere", encoding="utf-8")
    assert not gather_objects(places)
    assert counted(person)["packs"] == 0


def test_a_git_that_cannot_put_them_together_is_said_in_the_ports_words(
    places: RepositoryPlaces, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(places, 1)
    monkeypatch.setattr(gathering, "MOST_LOOSE", -1)
    person.git("config", "pack.indexVersion", "9")
    with pytest.raises(AuditError, match="repack"):
        gather_objects(places)
