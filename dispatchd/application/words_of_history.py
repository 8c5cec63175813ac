"""Whose the words below an issue's activity are that nobody has signed, as far as the branch tells.

A database made anew knows nothing of what rested. Words that a person's commit put there are still owed their signature:
those of whoever sits here rest on, those of others are signed at once. Where two people have put in the same line, or one
has changed another's, it is nobody's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from difflib import SequenceMatcher
from itertools import groupby

from dispatchd.application.command_handler import Door
from dispatchd.application.kinds.issue_kind import ISSUE_KIND, shape_of
from dispatchd.application.people import OF_AGENTS, person_by_email
from dispatchd.application.ports.audit_log import AuditLog, CommitId, FileChange, ForeignCommit
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.rendering import Rendering
from dispatchd.application.session import Session
from dispatchd.application.unsigned_words import hold_words
from dispatchd.documents.activity import has_activity, without_entries
from dispatchd.documents.comments import own_lines
from dispatchd.documents.fence import decode
from dispatchd.documents.markdown_outline import Outline
from dispatchd.domain.actors import DAEMON_EMAIL, Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.comment import Comment
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.domain.steering_command import AddComment

Text = list[str]


@dataclass(slots=True)
class Told:
    """Who has put which line into one file, how often, and when last."""

    lines: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    last: dict[str, ForeignCommit] = field(default_factory=dict)
    """Of each address its last such commit."""

    def note(self, before: Text, after: Text, commit: ForeignCommit) -> None:
        """Remember what *commit* put in; who goes on with words of their own has said them as they are then."""
        who = commit.author.email
        for kind, first, end, at, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            is_own = all(self.lines[line][who] for line in before[first:end])
            if kind == "insert" or (kind == "replace" and is_own):
                for line in after[at:to]:
                    self.lines[line][who] += 1
                    self.last[who] = commit


async def owe_words(session: Session, end: CommitId) -> None:
    """Owe what stands unsigned in the files at *end* to whoever wrote it."""
    paths = await session.ports.store.transact(_suspects)
    if not paths:
        return
    told = await session.run(lambda: _told_of(session.ports.audit, end, paths))

    def owe(work: UnitOfWork) -> None:
        for path, found in told.items():
            record = work.documents.at(path)
            if record is not None:
                _owe(session, work, record, found)

    await session.ports.store.transact(owe)


def _suspects(work: UnitOfWork) -> list[DocumentPath]:
    """Issues below whose activity something else stands than what is dated."""
    return [
        record.path
        for record in work.documents.all()
        if record.kind is EntityKind.ISSUE and record.current is not None and record.parked is None
        if _has_own_words(work.blobs.get(record.current).decode())
    ]


def _has_own_words(text: str) -> bool:
    return has_activity(text) and any(
        line.strip() for line in without_entries(text.casefold().rpartition("# activity")[2])
    )


def _told_of(log: AuditLog, end: CommitId, paths: Sequence[DocumentPath]) -> dict[DocumentPath, Told]:
    commits = log.commits_between(None, end)
    told: dict[DocumentPath, Told] = {}
    for path in paths:
        mine = list(_changes_of(path, commits))
        blobs = log.read_blobs([blob for change, _ in mine for blob in (change.old, change.new) if blob])
        found = told[path] = Told()
        for change, commit in mine:
            # What a file brings along when it is new is nobody's comment.
            texts = [_words(blobs[blob]) for blob in (change.old, change.new) if blob and blob in blobs]
            if len(texts) == 2 and _is_persons(commit):
                found.note(texts[0], texts[1], commit)
    return told


def _changes_of(
    path: DocumentPath, commits: Sequence[ForeignCommit]
) -> Iterator[tuple[FileChange, ForeignCommit]]:
    """What changed the file at *path*, oldest first, also under the names it had before."""
    names = {path}
    found: list[tuple[FileChange, ForeignCommit]] = []
    for commit in reversed(commits):
        for change in commit.changes:
            if change.path in names:
                found.append((change, commit))
                if change.old is None:
                    gone = (each for each in commit.changes if each.new is None)
                    names.update(each.path for each in gone if each.old == change.new)
    return reversed(found)


def _is_persons(commit: ForeignCommit) -> bool:
    """Whether its author said what it puts in: a merge says what its sides do, and a revert decides nothing."""
    is_persons = commit.author.email != DAEMON_EMAIL and not commit.author.email.endswith(OF_AGENTS)
    return is_persons and not (commit.is_merge or commit.is_revert)


def _words(content: bytes) -> Text:
    shape = _shape(content)
    return [shape.lines[at].rstrip() for at in own_lines(shape)]


def _shape(content: bytes) -> Outline:
    text = decode(content)
    return shape_of(ISSUE_KIND.read(text if isinstance(text, str) else ""))


def _owe(session: Session, work: UnitOfWork, record: DocumentRecord, told: Told) -> None:
    issue = work.issue(EntityId(record.subject))
    if issue is None or record.current is None:
        return
    shape, signed = _shape(work.blobs.get(record.current)), _signed(issue.comments)
    owners = {at: _writer(shape.lines[at].rstrip(), told, signed) for at in own_lines(shape)}
    here = session.ports.person(work).email
    rest = [shape.lines[at].rstrip() for at, who in owners.items() if who == here]
    if rest:
        hold_words(work, record, rest, here)
    door = session.intake.door(work)
    for who, run in groupby(owners, key=lambda at: owners[at]):
        if who not in (None, here):
            lines = [*run]
            text = "".join(shape.lines[lines[0] : lines[-1] + 1])
            _sign(door, AddComment(issue=issue.id, text=text), told.last[who])
    Rendering(door=door, kinds=session.kinds).refresh()


def _sign(door: Door, said: AddComment, commit: ForeignCommit) -> None:
    by = Circumstance(
        actor=person_by_email(door.work.rules.people, commit.author.name, commit.author.email),
        at=commit.author.at,
        provenance=Provenance(channel=Channel.COMMIT, commit=commit.oid),
    )
    with suppress(Rejected):  # it was refused in its day, too
        door.handle(said, by)


def _signed(comments: Sequence[Comment]) -> Counter[tuple[str, str]]:
    """How often each line was signed, and by which address."""
    return Counter((line.rstrip(), each.by.email) for each in comments for line in each.text.split("\n"))


def _writer(line: str, told: Told, signed: Counter[tuple[str, str]]) -> str | None:
    """Who has put *line* in oftener than it was signed, if that is one person."""
    owed = [who for who, times in told.lines.get(line, {}).items() if times > signed[line, who]]
    return owed[0] if len(owed) == 1 else None
