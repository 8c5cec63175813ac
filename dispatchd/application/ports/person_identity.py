"""Who sits at this machine, as git knows it."""

from typing import Protocol

from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A person's name and address; *is_configured* is False where git has no address and the login name stands in."""

    name: str
    email: str
    is_configured: bool


class PersonIdentity(Protocol):
    """The identity that a save on this machine is attributed to."""

    def user_identity(self, places: RepositoryPlaces) -> PersonName:
        """The git identity in force for the repository, else the login name at `local`."""
        ...
