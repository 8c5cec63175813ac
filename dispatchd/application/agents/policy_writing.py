"""*Always allow*, ticked in a thread, becomes a rule in `policies.toml`: there people see it, and may take it back."""

from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.policy_document import with_rule
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.domain.command import Command, ReviseFile
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.permissions import ALLOW_ALWAYS, PolicyAnswer, PolicyRule
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

_WRITTEN: Final = "always."
_WILD: Final = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})


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


def _write(door: Door, thread: Thread) -> Plan:
    work = door.work
    work.set_note(_WRITTEN + thread.id, "written")
    rule = _rule(thread)
    record = work.documents.at(POLICIES)
    before = (
        work.blobs.get(record.current).decode() if record is not None and record.current is not None else ""
    )
    said = thread.turns[-1]
    comment = (
        f"{thread.sender} asked in {thread.id}; {said.by.name} allowed it always, {format_moment(said.at)}"
    )
    blob = work.blobs.put(with_rule(before, rule, comment).encode())
    commands: list[Command] = [ReviseFile(path=POLICIES, blob=blob)]
    return Plan(commands=commands, subject=thread.id)


def _rule(thread: Thread) -> PolicyRule:
    """What was asked, to the letter: `May I use TOOL?` and the block below it."""
    asked = thread.turns[0].text
    tool = asked.partition("May I use ")[2].partition("?")[0]
    _, fence, rest = asked.partition("```\n")
    what = rest.partition("\n```")[0] if fence else ""
    return PolicyRule(
        answer=PolicyAnswer.ALLOW,
        tool=tool.translate(_WILD),
        command=what.translate(_WILD) if what else "*",
    )
