"""Which text of `config.toml` is in force: the last that could be read, by somebody who may say so."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.notices import Notice, close, open_once
from dispatchd.application.parking import cause_of
from dispatchd.application.ports.unit_of_work import CONFIG_KEPT_OUT, CONFIG_UNSIGNED, ProblemRecord
from dispatchd.application.sighting import Sighting
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_merge import differing, with_last_good, without_kept_out
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.actors import Channel
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose
from dispatchd.reconcile.places import FILE

PUT_IN_FORCE: Final = "Put it in force"
KEEP_OLD: Final = "Leave the old settings in force"
CAUSE: Final = "config:"
_SIGN: Final = "Tick a box here and commit it signed: `git -C .dispatch commit -S -a`."
PARTLY_WAITS: Final = "What somebody else changed in config.toml waits"
PARTLY_UNSIGNED: Final = "What config.toml was changed to without a signature waits"
PARTLY: Final = frozenset({PARTLY_WAITS, PARTLY_UNSIGNED})
"""The titles of questions about a text of which the rest is in force."""


def take_config(door: Door, seen: Sighting, problems: tuple[DocumentProblem, ...]) -> None:
    """Put the config in force; if it cannot be read at all, the last one that could stays so."""
    at = seen.circumstance.at
    door.work.problems.replace(seen.path, as_records(seen.path, problems, at))
    text = decode(seen.content)
    if isinstance(text, str) and read_config(text).config is not None:
        close(door, cause_of(seen.path), at)
        if _is_by_a_stranger(door, seen):
            _ask_about_a_stranger(door, seen)
        elif seen.circumstance.doubted and not seen.circumstance.provenance.signed:
            _ask_what_an_agent_could_have_written(door, seen)
        elif _wants_a_signature(door, seen, text):
            _ask_for_a_signature(door, seen)
        else:
            if seen.circumstance.provenance.signed:
                _let_signed_text_be_whole(door, at)
            put_in_force(door, seen.content, at)
        return
    said = "\n".join(str(problem.at(seen.path)) for problem in problems)
    notice = Notice(
        cause=cause_of(seen.path),
        title=f"{seen.path} cannot be read",
        text=f"{said}\n\nThe settings that were in force stay so until it reads again.",
        kind=ThreadKind.PROBLEM,
        subject=seen.path,
    )
    open_once(door, notice, at)


def as_records(
    path: DocumentPath, problems: Iterable[DocumentProblem], since: datetime | None
) -> tuple[ProblemRecord, ...]:
    """What the settings have wrong, as it is kept."""
    return tuple(
        ProblemRecord(
            subject=path,
            path=path,
            anchor=FILE,
            what=problem.what,
            hint=problem.hint,
            line=problem.line,
            since=since,
        )
        for problem in problems
    )


def _is_by_a_stranger(door: Door, seen: Sighting) -> bool:
    """Whether a commit of somebody who is not in `[people]` brought these settings, which say who is."""
    people, by = door.work.rules.people, seen.circumstance
    return by.provenance.channel is Channel.COMMIT and bool(people) and by.actor.handle not in people


def put_in_force(door: Door, content: bytes, at: datetime) -> None:
    """Put *content* in force, but for what waits in it for somebody's word: saving other lines confirms nothing."""
    work, text = door.work, with_last_good(content.decode(), door.work.config_in_force)
    waited, in_force = work.note(CONFIG_KEPT_OUT), work.config_in_force
    if waited is None or in_force is None:
        work.set_rules_from(text)
        return
    base = work.blobs.get(DocumentDigest(waited)).decode()
    mine = without_kept_out(base, text, in_force)
    is_all = mine is not None and not differing(mine, text)
    if mine is not None:
        work.set_rules_from(text if is_all else mine)
    was_asked = work.open_thread_about(f"{CAUSE}{waited}") is not None
    close(door, f"{CAUSE}{waited}", at)
    was_unsigned = work.note(CONFIG_UNSIGNED) == waited
    work.set_note(CONFIG_KEPT_OUT, None if is_all else work.blobs.put(content))
    work.set_note(CONFIG_UNSIGNED, work.note(CONFIG_KEPT_OUT) if was_unsigned else None)
    if is_all:
        return
    if was_asked or mine is None:
        ask_what_waits(door, at)


def ask_what_waits(door: Door, at: datetime) -> None:
    """Ask about the settings that stand in the file and are not in force, naming them."""
    waits = door.work.note(CONFIG_KEPT_OUT)
    if waits is None:
        return
    text = door.work.blobs.get(DocumentDigest(waits)).decode()
    keys = ", ".join(f"`{key}`" for key in differing(door.work.config_in_force or "", text))
    title, why = (
        PARTLY_WAITS,
        "somebody who is not in `[people]` changed it, and nobody has said that it counts",
    )
    if door.work.note(CONFIG_UNSIGNED) == waits:
        title, why = PARTLY_UNSIGNED, f"it was changed without a signature. {_SIGN}"
    told = f"{CONFIG} says more than is in force: {why.rstrip('.')}. This waits: {keys}. All else in the file is in force."
    _open(door, DocumentDigest(waits), CONFIG, title, told, at)


def _wants_a_signature(door: Door, seen: Sighting, text: str) -> bool:
    """Whether *text* would change what signatures protect: that they are asked for, and whose acts count."""
    before, config = door.work.rules, read_config(text).config
    if config is None or not before.require_signed or seen.circumstance.provenance.signed:
        return False
    after = config.rules
    return not after.require_signed or after.people != before.people


def _ask_about_a_stranger(door: Door, seen: Sighting) -> None:
    by = seen.circumstance
    told = (
        f"A commit of {by.actor.name} <{by.actor.email}>, who is not in `[people]`, changed the settings, which say "
        "who decides. The old ones stay in force until somebody here says otherwise: look with "
        f"`git -C .dispatch show {(by.provenance.commit or '')[:12]}`."
    )
    before = door.work.note(CONFIG_KEPT_OUT)
    if before is not None:
        close(door, f"{CAUSE}{before}", by.at)
    _ask(door, seen, f"{by.actor.name} changed config.toml", told)
    door.work.set_note(CONFIG_KEPT_OUT, door.work.blobs.put(seen.content))


def _ask_what_an_agent_could_have_written(door: Door, seen: Sighting) -> None:
    """Settings say who decides and what is run, so an agent that nothing contains must not be able to write them."""
    if not differing(door.work.config_in_force or "", seen.content.decode()):
        return
    told = (
        "The settings were changed while an agent was at work that nothing contains, which could have written them. "
        "The old ones stay in force until somebody says that the new ones are theirs."
    )
    before = door.work.note(CONFIG_KEPT_OUT)
    if before is not None:
        close(door, f"{CAUSE}{before}", seen.circumstance.at)
    _ask(door, seen, "config.toml was changed while an uncontained agent was at work", told)
    door.work.set_note(CONFIG_KEPT_OUT, door.work.blobs.put(seen.content))


def _let_signed_text_be_whole(door: Door, at: datetime) -> None:
    """A signed commit is what was asked for where nothing but a signature was: nothing of the text waits any more."""
    waited = door.work.note(CONFIG_UNSIGNED)
    if waited is not None:
        close(door, f"{CAUSE}{waited}", at)
        for note in (CONFIG_KEPT_OUT, CONFIG_UNSIGNED):
            door.work.set_note(note, None)


def _ask_for_a_signature(door: Door, seen: Sighting) -> None:
    told = (
        "A save without a signature changed `require_signed` or `[people]`, which say whose votes and gates count. "
        "The old settings stay in force: while signatures are asked for, nothing less than one can end that. "
        f"{_SIGN}"
    )
    work, waits = door.work, door.work.blobs.put(seen.content)
    before, unsigned = work.note(CONFIG_KEPT_OUT), work.note(CONFIG_UNSIGNED)
    if before is not None and before != waits:
        close(door, f"{CAUSE}{before}", seen.circumstance.at)
    _ask(door, seen, "config.toml was changed without a signature", told)
    work.set_note(CONFIG_UNSIGNED, waits if before == unsigned else None)
    work.set_note(CONFIG_KEPT_OUT, waits)


def _ask(door: Door, seen: Sighting, title: str, told: str) -> None:
    _open(door, digest(seen.content), seen.path, title, told, seen.circumstance.at)


def _open(door: Door, text: DocumentDigest, path: str, title: str, told: str, at: datetime) -> None:
    notice = Notice(
        cause=f"{CAUSE}{text}",
        title=title,
        text=told,
        kind=ThreadKind.ESCALATION,
        subject=path,
        options=(PUT_IN_FORCE, KEEP_OLD),
        purpose=ThreadPurpose.CONFIRM_ACT,
    )
    open_once(door, notice, at)


def confirm_config(door: Door, thread: Thread) -> None:
    """Put the settings in force that *thread* asked about, if that was the answer."""
    if thread.cause.startswith(CAUSE) and thread.chosen == PUT_IN_FORCE:
        blob = DocumentDigest(thread.cause.removeprefix(CAUSE))
        text = door.work.blobs.get(blob).decode()
        door.work.set_rules_from(with_last_good(text, door.work.config_in_force))
        if door.work.note(CONFIG_KEPT_OUT) == blob:
            door.work.set_note(CONFIG_KEPT_OUT, None)
            door.work.set_note(CONFIG_UNSIGNED, None)
