"""What a request comes to where another clone decides: the edit of a file that its person could have made.

It is planned and tried by the same rules as at home, so that what would be refused there is refused here already; then
the file is owed the edit, and the edit is queued as its person's, to take effect where home sees its commit. What no
edit expresses is refused, and says where to do it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dispatchd.application.brake_file import WITHOUT_A_REASON, standing
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import DocumentKind, Edit, Kinds
from dispatchd.application.homes import deciding, not_here
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.requests.planning import body_of, plan, subject_of
from dispatchd.application.requests.request import Request, Verb
from dispatchd.application.session import Session
from dispatchd.application.trial import Trial
from dispatchd.documents import epic_document, issue_document, proposal_document
from dispatchd.documents.action_line import format_action
from dispatchd.documents.facts import composed
from dispatchd.documents.fence import decode
from dispatchd.documents.key_schema import Value
from dispatchd.documents.tree_paths import PAUSE, new_path
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import (
    ChangeSet,
    Circumstance,
    Command,
    MoveIssue,
    OpenEpic,
    OpenIssue,
    OpenProposal,
    ReviseFile,
    SetFact,
)
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import Rejected
from dispatchd.domain.facts import members_of
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.domain.run_event import RunStopAsked
from dispatchd.domain.steering_command import AddComment, PauseWork, ResumeWork
from dispatchd.reconcile.edits_of_commands import as_by_hand, is_ticked, ticked, with_comment, with_facts
from dispatchd.reconcile.intents import Act, Refusal, Typing

_ELSEWHERE: Final[Mapping[Verb, str]] = {
    Verb.IMPORT: "import there",
    Verb.UNDO: "undo it there, or change it back in its file",
    Verb.TIDY: "tidy there, or rename the files yourself: a rename is an edit like any other",
    Verb.RESTORE: "restore it there, or bring the file back yourself: git -C .dispatch log -- PATH",
    Verb.CONFIRM: "confirm it there",
    Verb.TELL: "tell it there, or put a file into agents/NAME/inbox/",
}
_FORMS: Final = {
    EntityKind.ISSUE: issue_document.FORM,
    EntityKind.EPIC: epic_document.FORM,
    EntityKind.PROPOSAL: proposal_document.FORM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """A file as it is to be: None where it is to go."""

    path: DocumentPath
    text: str | None


async def write_instead(session: Session, request: Request) -> Mapping[str, Any]:
    """Make the edit that says what *request* asks. Raises Rejected, in words that name the clone that decides."""

    def write(work: UnitOfWork) -> Mapping[str, Any]:
        home = deciding(work)
        if request.speaker is not None:
            raise Rejected(not_here(work, "an agent speaks there"))
        if request.verb in _ELSEWHERE:
            raise Rejected(not_here(work, _ELSEWHERE[request.verb]))
        by = Circumstance(
            actor=session.ports.person(work),
            at=session.ports.clock.now(),
            provenance=Provenance(channel=Channel.COMMAND),
        )
        instead = _Instead(session=session, work=work, by=by)
        commands = plan(work, request, by, session.intake.door(work).draw)
        told = instead.tried(commands)
        edits = [each for each in instead.edits(commands, body_of(request)) if instead.owe(each)]
        subject = subject_of(commands, request)
        paths = [str(edit.path) for edit in edits]
        if not edits and told:
            told = [f"It is written already and takes effect when {home} sees its commit."]
        elif edits:
            told = [*told, f"{_done_to(edits)}; takes effect when {home} sees its commit."]
        return {"subject": subject, "told": told, "events": [], "elsewhere": home, "paths": paths}

    return await session.ports.store.transact(write)


def _done_to(edits: Sequence[FileEdit]) -> str:
    """What became of the files, as the beginning of a sentence."""
    written = ", ".join(edit.path for edit in edits if edit.text is not None)
    gone = ", ".join(edit.path for edit in edits if edit.text is None)
    if not gone:
        return f"Written to {written}"
    return f"Written to {written}, {gone} deleted" if written else f"{gone} deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instead:
    session: Session
    work: UnitOfWork
    by: Circumstance

    @property
    def kinds(self) -> Kinds:
        return self.session.kinds

    def tried(self, commands: Sequence[Command]) -> list[str]:
        """What would happen, in the log's words. Raises Rejected where the rules refuse it, as far as is known here.

        That a turn is stopped for it is left out: it runs at home, and is stopped there, if it still runs by then.
        """
        trial = Trial(self.work)
        door = Door(work=trial, ids=self.session.ports.ids)
        told: list[str] = []
        for command in commands:
            done = (
                each
                for each in door.handle(command, self.by)
                if each.circumstance.actor == self.by.actor and not isinstance(each.event, RunStopAsked)
            )
            told.extend(trial.event_at(each.position)[1] for each in done)
        return told

    def edits(self, commands: Sequence[Command], body: str) -> Iterator[FileEdit]:
        """The edits that say what *commands* say; none where the files say it already."""
        facts = [each for each in commands if isinstance(each, SetFact | ChangeSet | MoveIssue)]
        opens = [each for each in commands if isinstance(each, OpenIssue | OpenEpic | OpenProposal)]
        for command in opens:
            yield self._new(command, body, [each for each in facts if isinstance(each, MoveIssue)])
        if facts and not opens:
            yield from self._changed(self._subject(facts[0]), lambda text, kind: self._set(text, kind, facts))
        for other in commands:
            if not isinstance(other, SetFact | ChangeSet | MoveIssue | OpenIssue | OpenEpic | OpenProposal):
                yield from self._edit(other)

    def _edit(self, command: Command) -> Iterator[FileEdit]:
        match command:
            case ReviseFile(path=path, blob=blob):
                text = decode(self.work.blobs.get(blob)) if blob is not None else None
                yield FileEdit(path=path, text=text if isinstance(text, str) else None)
            case PauseWork(reason=reason):
                yield FileEdit(path=PAUSE, text=f"{reason}\n" if reason else WITHOUT_A_REASON)
            case ResumeWork():
                yield from (FileEdit(path=record.path, text=None) for record in standing(self.work))
            case AddComment(issue=issue, text=words):
                yield from self._changed(
                    issue, lambda text, kind: with_comment(text, kind.read(text).front.layout.body_at, words)
                )
            case _:
                yield from self._changed(
                    self._subject(command), lambda text, kind: self._tick(text, kind, command)
                )

    def _subject(self, command: Command) -> EntityId:
        names = ("issue", "epic", "proposal", "thread", "subject")
        found = next((getattr(command, name) for name in names if hasattr(command, name)), None)
        if found is None:
            raise Rejected(not_here(self.work))
        return EntityId(str(found))

    def _changed(self, subject: EntityId, edit: Callable[[str, DocumentKind], str]) -> Iterator[FileEdit]:
        """The document of *subject* as *edit* leaves it."""
        record = self.work.documents.of(subject)
        text = decode(self.work.blobs.get(record.current)) if record and record.current is not None else None
        if record is None or record.kind is None or not isinstance(text, str):
            raise Rejected(not_here(self.work))
        edited = edit(text, self.kinds[record.kind])
        if edited != text:
            yield FileEdit(path=record.path, text=edited)

    def _set(self, text: str, kind: DocumentKind, commands: Sequence[Command]) -> str:
        entity = self.work.entity(self._subject(commands[0]))

        def members(key: str) -> tuple[str, ...]:
            written = kind.read(text).facts.get(key)
            if isinstance(written, tuple):
                return written
            return () if entity is None or isinstance(entity, Decision) else members_of(entity, key)

        return with_facts(text, commands, members, [key.name for key in kind.schema])

    def _tick(self, text: str, kind: DocumentKind, wanted: Command) -> str:
        body_at = kind.read(text).front.layout.body_at
        edited = ticked(text, body_at, wanted, self._means(kind, wanted))
        if edited is not None:
            return edited
        if is_ticked(text, body_at, wanted, self._means(kind, wanted)):
            return text
        record = self.work.documents.of(self._subject(wanted))
        where = f"no box in {record.path} says it" if record is not None else "no box says it"
        raise Rejected(not_here(self.work, f"{where}, so do it there"))

    def _means(self, kind: DocumentKind, wanted: Command) -> Callable[[str, str], Sequence[Command]]:
        record = self.work.documents.of(self._subject(wanted))
        assert record is not None  # noqa: S101 -- its text was read just now

        def means(before: str, after: str) -> Sequence[Command]:
            edit = Edit(
                subject=record.subject,
                base=kind.read(before),
                disk=kind.read(after),
                held=(),
                circumstance=self.by,
                work=self.work,
                path=record.path,
            )
            found = [each.otherwise if isinstance(each, Typing) else each for each in kind.intents(edit)]
            if any(isinstance(each, Refusal) for each in found):
                return ()
            return [each.command for each in found if isinstance(each, Act)]

        return means

    def _new(
        self, command: OpenIssue | OpenEpic | OpenProposal, body: str, moves: Sequence[MoveIssue]
    ) -> FileEdit:
        facts: Mapping[str, Value]
        match command:
            case OpenIssue(issue=issue):
                kind, title, facts = EntityKind.ISSUE, issue.title, issue_document.fact_values(issue)
            case OpenEpic(epic=epic):
                kind, title, facts = EntityKind.EPIC, epic.title, epic_document.fact_values(epic)
            case OpenProposal(proposal=proposal):
                kind, title = EntityKind.PROPOSAL, proposal.title
                facts = proposal_document.fact_values(proposal)
                lines = "\n".join(format_action(action) for action in proposal.actions)
                body = "\n\n".join(filter(None, (body.strip("\n"), lines and f"## If it passes\n\n{lines}")))
        form = _FORMS[kind]
        changes: dict[str, Value] = {}
        for move in moves:
            changes["status"] = f"{move.to}!" if move.forced else str(move.to)
        text = as_by_hand(composed(facts, body, form), form.order, changes)
        return FileEdit(path=new_path(kind, EntityId(str(facts["id"])), title), text=text)

    def owe(self, edit: FileEdit) -> bool:
        """Owe the file the edit, and queue it as its person's commit. A save that comes between is merged with it.

        False where the file says so already.
        """
        work, by = self.work, self.by
        blob = work.blobs.put(edit.text.encode()) if edit.text is not None else None
        record = work.documents.at(edit.path) or DocumentRecord(
            path=edit.path, subject=edit.path, kind=None, seen=None, current=None
        )
        if record.current == blob:
            return False
        work.audit.add_text(edit.path, blob, by.actor, by.at)
        work.documents.save(
            replace(
                record, current=blob, owed_since=by.at, owed_because=WriteReason.ARRIVED, owed_by=by.actor
            )
        )
        return True
