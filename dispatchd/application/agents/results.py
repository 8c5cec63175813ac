"""What an agent is told at the beginning of its next turn, whatever that is about: how the votes it had a part in ended."""

from dispatchd.application.agents.outside import quoted
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.command import DismissThread
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.results_told import RESULT
from dispatchd.domain.thread import Thread, ThreadStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The text, and what marks its messages as read. Both go into the transaction that begins the turn."""

    told: str = ""
    read: tuple[DismissThread, ...] = ()

    def before(self, prompt: str) -> str:
        """*prompt*, below what is told."""
        return f"{self.told}\n\n{prompt}" if self.told else prompt


def results_for(work: UnitOfWork, agent: str) -> Heard:
    """The results that *agent* has not read."""
    messages = [
        each
        for each in work.entities(EntityKind.THREAD)
        if isinstance(each, Thread)
        and each.to == agent
        and each.sender == DAEMON.handle
        and each.cause.startswith(RESULT)
        and each.status is ThreadStatus.OPEN
        and not each.removed
        and each.turns
    ]
    if not messages:
        return Heard()
    messages.sort(key=lambda each: (each.created, each.id))
    told = "\n\n".join(quoted(each.turns[0].text) for each in messages)
    return Heard(
        told=f"# Decided since your last turn\n\n{told}",
        read=tuple(DismissThread(thread=each.id) for each in messages),
    )
