"""What a unit of work promises of documents and their texts, shown on the SQLite one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    TextSource,
    UnitOfWork,
    WriteReason,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.actors import Actor
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from tests.contracts.store_samples import ALICE, NOON, STAMP, record, text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SyncStore]:
    with sync_store(tmp_path / "state.db") as opened:
        yield opened


def test_bytes_taken_from_a_save_are_known_from_that_time_on(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[bool]:
        unit.documents.agree(text(1, NOON, source=TextSource.INGESTED))
        unit.documents.agree(text(2, NOON))
        was = unit.documents.was_ingested
        one, two, second = digest(b"1"), digest(b"2"), timedelta(seconds=1)
        return [was("i-2222", one, NOON), was("i-2222", one, NOON + second), was("i-2222", two, NOON)]

    assert store.run(work) == [True, False, False]


def test_what_is_owed_comes_oldest_first_and_parked_files_are_left_alone(store: SyncStore) -> None:
    old, new = DocumentDigest("old"), DocumentDigest("new")

    def work(unit: UnitOfWork) -> list[str]:
        unit.documents.save(record("agreed", seen=old, current=old))
        unit.documents.save(record("absent"))
        unit.documents.save(record("second", seen=old, current=new, owed_since=NOON + timedelta(seconds=1)))
        unit.documents.save(record("create", current=new, owed_since=NOON + timedelta(seconds=2)))
        unit.documents.save(record("remove", seen=old, owed_since=NOON + timedelta(seconds=3)))
        unit.documents.save(
            record("moving", seen=old, current=old, wanted_path=DocumentPath("archive/x.md"), owed_since=NOON)
        )
        unit.documents.save(
            record("parked", seen=old, current=new, parked="conflict markers", owed_since=NOON)
        )
        return [one.subject for one in unit.documents.owed()]

    assert store.run(work) == ["i-moving", "i-second", "i-create", "i-remove"]


def test_a_subject_has_one_document_and_so_has_a_path(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.documents.save(record("one"))
        unit.documents.save(record("one", path=DocumentPath("issues/other.md")))
        assert unit.documents.at(DocumentPath("issues/one.md")) is None
        unit.documents.save(record("two", path=DocumentPath("issues/other.md")))
        assert unit.documents.of("i-one") is None
        assert [one.subject for one in unit.documents.all()] == ["i-two"]
        unit.documents.forget("i-two")
        assert list(unit.documents.all()) == []

    store.run(work)


def test_only_files_on_disk_are_compared_and_only_settled_stamps_prove_anything(store: SyncStore) -> None:
    seen = DocumentDigest("seen")
    large = STAMP._replace(device=(1 << 64) - 1, inode=1 << 63, settled=True)

    def work(unit: UnitOfWork) -> object:
        unit.documents.save(record("settled", seen=seen, stamp=large))
        unit.documents.save(record("young", seen=seen, stamp=large._replace(settled=False)))
        unit.documents.save(record("unstamped", seen=seen))
        unit.documents.save(record("owed", current=seen))
        return unit.documents.proofs()

    assert store.run(work) == {
        "issues/settled.md": large.proof,
        "issues/young.md": None,
        "issues/unstamped.md": None,
    }


def test_of_equal_revs_the_newest_agreed_text_counts(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> tuple[AgreedText | None, ...]:
        unit.documents.agree(text(1, NOON, rev="ra"))
        unit.documents.agree(text(2, NOON, rev="rb", source=TextSource.INGESTED))
        # The clock stepped back; the order of agreement counts all the same.
        unit.documents.agree(text(3, NOON - timedelta(hours=1), rev="ra"))
        agreed = unit.documents.agreed_with
        return agreed("i-2222", "ra"), agreed("i-2222", "rb"), agreed("i-2222", "rc"), agreed("i-3333", "ra")

    newest = text(3, NOON - timedelta(hours=1), rev="ra")
    assert store.run(work) == (newest, text(2, NOON, rev="rb", source=TextSource.INGESTED), None, None)
    assert store.run(lambda unit: unit.documents.newest_agreed("i-2222")) == newest


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(TextSource)), min_size=1, max_size=60))
def test_the_last_twenty_texts_and_those_of_a_day_are_kept(
    store: SyncStore, hours: list[tuple[int, TextSource]]
) -> None:
    texts: list[AgreedText] = []
    at = NOON
    for number, (pause, source) in enumerate(hours):
        at += timedelta(hours=pause)
        texts.append(text(number, at, rev=f"r{number}", source=source))

    def work(unit: UnitOfWork) -> set[AgreedText]:
        for one in texts:
            unit.documents.agree(one)
        found = {unit.documents.agreed_with("i-2222", one.rev or "") for one in texts}
        raise _Seen({one for one in found if one is not None})

    with pytest.raises(_Seen) as seen:
        store.run(work)
    rendered = [one for one in texts if one.source is TextSource.RENDERED]
    young = {one for one in texts if one.at > texts[-1].at - timedelta(hours=24)}
    kept = seen.value.found
    assert kept >= young | set(texts[-20:]) | set(rendered[-20:])
    assert len(kept - young) <= 40


class _Seen(Exception):  # noqa: N818 - rolls the example back and brings out what it saw
    def __init__(self, found: set[AgreedText]) -> None:
        self.found = found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seen=st.none() | st.just(DocumentDigest("a")),
    numbers=st.tuples(*[st.integers(0, 2**64 - 1)] * 2, *[st.integers(0, 2**62)] * 5, st.booleans()),
    because=st.none() | st.sampled_from(WriteReason),
    by=st.none() | st.just(ALICE),
    parked=st.none() | st.text(),
)
def test_a_document_comes_back_as_it_was_saved(
    store: SyncStore,
    seen: DocumentDigest | None,
    numbers: tuple[int, int, int, int, int, int, int, bool],
    because: WriteReason | None,
    by: Actor | None,
    parked: str | None,
) -> None:
    saved = record(
        "one",
        seen=seen,
        stamp=FileStamp(*numbers),
        owed_because=because,
        owed_by=by,
        parked=parked,
        attempts=3,
    )

    def work(unit: UnitOfWork) -> DocumentRecord | None:
        unit.documents.save(saved)
        assert unit.documents.at(saved.path) == saved
        return unit.documents.of("i-one")

    assert store.run(work) == saved


def test_what_lies_in_a_folder_is_found_however_deep_and_nothing_beside_it(store: SyncStore) -> None:
    places = (
        "context",
        "context.md",
        "context/b.md",
        "context/a/c.md",
        "context-b/d.md",
        "context0/e.md",
        "f.md",
    )

    def work(unit: UnitOfWork) -> list[str]:
        for number, place in enumerate(places):
            unit.documents.save(replace(record(f"n{number}"), path=DocumentPath(place)))
        return [each.path for each in unit.documents.below("context")]

    assert store.run(work) == ["context/a/c.md", "context/b.md"]
