"""Which settings are in force after the database was lost: the last that somebody who may say so wrote.

The branch's own history of `config.toml` says that, read from its beginning, each commit by whom `[people]` named
then; an answer that put a text in force is an event of ours, and so is the question about one that was kept out.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import field

from dispatchd.application.config_in_force import CAUSE, KEEP_OLD, PUT_IN_FORCE, ask_what_waits
from dispatchd.application.people import person_by_email
from dispatchd.application.ports.audit_log import AuditLog, CommitId, ForeignCommit
from dispatchd.application.ports.unit_of_work import CONFIG_KEPT_OUT, UnitOfWork
from dispatchd.application.replaying import events_of
from dispatchd.application.session import Session
from dispatchd.application.settings_taken import TextsTaken
from dispatchd.application.wire import WireError, decode_event
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_merge import differing, with_last_good, without_kept_out
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.actors import DAEMON_EMAIL
from dispatchd.domain.board import Rules
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import RecordedEvent, ThreadAnswered, ThreadOpened
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import Thread


@dataclass(slots=True)
class _Past:
    """What has been read so far."""

    in_force: str | None = None
    keeps_out: bool = False
    last: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    asked: dict[EntityId, str] = field(default_factory=dict)
    taken: TextsTaken = field(default_factory=lambda: TextsTaken(()))

    @property
    def asks_signatures(self) -> bool:
        """Whether what is in force asks for signatures."""
        return self.in_force is not None and _rules(self.in_force).require_signed


async def put_past_in_force(
    session: Session, head: CommitId, believed: frozenset[CommitId] = frozenset()
) -> None:
    """Put in force what the history up to *head* says; what its file says beyond that waits.

    Where signatures are asked for, the word of the daemons that made the *believed* commits puts nothing in force.
    """
    log = session.ports.audit
    past = await session.run(lambda: _read(log, head, believed))

    def make_so(work: UnitOfWork) -> None:
        if past.in_force is not None:
            work.set_rules_from(past.in_force)
        work.set_note(CONFIG_KEPT_OUT, digest(past.last.encode()) if past.keeps_out else None)

    await session.ports.store.transact(make_so)


def ask_again(session: Session, work: UnitOfWork) -> None:
    """Ask about the settings that wait, unless the history told that somebody was asked."""
    waits = work.note(CONFIG_KEPT_OUT)
    threads = (each for kind in session.kinds for each in work.entities(kind) if isinstance(each, Thread))
    about = [thread for thread in threads if thread.cause.startswith(CAUSE)]
    asked = (thread for thread in about if thread.cause == f"{CAUSE}{waits}")
    if waits is None or (about and about[-1].chosen == KEEP_OLD):  # a no holds through saves of other lines
        return
    # Who said yes to another clone, and nothing proves it, is asked once more.
    if not any(thread.chosen != PUT_IN_FORCE for thread in asked):
        ask_what_waits(session.intake.door(work), session.ports.clock.now())


def _read(log: AuditLog, head: CommitId, believed: frozenset[CommitId]) -> _Past:
    commits = log.commits_between(None, head)
    own = log.made_here(commits)
    told = [event for event, _ in events_of([commit for commit in commits if commit.oid in own])]
    past = _Past(taken=TextsTaken(told), asked=dict(_asked_in(told)))
    for commit in commits:
        counts = commit.oid in own and not (commit.oid in believed and past.asks_signatures)
        if not commit.is_merge:
            _take_text(log, commit, past, is_own=counts)
        if counts:
            _take_answers(commit, past)
    _compare(past, _text(log.read(head, CONFIG)), believes=not (believed and past.asks_signatures))
    return past


def _take_text(log: AuditLog, commit: ForeignCommit, past: _Past, *, is_own: bool) -> None:
    change = next((each for each in commit.changes if each.path == CONFIG), None)
    text = _text(log.read_blob(change.new)) if change is not None and change.new is not None else None
    told = [each.id for each in _recorded(commit.events)] if is_own else []
    if change is None or text is None:
        past.taken.pass_by(told)
        return
    was_kept_out = past.in_force is not None and past.taken.was_kept_out(
        digest(text.encode()), commit.oid, told
    )
    before = _text(log.read_blob(change.old)) if change.old is not None else None
    base = before if before is not None else past.last
    past.last = past.texts[digest(text.encode())] = text
    if past.in_force is None:
        past.in_force = text
    elif is_own and commit.author.email == DAEMON_EMAIL:
        return
    elif was_kept_out or not _may_say_so(log, commit, past.in_force, text):
        past.keeps_out = True
    elif past.keeps_out:
        past.in_force = without_kept_out(base, text, past.in_force) or past.in_force
        past.keeps_out = bool(differing(past.in_force, with_last_good(text, past.in_force)))
    else:
        past.in_force = with_last_good(text, past.in_force)


def _may_say_so(log: AuditLog, commit: ForeignCommit, in_force: str, text: str) -> bool:
    before, after = _rules(in_force), _rules(text)
    author = person_by_email(before.people, commit.author.name, commit.author.email)
    if before.people and author.handle not in before.people:
        return False
    if not before.require_signed or (after.require_signed and after.people == before.people):
        return True
    signer = log.signer_of(commit.oid)
    return signer is not None and person_by_email(before.people, "", signer).handle in before.people


def _take_answers(commit: ForeignCommit, past: _Past) -> None:
    for recorded in _recorded(commit.events):
        match recorded.event:
            case ThreadAnswered(thread=thread_id, option=option) if option == PUT_IN_FORCE:
                text = past.texts.get(past.asked.get(thread_id, ""))
                if text is not None:
                    past.in_force, past.keeps_out = with_last_good(text, past.in_force), False
            case _:
                pass


def _asked_in(told: Sequence[RecordedEvent]) -> Iterator[tuple[EntityId, str]]:
    """The questions about settings, each with the text that it asks about."""
    for recorded in told:
        if isinstance(recorded.event, ThreadOpened) and recorded.event.thread.cause.startswith(CAUSE):
            yield recorded.event.thread.id, recorded.event.thread.cause.removeprefix(CAUSE)


def _recorded(lines: Sequence[str]) -> list[RecordedEvent]:
    found: list[RecordedEvent] = []
    for line in lines:
        try:
            found.append(decode_event(json.loads(line)))
        except (ValueError, WireError):
            continue
    return found


def _compare(past: _Past, now: str | None, *, believes: bool) -> None:
    """What merges made of the file is in force too, where nothing of a stranger's can be in it."""
    if now is None or past.in_force is None:
        return
    past.last = now
    now = with_last_good(now, past.in_force)
    differs = bool(differing(past.in_force, now))
    if not past.keeps_out and (believes or not differs):
        past.in_force = now
    elif differs:
        past.keeps_out = True
    else:
        past.in_force, past.keeps_out = now, False


def _text(content: bytes | None) -> str | None:
    """A text of the config that reads."""
    text = decode(content) if content is not None else None
    return text if isinstance(text, str) and read_config(text).config is not None else None


def _rules(text: str) -> Rules:
    config = read_config(text).config
    return Rules() if config is None else config.rules
