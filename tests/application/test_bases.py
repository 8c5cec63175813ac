"""The text that a save began as, among those that carry its `rev`; on a real database in the test's own folder."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application import bases
from dispatchd.application.bases import agreed_base
from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, TextSource, UnitOfWork
from dispatchd.domain.identifiers import DocumentPath, EntityKind

REV = "r1"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOST = 5


def text_of(number: int) -> str:
    """Each text has a line more than the one before it."""
    return "".join(f"line {at}\n" for at in range(number + 1))


def remember(work: UnitOfWork, subject: str, sources: Sequence[TextSource]) -> None:
    """The texts of one file, the oldest first."""
    digests = [work.blobs.put(text_of(number).encode()) for number in range(len(sources))]
    path, now = DocumentPath(f"issues/{subject}.md"), digests[-1]
    work.documents.save(
        DocumentRecord(path=path, subject=subject, kind=EntityKind.ISSUE, seen=now, current=now)
    )
    for number, source in enumerate(sources):
        at = NOON + timedelta(seconds=number)
        agreed = AgreedText(subject=subject, rev=REV, digest=digests[number], source=source, at=at)
        work.documents.agree(agreed)


@pytest.mark.parametrize("count", range(1, MOST + 1))
def test_a_few_texts_tell_what_all_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    texts = [text_of(number) for number in range(count)]
    saves = [*texts, *(f"{text}more\n" for text in texts), "another\n"]
    subjects = {"-".join(sources): sources for sources in itertools.product(TextSource, repeat=count)}

    def began(work: UnitOfWork) -> list[tuple[str, str, AgreedText | None]]:
        return [
            (subject, saved, agreed_base(work, subject, REV, saved))
            for subject in subjects
            for saved in saves
        ]

    with sync_store(tmp_path / "state.db") as store:
        for subject, sources in subjects.items():
            store.run(partial(remember, subject=subject, sources=sources))
        few = store.run(began)
        monkeypatch.setattr(bases, "FEW", MOST + 1)
        assert few == store.run(began)
