"""Writes commits down as git's fast-import reads them, and patches as update-index reads them. Pure text, no process.

It keeps what people wrote from being taken for structure: a subject is one line, a name holds no brackets, and no
text becomes an event's line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from dispatchd.adapters.git.objects import blob_id
from dispatchd.application.ports.audit_log import (
    COMMITTER_EMAIL,
    COMMITTER_NAME,
    EVENT_TRAILER,
    AuditCommit,
    BlobId,
    CommitId,
    Signature,
)
from dispatchd.domain.identifiers import DocumentPath

PENDING_REF: Final = "refs/dispatchd/pending"
_SUBJECT_LENGTH: Final = 200
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_UNFIT_IN_NAME: Final = re.compile(r"[\x00-\x1f\x7f<>]+")
_LOOKS_LIKE_EVENT: Final = re.compile(rf"^(?=\s*{EVENT_TRAILER}\s*:)", re.IGNORECASE | re.MULTILINE)
_FORBIDDEN_PARTS: Final = frozenset({"", ".", "..", ".git"})


def import_stream(
    commits: Sequence[AuditCommit],
    parent: CommitId,
    ledger: bytes = b"",
    ahead: Sequence[Mapping[DocumentPath, str]] | None = None,
) -> bytes:
    """The whole input of one fast-import; it prints the id of each commit, a line each, in order.

    Then comes *ledger*, more of such input, which may name the last commit by its mark: how many there are. *ahead* are,
    for each commit, folders that stand written already as what they are after it, and the ids of their objects.
    """
    parts: list[bytes] = [b"feature done\n"]
    for number, commit in enumerate(commits, start=1):
        parts += _commit_commands(commit, number, parent, ahead[number - 1] if ahead is not None else {})
    parts.extend(f"get-mark :{number}\n".encode() for number in range(1, len(commits) + 1))
    parts.append(ledger)
    parts.append(b"done\n")
    return b"".join(parts)


def _commit_commands(
    commit: AuditCommit, number: int, parent: CommitId, ahead: Mapping[DocumentPath, str]
) -> Iterator[bytes]:
    """The commands that make *commit*; the contents of files in folders that stand *ahead* come before it."""
    listed = {path: content for path, content in commit.changes.items() if folder_of(path) in ahead}
    yield from (b"blob\n" + _data(content) for content in listed.values() if content is not None)
    yield f"commit {PENDING_REF}\nmark :{number}\n".encode()
    yield _signature_line("author", commit.author)
    ours = Signature(name=COMMITTER_NAME, email=COMMITTER_EMAIL, at=commit.author.at)
    yield _signature_line("committer", commit.committer or ours)
    yield _data(message(commit))
    if number == 1:
        yield f"from {parent}\n".encode()
    if commit.merges is not None:
        yield f"merge {commit.merges}\n".encode()
    yield from (b'M 040000 %b "%b"\n' % (tree.encode(), _quoted(folder)) for folder, tree in ahead.items())
    yield from (
        _file_command(path, content) for path, content in commit.changes.items() if path not in listed
    )
    yield b"\n"


def message(commit: AuditCommit) -> bytes:
    """The commit's text: subject, body, and a line for each event at its end."""
    body = _LOOKS_LIKE_EVENT.sub("> ", commit.body.replace("\0", "").replace("\r", "")).strip()
    for trailer in commit.trailers:
        if _CONTROL.search(trailer):
            raise ValueError(f"an event's trailer is one line of text, not {trailer!r}")
    marks = (f"{name}: {one_line(value)}" for name, value in commit.marks.items())
    trailers = "\n".join((*(f"{EVENT_TRAILER}: {trailer}" for trailer in commit.trailers), *marks))
    paragraphs = (one_line(commit.subject), body, trailers)
    return ("\n\n".join(part for part in paragraphs if part) + "\n").encode("utf-8", "replace")


def one_line(text: str) -> str:
    """*text* as the first line of a commit: white space and control characters become single spaces."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    if len(line) > _SUBJECT_LENGTH:
        line = line[: _SUBJECT_LENGTH - 1].rstrip() + "…"
    return line or "(no subject)"


def index_patch(changes: Mapping[DocumentPath, BlobId | None], digits: int) -> bytes:
    """What `update-index -z --index-info` reads to set just these paths."""
    absent = "0" * digits
    return b"".join(
        (f"100644 {blob}\t" if blob else f"0 {absent}\t").encode() + path_bytes(path) + b"\0"
        for path, blob in changes.items()
    )


def final_blobs(commits: Iterable[AuditCommit], parent: CommitId) -> dict[DocumentPath, BlobId | None]:
    """What each path is after all of *commits*."""
    contents: dict[DocumentPath, bytes | None] = {}
    for commit in commits:
        contents |= commit.changes
    return {path: None if content is None else blob_id(content, parent) for path, content in contents.items()}


def path_bytes(path: DocumentPath) -> bytes:
    """*path* as git stores it; names that are no UTF-8 come through as they were read."""
    if "\0" in path or any(part.lower() in _FORBIDDEN_PARTS for part in path.split("/")):
        raise ValueError(f"{path!r} is no path inside the tree")
    return path.encode("utf-8", "surrogateescape")


def folder_of(path: DocumentPath) -> DocumentPath:
    """The folder that *path* stands in; empty for what stands in the tree's own."""
    return DocumentPath(path.rpartition("/")[0])


def _file_command(path: DocumentPath, content: bytes | None) -> bytes:
    if content is None:
        return b'D "%s"\n' % _quoted(path)
    return b'M 100644 inline "%s"\n%s' % (_quoted(path), _data(content))


def _quoted(path: DocumentPath) -> bytes:
    return path_bytes(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _signature_line(role: str, who: Signature) -> bytes:
    email = "".join(_UNFIT_IN_NAME.sub("", who.email).split()) or "unknown"
    name = " ".join(_UNFIT_IN_NAME.sub(" ", who.name).split()) or email
    offset = who.at.utcoffset()
    if offset is None:
        raise ValueError("a signature's time needs its zone")
    minutes = int(offset.total_seconds() // 60)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    return f"{role} {name} <{email}> {int(who.at.timestamp())} {zone}\n".encode("utf-8", "replace")
