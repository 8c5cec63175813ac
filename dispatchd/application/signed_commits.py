"""Signed commits as proofs: what a person did by one is read from it again, and by nothing that is said about it.

A daemon elsewhere says that somebody approved, and names the commit. That counts if the commit is signed with that
person's key, and the same rules that took it there make the same of it here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field

from dispatchd.application.document_kinds import Edit, Kinds
from dispatchd.application.loose_saves import straight_save
from dispatchd.application.people import person_by_email
from dispatchd.application.ports.audit_log import AuditLog, CommitId, ForeignCommit
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.tied_documents import subject_of
from dispatchd.documents.fence import decode
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.authority import is_person
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.decide import decide
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.event import subject_of as told_about
from dispatchd.domain.identifiers import DocumentPath, EntityId, kind_of
from dispatchd.reconcile.intents import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCommit:
    """A commit with a good signature by a key that is trusted here: whose, and what it did to files."""

    commit: ForeignCommit
    signer: str
    files: tuple[tuple[DocumentPath, bytes, bytes], ...]
    """Each with its text in the parent (empty where it is new) and in the commit."""


def signed_commits(log: AuditLog, head: CommitId, named: Iterable[str]) -> Mapping[CommitId, SignedCommit]:
    """Those of the commits that are *named* which stand in the past of *head*, signed."""
    wanted = frozenset(named)
    commits = [each for each in log.commits_between(None, head) if each.oid in wanted] if wanted else []
    found = {}
    for commit in commits:
        signer = None if commit.is_own or commit.is_merge else log.signer_of(commit.oid)
        if signer is None:
            continue
        blobs = log.read_blobs([blob for each in commit.changes for blob in (each.old, each.new) if blob])
        files = tuple(
            (each.path, blobs.get(each.old, b"") if each.old else b"", blobs[each.new])
            for each in commit.changes
            if each.new is not None and each.new in blobs
        )
        found[commit.oid] = SignedCommit(commit=commit, signer=signer, files=files)
    return found


@dataclass(slots=True, kw_only=True)
class Proofs:
    """Looks for proofs within one unit of work; each commit proves one thing about each document."""

    work: UnitOfWork
    kinds: Kinds
    signed: Mapping[CommitId, SignedCommit]
    used: set[tuple[CommitId, str]] = field(default_factory=set)

    def prove(self, recorded: RecordedEvent) -> bool:
        """Whether the commit that *recorded* names is its person's act; the board stands as before the event."""
        named = CommitId(recorded.circumstance.provenance.commit or "")
        proof, subject = self.signed.get(named), told_about(recorded.event)
        if proof is None or (named, subject) in self.used:
            return False
        by = person_by_email(self.work.rules.people, "", proof.signer)
        if by.handle != recorded.circumstance.actor.handle or not is_person(self.work.rules, by):
            return False
        circumstance = Circumstance(
            actor=by,
            at=proof.commit.author.at,
            provenance=Provenance(channel=Channel.COMMIT, commit=named, signed=True),
        )
        if not any(
            recorded.event in self._done_by(path, before, after, subject, circumstance)
            for path, before, after in proof.files
            if subject_of(self.kinds, path, after) == subject
        ):
            return False
        self.used.add((named, subject))
        return True

    def _done_by(
        self, path: DocumentPath, before: bytes, after: bytes, subject: str, circumstance: Circumstance
    ) -> list[Event]:
        """What the rules make of the edit from *before* to *after*."""
        kind = self.kinds[kind_of(EntityId(subject))]
        base, text = decode(before), decode(after)
        if not isinstance(base, str) or not isinstance(text, str):
            return []
        edit = Edit(
            subject=subject,
            base=kind.read(base),
            disk=kind.read(text),
            held=(),
            circumstance=circumstance,
            work=self.work,
            path=path,
        )
        edit, _ = straight_save(kind, edit, base)
        done: list[Event] = []
        for act in kind.intents(edit):
            if isinstance(act, Act):
                try:
                    done.extend(decide(self.work, act.command, circumstance))
                except Rejected:
                    continue
        return done
