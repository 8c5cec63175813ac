"""Whether what is said about an issue has room in its file: a larger one than the tree takes would not be read again.

Nobody could then steer the issue by its file any more, and the one who made it so may be an agent that says a lot.
"""

from typing import Final

from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Channel
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.errors import Rejected
from dispatchd.domain.steering_command import AddComment

ROOM_FOR_THE_REST: Final = 128 * 1024
"""Bytes that stay free for what dispatchd itself writes there, and for a person's own words."""


def refuse_where_full(work: UnitOfWork, command: Command, circumstance: Circumstance) -> None:
    """Raise Rejected for a comment that comes from elsewhere and would fill the file. One saved in it has its place."""
    if not isinstance(command, AddComment) or circumstance.provenance.channel is Channel.SAVE:
        return
    record = work.documents.of(command.issue)
    if record is None or record.current is None:
        return
    stands = len(work.blobs.get(record.current))
    comes = len(command.text.encode()) + 2 * command.text.count("\n")  # each line is quoted
    if comes + stands > LARGEST_FILE - ROOM_FOR_THE_REST:
        raise Rejected(
            f"put it into a file in context/ and name that; {record.path} has {stands:,} bytes, and with this it would "
            f"come too close to {LARGEST_FILE:,}: a file with more is not read.",
            subject=command.issue,
        )
