"""Which text of `policies.toml` is in force: the last that reads, by the word of a person who may say so.

What a stranger committed, what an agent could have written, and what nobody here has said anything about, waits for an
answer. Until then the rules before hold; where there were none, people are asked.
"""

from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.config_in_force import as_records
from dispatchd.application.notices import Notice, by_daemon, close, open_once
from dispatchd.application.policies import IN_FORCE, rules_in, text_in_force
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.application.whose_word import may_say_so
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.policy_document import read_policies
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentDigest, EntityKind
from dispatchd.domain.policy_command import PutRulesInForce
from dispatchd.domain.policy_rules import CAUSE, KEEP_OLD, PUT_IN_FORCE
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose, ThreadStatus
from dispatchd.reconcile.body_merge import merge_body

WAITS: Final = "policies.waits"
"""The note that holds the digest of the text that waits for somebody's word."""
KNOWN: Final = "policies.known"
"""The note that holds the digest of the text that was judged last; a database made anew has judged none."""


def problems_of_policies(content: bytes) -> tuple[DocumentProblem, ...]:
    """What a text of the rules has wrong."""
    text = decode(content)
    return (text,) if isinstance(text, DocumentProblem) else read_policies(text).problems


def take_policies(door: Door, seen: Sighting, problems: tuple[DocumentProblem, ...]) -> None:
    """Put the rules that were saved in force, if it was a person who may; else ask one. What cannot be read waits."""
    work, by = door.work, seen.circumstance
    work.problems.replace(POLICIES, as_records(POLICIES, problems, by.at))
    work.set_note(KNOWN, digest(seen.content))
    if problems:
        if not may_say_so(work, by):  # whoever mends it says nothing of what else was written there
            work.set_note(WAITS, work.blobs.put(seen.content))
        return
    text, standing = seen.content.decode(), text_in_force(work)
    if not may_say_so(work, by):
        if keys_in(text) != keys_in(standing or ""):
            _ask(door, text, by)
        return
    wanted = _without_what_waits(work, text, standing)
    was_asked = _forget(door, by)
    if wanted is not None and wanted != standing:
        put_in_force(door, wanted, by)
    if wanted is None or keys_in(wanted) != keys_in(text):
        _keep_waiting(door, text, by, asks=was_asked or wanted is None)


def _without_what_waits(work: UnitOfWork, text: str, standing: str | None) -> str | None:
    """What a person's save changes, in the text that is in force: saving other lines confirms nothing. None: unclear."""
    waits = work.note(WAITS)
    if waits is None:
        return text
    base = work.blobs.get(DocumentDigest(waits)).decode("utf-8", errors="replace")
    merged = merge_body(base, standing or "", text)
    return None if merged.overlaps or read_policies(merged.text).problems else merged.text


def keys_in(text: str) -> tuple[str, ...]:
    """The rules of *text* by what they say, wherever they stand in it."""
    return tuple(rule.key for rule in rules_in(text))


def put_in_force(door: Door, text: str, by: Circumstance, thread: Thread | None = None) -> None:
    """Let the rules of *text* count. Raises Rejected where nobody who may has said so."""
    blob = door.work.blobs.put(text.encode())
    word = thread.id if thread is not None else None
    door.handle(PutRulesInForce(path=POLICIES, blob=blob, word=word), by)


def follow_addition(door: Door, text: str, by: Circumstance) -> None:
    """The daemon itself has made the file say *text*, which adds a rule: what waited beside it waits in the new text."""
    work = door.work
    work.set_note(KNOWN, digest(text.encode()))
    if work.note(WAITS) is not None:
        _keep_waiting(door, text, by, asks=_forget(door, by))


def _forget(door: Door, by: Circumstance) -> bool:
    """Nothing waits any more; whether somebody was asked and has not answered."""
    waits = door.work.note(WAITS)
    if waits is None:
        return False
    asked = door.work.open_thread_about(f"{CAUSE}{waits}") is not None
    close(door, f"{CAUSE}{waits}", by.at)
    door.work.set_note(WAITS, None)
    return asked


def _keep_waiting(door: Door, text: str, by: Circumstance, *, asks: bool) -> None:
    door.work.set_note(WAITS, door.work.blobs.put(text.encode()))
    if asks:
        _ask(door, text, by_daemon(by.at))


def _ask(door: Door, text: str, by: Circumstance) -> None:
    """Ask people about the text that stands in the file and whose rules do not count."""
    _forget(door, by)
    blob = door.work.blobs.put(text.encode())
    door.work.set_note(WAITS, blob)
    ask_about(door, blob, _why(by), by)


def _why(by: Circumstance) -> str:
    if by.doubted:
        return "It was changed while an agent was at work that nothing contains, which could have written it."
    commit = by.provenance.commit
    if commit is not None:
        look = f"look with `git -C .dispatch show {commit[:12]}`"
        return f"A commit changed it, by {by.actor.name} <{by.actor.email}>, and that is not enough to let it count: {look}."
    return "It says more than a person here has said that it may."


def ask_about(door: Door, blob: DocumentDigest, why: str, by: Circumstance) -> None:
    """Ask whether the text *blob* counts; once for each text."""
    notice = Notice(
        cause=f"{CAUSE}{blob}",
        title=f"{POLICIES} says what nobody has said yes to",
        text=f"{why} The rules in it answer what agents ask, so they do not count until somebody here says so; the ones "
        "before stay in force. `dispatchd policy list` shows both.",
        kind=ThreadKind.ESCALATION,
        subject=POLICIES,
        options=(PUT_IN_FORCE, KEEP_OLD),
        purpose=ThreadPurpose.CONFIRM_ACT,
    )
    open_once(door, notice, by.at)


def confirm_policies(door: Door, thread: Thread, by: Circumstance) -> None:
    """Put the rules in force that *thread* asked about, if that was the answer."""
    if not thread.cause.startswith(CAUSE):
        return
    blob = DocumentDigest(thread.cause.removeprefix(CAUSE))
    if thread.chosen != PUT_IN_FORCE:
        return
    put_in_force(door, door.work.blobs.get(blob).decode(), by_daemon(by.at), thread)
    if door.work.note(WAITS) == blob:
        door.work.set_note(WAITS, None)


def ask_about_what_nobody_put_in_force(door: Door, by: Circumstance) -> None:
    """Ask about rules that stand in the file without anybody's word that is known here: from before, or from elsewhere."""
    work, record = door.work, door.work.documents.at(POLICIES)
    if record is None or record.current is None or work.note(KNOWN) == record.current:
        return
    work.set_note(KNOWN, record.current)
    if work.note(IN_FORCE) == record.current:
        return
    text = work.blobs.get(record.current).decode("utf-8", errors="replace")
    problems = read_policies(text).problems
    if not problems and keys_in(text) == keys_in(text_in_force(work) or ""):
        return
    work.set_note(WAITS, record.current)
    if not problems and not _was_asked(work, record.current):
        ask_about(door, record.current, "Nobody has said so far that it counts.", by)


def _was_asked(work: UnitOfWork, blob: DocumentDigest) -> bool:
    threads = (each for each in work.entities(EntityKind.THREAD) if isinstance(each, Thread))
    return any(
        each.cause == f"{CAUSE}{blob}" and each.status is not ThreadStatus.DISMISSED for each in threads
    )
