"""Reads commits back: who, what it says, which events it carries, which files it changed.

Every commit is read alike, the daemon's own and people's. What a change means is left to reconcile.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from dispatchd.adapters.git.ledger import LEDGER_REF
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import (
    CLONE_TRAILER,
    EVENT_TRAILER,
    HOME_TRAILER,
    BlobId,
    CommitId,
    FileChange,
    FileVersion,
    ForeignCommit,
    Signature,
)
from dispatchd.domain.identifiers import DocumentPath

_FIELDS: Final = ("%H", "%P", "%an", "%ae", "%ad", "%cn", "%ce", "%cd", "%B")
_FORMAT: Final = "--format=tformat:%x01" + "%x00".join(_FIELDS)
_LOG: Final = (
    "-z",
    "--raw",
    "-r",
    "--root",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--no-color",
    "--no-mailmap",
    "--no-show-signature",
    "--diff-merges=first-parent",
    "--date=raw",
)
_REVERT: Final = re.compile(r"^This reverts commit [0-9a-f]{7,64}", re.MULTILINE)
_RAW: Final = re.compile(r"\n*:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")
_REGULAR: Final = frozenset({"100644", "100755"})


def commits_between(
    runner: GitRunner, old: CommitId | None, new: CommitId, also: Sequence[str] = ()
) -> tuple[ForeignCommit, ...]:
    """What *new*, or one of *also*, holds and *old* does not, parents before children."""
    span = (new, *also) if old is None else (new, *also, f"^{old}")
    answer = runner.ask("log", "--reverse", "--topo-order", *_LOG, _FORMAT, *span, "--")
    found = list(_commits(answer.stdout))
    main_line = _first_parents({fields[0]: fields[1].split() for fields, _ in found}, new)
    return tuple(_commit(fields, changes, main_line) for fields, changes in found)


_PATHS_ASKED: Final = 100
SET_ASIDE: Final = "refs/dispatchd/set-aside/"
"""Ends of the branch that were let go of, kept so that nothing of them is lost."""
_SHA256_LENGTH: Final = 64


def versions_of(runner: GitRunner, head: CommitId, path: DocumentPath, limit: int) -> tuple[FileVersion, ...]:
    """The last *limit* versions of *path* in the past of *head*, newest first."""
    exact = f":(top,literal){path}"
    answer = runner.ask("log", f"--max-count={limit}", *_LOG, _FORMAT, head, "--", exact)
    return tuple(
        FileVersion(commit=CommitId(fields[0]), blob=change.new)
        for fields, changes in _commits(answer.stdout)
        for change in changes
        if change.path == path
    )


def standing_in_history(
    runner: GitRunner, head: CommitId, contents: Mapping[DocumentPath, bytes]
) -> frozenset[DocumentPath]:
    """The paths of *contents* where some commit in the past of *head*, or one set aside, holds exactly these bytes."""
    if not contents:
        return frozenset()
    # Beyond some paths one walk over everything is cheaper than git comparing each commit with all of them.
    exact = [f":(top,literal){path}" for path in contents] if len(contents) <= _PATHS_ASKED else []
    answer = runner.ask(
        "log", *_LOG, _FORMAT, head, f"--glob={SET_ASIDE}*", f"--glob={LEDGER_REF}*", "--", *exact
    )
    held = {
        (change.path, change.new)
        for _, changes in _commits(answer.stdout)
        for change in changes
        if change.path in contents
    }
    return frozenset(
        path for path, content in contents.items() if (path, BlobId(_blob_id(content, len(head)))) in held
    )


def standing_in_index(runner: GitRunner, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
    """The paths of *contents* whose entry in the tree's index holds exactly these bytes."""
    if not contents:
        return frozenset()
    exact = [f":(top,literal){path}" for path in contents] if len(contents) <= _PATHS_ASKED else []
    answer = runner.ask("ls-files", "-s", "-z", "--", *exact)
    entries: dict[str, str] = {}
    for line in _text(answer.stdout).split("\0"):
        facts, _, path = line.partition("\t")
        if path:
            entries[path] = facts.split(" ")[1]
    return frozenset(
        path
        for path, content in contents.items()
        if (blob := entries.get(path)) is not None and blob == _blob_id(content, len(blob))
    )


def _blob_id(content: bytes, length: int) -> str:
    hashing = hashlib.sha256 if length == _SHA256_LENGTH else hashlib.sha1
    return hashing(b"blob %d\0" % len(content) + content).hexdigest()


def changes_between(runner: GitRunner, old: CommitId, new: CommitId) -> tuple[FileChange, ...]:
    """How the files of *new* differ from those of *old*."""
    if old == new:
        return ()
    answer = runner.ask("diff-tree", "-r", "-z", "--raw", "--no-renames", old, new)
    tokens = iter(_text(answer.stdout).split("\0"))
    changes = (_change(token, next(tokens)) for token in tokens if token)
    return tuple(change for change in changes if change is not None)


def _commits(output: bytes) -> Iterator[tuple[list[str], tuple[FileChange, ...]]]:
    tokens = _text(output).split("\0")
    place = 0
    while place < len(tokens) and tokens[place].startswith("\x01"):
        fields = tokens[place : place + len(_FIELDS)]
        fields[0] = fields[0][1:]
        place += len(_FIELDS)
        changes: list[FileChange] = []
        while place < len(tokens) and _RAW.fullmatch(tokens[place]):
            change = _change(tokens[place], tokens[place + 1])
            if change is not None:
                changes.append(change)
            place += 2
        yield fields, tuple(changes)


def _change(raw: str, path: str) -> FileChange | None:
    found = _RAW.fullmatch(raw)
    if found is None:
        raise ValueError(f"git described a change in an unknown way: {raw!r}")
    old_mode, new_mode, old, new = found.groups()
    # Links and submodules are no documents: where one stands, there is no file.
    before = BlobId(old) if old_mode in _REGULAR else None
    after = BlobId(new) if new_mode in _REGULAR else None
    if before == after:
        return None
    return FileChange(path=DocumentPath(path), old=before, new=after)


def _commit(fields: list[str], changes: tuple[FileChange, ...], main_line: set[str]) -> ForeignCommit:
    oid, parents, author, author_email, authored, committer, committer_email, committed, text = fields
    subject, _, rest = text.replace("\r\n", "\n").partition("\n")
    prefix = f"{EVENT_TRAILER}: "
    return ForeignCommit(
        oid=CommitId(oid),
        parents=tuple(CommitId(parent) for parent in parents.split()),
        author=Signature(name=author, email=author_email, at=_moment(authored)),
        committer=Signature(name=committer, email=committer_email, at=_moment(committed)),
        subject=subject,
        # Anywhere below the subject: a squash leaves the lines of several commits in the midst of one text.
        events=tuple(line.removeprefix(prefix) for line in rest.split("\n") if line.startswith(prefix)),
        is_revert=subject.startswith('Revert "') or _REVERT.search(rest) is not None,
        on_first_parent_line=oid in main_line,
        changes=changes,
        clone=_mark(rest, CLONE_TRAILER),
        home=_mark(rest, HOME_TRAILER),
    )


def _mark(text: str, name: str) -> str:
    """The value of a line that stands in the last paragraph of the message."""
    last = text.rstrip("\n").rpartition("\n\n")[2]
    prefix = f"{name}: "
    return next(
        (line.removeprefix(prefix).strip() for line in last.split("\n") if line.startswith(prefix)), ""
    )


def _first_parents(parents: dict[str, list[str]], tip: str) -> set[str]:
    line: set[str] = set()
    while tip in parents and tip not in line:
        line.add(tip)
        if not parents[tip]:
            break
        tip = parents[tip][0]
    return line


def _moment(raw: str) -> datetime:
    # A crafted commit may hold no date, or one no calendar has; it is somebody's commit all the same.
    try:
        seconds, zone = raw.split()
        sign = -1 if zone.startswith("-") else 1
        offset = timedelta(hours=sign * int(zone[1:3]), minutes=sign * int(zone[3:5]))
        return datetime.fromtimestamp(int(seconds), timezone(offset))
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")
