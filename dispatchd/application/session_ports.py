"""The outside world of a session, as it is handed to one when it is made."""

from collections.abc import Awaitable, Callable

from dispatchd.application.ports.audit_log import AuditLog
from dispatchd.application.ports.clock import Clock
from dispatchd.application.ports.dispatch_tree import DispatchTree
from dispatchd.application.ports.ids import IdSource
from dispatchd.application.ports.unit_of_work import Store, UnitOfWork
from dispatchd.domain.actors import Actor
from dispatchd.domain.dataclass import dataclass


def _nothing_to_forget() -> None:
    """Where `person` remembers nothing."""


def _nothing_to_release() -> None:
    """Where a process soon ends, and gives all its memory back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The outside world of a session. `person` tells who saves on this machine; `aside` runs what blocks.

    `person` may remember for a while who that is; `forget_person` ends that, where it is known that somebody acts now.
    """

    store: Store
    tree: DispatchTree
    audit: AuditLog
    clock: Clock
    ids: IdSource
    person: Callable[[UnitOfWork], Actor]
    aside: Callable[[Callable[[], object]], Awaitable[object]]
    forget_person: Callable[[], None] = _nothing_to_forget
    release_memory: Callable[[], None] = _nothing_to_release
    """Gives memory that is free back to the system; costs next to nothing where there is none."""
