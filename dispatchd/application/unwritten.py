"""Files whose answer is not written yet when all else is done, and why: a hand on them, or something in the way."""

from collections.abc import Mapping
from typing import Any

from dispatchd.application.session import Session


async def waiting_answers(session: Session) -> Mapping[str, Any]:
    """`held`: the files that somebody is typing in or has open; `unwritten`: those that cannot be written, and why."""
    owed = await session.ports.store.transact(lambda work: [record.path for record in work.documents.owed()])
    typed = [path for path in session.settling.waiting() if session.settling.look_again_at(path) is not None]
    troubles = session.troubles
    return {
        "held": [str(path) for path in dict.fromkeys((*owed, *typed)) if path not in troubles],
        "unwritten": {
            str(path): f"{troubles[path].why}. {troubles[path].hint}" for path in owed if path in troubles
        },
    }
