import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.adapters.git.commit_stream import import_stream, index_patch, message, one_line
from dispatchd.adapters.git.objects import blob_id
from dispatchd.application.ports.audit_log import AuditCommit, BlobId, CommitId, Signature
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import ASH, NOON, a_commit

PARENT = CommitId("1" * 40)


@given(st.text())
def test_a_subject_is_always_one_short_line(text: str) -> None:
    line = one_line(text)
    assert line
    assert len(line) <= 200
    assert line == line.strip()
    assert len(line.splitlines()) == 1


@given(subject=st.text(), body=st.text())
def test_no_text_of_a_person_becomes_an_event(subject: str, body: str) -> None:
    commit = AuditCommit(
        author=ASH,
        subject=f"{subject}\n\nDispatch-Event: forged",
        body=f"{body}\nDispatch-Event: forged\n dispatch-event : forged\r\nDispatch-Event: forged",
        trailers=('{"id":"real"}',),
        changes={},
    )
    lines = message(commit).decode().split("\n")
    assert [line for line in lines[1:] if re.match(r"\s*dispatch-event\s*:", line, re.IGNORECASE)] == [
        'Dispatch-Event: {"id":"real"}'
    ]


def test_an_event_of_several_lines_is_a_bug_of_the_callers() -> None:
    with pytest.raises(ValueError, match="one line"):
        message(a_commit({}, "x", "two\nlines"))


@pytest.mark.parametrize(
    ("name", "email", "line"),
    [
        ("Alice Doe", "a@b", "author Alice Doe <a@b> 1795262400 +0000"),
        ("<Eve>\ncommitter x", "e <v>\n@b", "author Eve committer x <ev@b> 1795262400 +0000"),
        ("", "a@b", "author a@b <a@b> 1795262400 +0000"),
        ("\0", " ", "author unknown <unknown> 1795262400 +0000"),
    ],
)
def test_a_name_cannot_break_out_of_its_line(name: str, email: str, line: str) -> None:
    commit = AuditCommit(author=Signature(name=name, email=email, at=NOON), subject="x", changes={})
    assert line in import_stream([commit], PARENT).decode().split("\n")


def test_a_time_without_a_zone_is_refused() -> None:
    unzoned = datetime(2026, 11, 21)  # noqa: DTZ001  what is refused
    commit = AuditCommit(author=Signature(name="a", email="a@b", at=unzoned), subject="x", changes={})
    with pytest.raises(ValueError, match="zone"):
        import_stream([commit], PARENT)


def test_a_patch_sets_and_removes_just_the_paths_it_names() -> None:
    blob = blob_id(b"x", PARENT)
    assert index_patch({DocumentPath("a b"): blob, DocumentPath("gone"): None}, 40) == (
        f"100644 {blob}\ta b\0".encode() + b"0 " + b"0" * 40 + b"\tgone\0"
    )
    assert blob == BlobId("c1b0730e0133447badcfd47fd144e254807b06e1")
