"""*Always allow*, ticked in a thread, becomes a rule in `policies.toml`: there people see it, and may take it back."""

from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.policies import text_in_force
from dispatchd.application.policies_in_force import follow_addition
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.policy_document import with_rule
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.domain.command import Command, ReviseFile
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.permissions import ALLOW_ALWAYS, Leave
from dispatchd.domain.policy_command import PutRulesInForce
from dispatchd.domain.policy_event import RulesTaken
from dispatchd.domain.standing_leave import rules_of, why_only_once
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from dispatchd.domain.wording import one_line

_WRITTEN: Final = "always."
"""Begins the note that saves asking the log; what it says, the log says too."""


async def write_down_what_is_always_allowed(desk: Desk) -> None:
    """Add a rule for each permission that a person has given for always; once for each."""
    due = await desk.session.ports.store.transact(_not_written)
    for thread in due:
        await desk.plan(lambda door: _write(door, thread))  # noqa: B023 -- awaited here


def _not_written(work: UnitOfWork) -> list[Thread]:
    return [
        thread
        for thread in work.entities(EntityKind.THREAD)
        if isinstance(thread, Thread)
        and thread.kind is ThreadKind.PERMISSION
        and thread.status is ThreadStatus.ANSWERED
        and thread.chosen == ALLOW_ALWAYS
        and work.note(_WRITTEN + thread.id) is None
    ]


def was_written(work: UnitOfWork, thread: Thread) -> bool:
    """Whether *thread* became a rule, by the log: a database made anew has no note, and the rule may have gone since."""
    events = (each.event for each in work.history.about(POLICIES))
    return any(isinstance(event, RulesTaken) and event.word == thread.id for event in events)


def _write(door: Door, thread: Thread) -> Plan:
    work = door.work
    work.set_note(_WRITTEN + thread.id, "written")
    leave = thread.leave or _leave_in(thread)
    if was_written(work, thread) or why_only_once(leave):
        return Plan(commands=[], subject=thread.id)
    record = work.documents.at(POLICIES)
    before = (
        work.blobs.get(record.current).decode() if record is not None and record.current is not None else ""
    )
    said = thread.turns[-1]
    comment = one_line(
        f"{thread.sender} asked in {thread.id}; {said.by.name} allowed it always, {format_moment(said.at)}"
    )
    standing = text_in_force(work) or ""
    after, counts = before, standing
    for rule in rules_of(leave):
        after, counts = with_rule(after, rule, comment), with_rule(counts, rule, comment)
    follow_addition(door, after, by_daemon(said.at))
    in_force = work.blobs.put((after if before == standing else counts).encode())
    commands: list[Command] = [
        ReviseFile(path=POLICIES, blob=work.blobs.put(after.encode())),
        PutRulesInForce(path=POLICIES, blob=in_force, word=thread.id),
    ]
    return Plan(commands=commands, subject=thread.id)


def _leave_in(thread: Thread) -> Leave:
    """What a thread from before asked: `May I use TOOL?` and the block below it."""
    asked = thread.turns[0].text
    tool = asked.partition("May I use ")[2].partition("?")[0]
    _, fence, rest = asked.partition("```\n")
    what = rest.partition("\n```")[0] if fence else ""
    return Leave(tool=tool, command=what)
