"""Whether an agent could have written what was found in a file.

A save carries no identity. It counts as the person's unless an agent that nothing contained ran at any time since the
file's last agreed state. What a check runs agents have written: where nothing contains it, it is such an agent. Once no such agent runs any more and all that changed meanwhile was taken in, every file is
agreed on again, and editing just works.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, TextSource, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.application.signing import is_unconfirmed
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import replace

DOUBT: Final = "uncontained.since"
"""The note that holds since when files may have been written by agents that nothing contained."""
CHECKING: Final = "uncontained.checking"
"""The note that holds since when a check runs on what agents wrote, while nothing contains it."""
CHECKED: Final = "uncontained.checked"
"""The note that holds when the last such check was over."""
REMADE: Final = "replayed_at"
"""The note that holds when the database was made from what had happened before."""

_EVER: Final = datetime.min.replace(tzinfo=UTC)


def begin_doubt(work: UnitOfWork, at: datetime) -> None:
    """An agent that nothing contains runs from now on, or is found running."""
    if work.note(DOUBT) is None:
        work.set_note(DOUBT, at.isoformat())


def begin_check(work: UnitOfWork, at: datetime) -> None:
    """A check begins that nothing contains."""
    begin_doubt(work, at)
    if work.note(CHECKING) is None:
        work.set_note(CHECKING, at.isoformat())


def end_check(work: UnitOfWork, at: datetime) -> None:
    """No such check runs any more."""
    if work.note(CHECKING) is not None:
        work.set_note(CHECKING, None)
        work.set_note(CHECKED, at.isoformat())


def doubt_what_differs(work: UnitOfWork, at: datetime) -> None:
    """The database was made from the history: what files say beyond that may have been written by any such agent.

    What waited for a person's word stands in no commit, and nothing in a file proves that it did not wait.
    """
    work.set_note(REMADE, at.isoformat())
    runs = (*work.runs.ended_since(_EVER), *work.runs.live())
    began = min((run.started for run in runs if not run.contained), default=None)
    if began is not None:
        work.set_note(DOUBT, began.isoformat())


def end_doubt(work: UnitOfWork) -> None:
    """All that was written while such agents ran is taken in."""
    if not agents_may_write(work):
        work.set_note(DOUBT, None)


def asks_for_signatures(work: UnitOfWork) -> bool:
    """Whether a signature on a commit would make a difference: something is unconfirmed, or would be."""
    is_open = work.note(DOUBT) is not None or agents_may_write(work)
    return is_open or any(is_unconfirmed(problem) for problem in work.problems.all())


def agents_may_write(work: UnitOfWork) -> bool:
    """Whether anything of agents' runs now that nothing contains: a turn, or a check."""
    return work.note(CHECKING) is not None or bool(live_uncontained(work))


def live_uncontained(work: UnitOfWork) -> Sequence[AgentRun]:
    """The turns that run now and that nothing contains."""
    return [run for run in work.runs.live() if not run.contained]


def weighed(work: UnitOfWork, subject: str, seen: Sighting) -> Sighting:
    """*seen*, doubted where an agent could have written it."""
    by = weighed_word(work, subject, seen.circumstance)
    return seen if by is seen.circumstance else replace(seen, circumstance=by)


def weighed_word(work: UnitOfWork, subject: str, by: Circumstance) -> Circumstance:
    """The same for what was found of *subject* without a text: that its file is gone."""
    if by.actor.kind is not ActorKind.HUMAN or by.provenance.signed or not _is_doubtful(work, subject):
        return by
    return replace(by, doubted=True)


def _is_doubtful(work: UnitOfWork, subject: str) -> bool:
    began = work.note(DOUBT)
    if agents_may_write(work):
        return True
    if began is None:
        return False
    since = datetime.fromisoformat(began)
    agreed = work.documents.newest_agreed(subject)
    if agreed is not None and _is_known_since(work, agreed):
        since = max(since, agreed.at)
    checked = work.note(CHECKED)
    if checked is not None and datetime.fromisoformat(checked) >= since:
        return True
    return any(not run.contained for run in work.runs.ended_since(since))


def _is_known_since(work: UnitOfWork, agreed: AgreedText) -> bool:
    """Whether all of the file was taken in by the moment that *agreed* names.

    A commit is dated by whoever made it, ours by the last of all that it holds. What is held is still to be taken, and
    what a rendering put aside comes after it.
    """
    remade = work.note(REMADE)
    is_from_history = remade is not None and agreed.at <= datetime.fromisoformat(remade)
    return agreed.source is TextSource.INGESTED and not (is_from_history or agreed.held)


def unconfirmed_documents(work: UnitOfWork) -> list[DocumentRecord]:
    """The documents in which something waits for a person's word."""
    subjects = dict.fromkeys(problem.subject for problem in work.problems.all() if is_unconfirmed(problem))
    found = (work.documents.of(subject) for subject in subjects)
    return [record for record in found if record is not None and record.kind is not None]
