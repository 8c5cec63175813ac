"""Which text of a workflow or a role's prompt is in force: the last that a person here put there, whole.

What a stranger committed, what an agent could have written, and with `require_signed` what nobody signed of a workflow,
waits for an answer; until then the text before counts, and where there was none what comes with dispatchd. A text that
was there before anybody judged it counts if no stranger wrote in it.
"""

from collections.abc import Callable
from typing import Final

from dispatchd.application.authorship import strangers_in
from dispatchd.application.command_handler import Door
from dispatchd.application.notices import Notice, by_daemon, close, open_once
from dispatchd.application.policies import in_force_note
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.application.whose_word import may_say_so
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.documents.workflow_document import read_workflow, workflow_name
from dispatchd.domain.authority import is_person
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityKind
from dispatchd.domain.policy_command import PutRulesInForce
from dispatchd.domain.policy_rules import KEEP_OLD, LEAVE_OUT, PUT_IN_FORCE, TEXT_CAUSE, cause_of_text
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose, ThreadStatus
from dispatchd.reconcile.body_merge import merge_body

GOVERNS: Final = {
    PathRole.WORKFLOW: "It says what work passes through, and where a person is asked",
    PathRole.PROMPT: "It is what agents of the role are told",
}
"""What these texts are for, as the question says it."""
_SIGNED: Final = frozenset({PathRole.WORKFLOW})
"""Those that could take a gate away: with `require_signed` a save of them is not enough."""

_NONE: Final = ""
"""In the place of a digest: it is known that no text of the file counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextInForce:
    """What counts of the file at a path. `text` is None where nothing of it does; `waits`: the file says something else.

    `was_none`: it is known that nothing counted before either, so that what comes with dispatchd still does.
    """

    text: str | None
    waits: bool = False
    was_none: bool = False


def text_of(work: UnitOfWork, path: DocumentPath) -> TextInForce | None:
    """What counts of the file at *path*; None where there is no such file."""
    record = work.documents.at(path)
    if record is None or record.current is None:
        return None
    counts = work.note(in_force_note(path))
    if counts is None and work.note(_waits(path)) is None:
        is_ours = not work.rules.require_signed or role_of(path) not in _SIGNED
        counts = record.current if is_ours and not strangers_in(work, path) else None
    text = _read(work, DocumentDigest(counts)) if counts else None
    return TextInForce(text=text, waits=text is None or counts != record.current, was_none=counts == _NONE)


def waits_for_a_word(note: Callable[[str], str | None], path: DocumentPath, content: bytes) -> bool:
    """Whether another text than *content*, or none, counts of the file at *path*; *note* gives a note's value."""
    counts = note(in_force_note(path))
    return note(_waits(path)) is not None if counts is None else counts != digest(content)


def remember_what_counts(work: UnitOfWork, path: DocumentPath) -> None:
    """Before the file at *path* changes: what counts of it without anybody having judged it does so from now on."""
    record, counts = work.documents.at(path), text_of(work, path)
    if record is None or counts is None:
        work.set_note(in_force_note(path), work.note(in_force_note(path)) or _NONE)
    elif not counts.waits:
        work.set_note(in_force_note(path), record.current)


def forget_text(door: Door, path: DocumentPath, by: Circumstance) -> bool:
    """Whether the file at *path* may go, because nothing of it counts; then nothing is asked about it any more."""
    counts = text_of(door.work, path)
    if counts is None or counts.text is not None:
        return False
    _forget(door, path, by)
    door.work.set_note(in_force_note(path), None)
    return True


def take_text(door: Door, path: DocumentPath, content: bytes, by: Circumstance) -> None:
    """Put what was saved in force, if it was a person who may; else ask one, once for each text."""
    work, found = door.work, digest(content)
    standing = _standing(work, path)
    if found == standing:
        _forget(door, path, by)
        return
    if not may_say_so(work, by, signs_saves=role_of(path) in _SIGNED):
        _ask(door, path, content, by)
        return
    wanted = _without_what_waits(work, path, content, standing)
    was_asked = _forget(door, path, by)
    if wanted is not None and (blob := work.blobs.put(wanted)) != standing:
        door.handle(PutRulesInForce(path=path, blob=blob), by)
    if wanted is None or (was_asked and wanted != content):
        _ask(door, path, content, by_daemon(by.at))
    elif wanted != content:
        work.set_note(_waits(path), work.blobs.put(content))


def take_seen(door: Door, seen: Sighting, _problems: tuple[DocumentProblem, ...]) -> None:
    """The same for what was found in the tree; what is wrong with it is said where it is used."""
    take_text(door, seen.path, seen.content, seen.circumstance)


def confirm_text(door: Door, thread: Thread, by: Circumstance) -> None:
    """Put the text in force that *thread* asked about, if that was the answer."""
    path = DocumentPath(thread.subject or "")
    if not thread.cause.startswith(TEXT_CAUSE):
        return
    if thread.chosen != PUT_IN_FORCE:
        door.work.set_note(in_force_note(path), door.work.note(in_force_note(path)) or _NONE)
        return
    blob = DocumentDigest(thread.cause.rpartition(":")[2])
    door.handle(PutRulesInForce(path=path, blob=blob, word=thread.id), by_daemon(by.at))
    if door.work.note(_waits(path)) == blob:
        door.work.set_note(_waits(path), None)


def judge_again(door: Door, by: Circumstance) -> None:
    """In a database made anew: what stands in a file and nobody's word is known for waits, and is asked about once."""
    work = door.work
    threads = [each for each in work.entities(EntityKind.THREAD) if isinstance(each, Thread)]
    asked = {each.cause for each in threads if each.status is not ThreadStatus.DISMISSED}
    of_none = {
        each.subject for each in threads if each.cause.startswith(TEXT_CAUSE) and LEAVE_OUT in each.options
    }
    for record in list(work.documents.all()):
        blob = record.current
        if (
            blob is None
            or role_of(record.path) not in GOVERNS
            or work.note(in_force_note(record.path)) == blob
        ):
            continue
        work.set_note(_waits(record.path), blob)
        if work.note(in_force_note(record.path)) is None and str(record.path) in of_none:
            work.set_note(in_force_note(record.path), _NONE)
        if cause_of_text(record.path, blob) not in asked:
            _open(door, record.path, blob, "Nobody has said so far that it counts.", by)


def _standing(work: UnitOfWork, path: DocumentPath) -> DocumentDigest | None:
    counts = work.note(in_force_note(path))
    return DocumentDigest(counts) if counts else None


def _without_what_waits(
    work: UnitOfWork, path: DocumentPath, content: bytes, standing: DocumentDigest | None
) -> bytes | None:
    """What a person's save changes, in the text that is in force: saving other lines confirms nothing. None: unclear."""
    waits = work.note(_waits(path))
    if waits is None:
        return content
    before = _read(work, DocumentDigest(waits))
    old = _read(work, standing) if standing is not None else None
    saved = decode(content)
    if before is None or old is None or not isinstance(saved, str):
        return None
    merged = merge_body(before, old, saved)
    return None if merged.overlaps or not _reads(path, merged.text) else merged.text.encode()


def _reads(path: DocumentPath, text: str) -> bool:
    return role_of(path) is not PathRole.WORKFLOW or not read_workflow(text, workflow_name(path)).problems


def _read(work: UnitOfWork, blob: DocumentDigest) -> str | None:
    try:
        text = decode(work.blobs.get(blob))
    except KeyError:
        return None
    return text if isinstance(text, str) else None


def _forget(door: Door, path: DocumentPath, by: Circumstance) -> bool:
    """Nothing waits any more; whether somebody was asked and has not answered."""
    waits = door.work.note(_waits(path))
    if waits is None:
        return False
    cause = cause_of_text(path, DocumentDigest(waits))
    asked = door.work.open_thread_about(cause) is not None
    close(door, cause, by.at)
    door.work.set_note(_waits(path), None)
    return asked


def _ask(door: Door, path: DocumentPath, content: bytes, by: Circumstance) -> None:
    _forget(door, path, by)
    blob = door.work.blobs.put(content)
    door.work.set_note(_waits(path), blob)
    _open(door, path, blob, _why(door.work, by), by)


def _why(work: UnitOfWork, by: Circumstance) -> str:
    commit, who = by.provenance.commit, by.actor
    if by.doubted:
        return "It was changed while an agent was at work that nothing contains, which could have written it."
    if commit is not None:
        look = f"look with `git -C .dispatch show {commit[:12]}`"
        return f"A commit changed it, by {who.name} <{who.email}>, and that is not enough to let it count: {look}."
    if is_person(work.rules, who):
        return "It was changed without the signature that `require_signed` asks for."
    return "It says more than a person here has said that it may."


def _open(door: Door, path: DocumentPath, blob: DocumentDigest, why: str, by: Circumstance) -> None:
    was_none = door.work.note(in_force_note(path)) == _NONE
    stays = "what comes with dispatchd" if was_none else "what counted before"
    notice = Notice(
        cause=cause_of_text(path, blob),
        title=f"{path} says what nobody has said yes to",
        text=f"{why} {GOVERNS[role_of(path)]}, so it does not count until somebody here says so; {stays} stays in force.",
        kind=ThreadKind.ESCALATION,
        subject=path,
        options=(PUT_IN_FORCE, LEAVE_OUT if was_none else KEEP_OLD),
        purpose=ThreadPurpose.CONFIRM_ACT,
    )
    open_once(door, notice, by.at)


def _waits(path: DocumentPath) -> str:
    return f"in_force.waits:{path}"
