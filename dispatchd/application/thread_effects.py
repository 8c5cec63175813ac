"""What an answer sets in motion when the daemon itself asked: the files that were gone come back, or go for good."""

from collections.abc import Collection

from dispatchd.application.command_handler import Door
from dispatchd.application.config_in_force import confirm_config
from dispatchd.application.notices import by_daemon
from dispatchd.application.policies_in_force import confirm_policies
from dispatchd.application.removal import CAUSE, Removing
from dispatchd.application.texts_in_force import confirm_text
from dispatchd.domain.command import Circumstance, DeliverAnswer
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.thread import Thread, ThreadPurpose, ThreadStatus


def carry_out_answers(
    door: Door, removing: Removing, present: Collection[DocumentPath], by: Circumstance
) -> None:
    """Do what was chosen in the daemon's own threads that were answered in this unit of work.

    What the rules themselves do on an answer (an act confirmed, stages taken as written) is done already.
    """
    for subject in list(door.touched):
        thread = door.work.entity(subject)
        if not isinstance(thread, Thread) or thread.purpose is ThreadPurpose.TALK:
            continue
        if thread.status is ThreadStatus.ANSWERED and not thread.delivered:
            if thread.cause == CAUSE and thread.chosen is not None:
                removing.answer(thread.chosen, present, by)
            confirm_config(door, thread)
            confirm_policies(door, thread, by)
            confirm_text(door, thread, by)
            door.handle(DeliverAnswer(thread=thread.id), by_daemon(by.at))
