"""Who sits at this machine: asked of git, and remembered for a moment, because every save would start a process."""

from typing import Final

from dispatchd.adapters.git.identity import identity_in
from dispatchd.application.people import person_by_email
from dispatchd.application.ports.clock import Clock
from dispatchd.application.ports.person_identity import PersonName
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Actor
from dispatchd.domain.dataclass import dataclass

KEPT: Final = 10.0
"""Seconds for which git is not asked again."""


@dataclass(slots=True, kw_only=True)
class PersonHere:
    """Knows who saves in a workspace."""

    places: RepositoryPlaces
    clock: Clock
    known: PersonName | None = None
    asked: float = 0.0

    def here(self, work: UnitOfWork) -> Actor:
        """The person, as the config of *work* knows them."""
        now = self.clock.monotonic()
        who = self.known
        if who is None or now - self.asked > KEPT:
            who = self.known = identity_in(self.places.common_dir)
            self.asked = now
        return person_by_email(work.rules.people, who.name, who.email)

    def forget(self) -> None:
        """Ask git at the next occasion: whoever acts now may be another one than a moment ago."""
        self.known = None
