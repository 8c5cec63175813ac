"""What people on this machine have been told, and what went wrong with telling. It outlives the database."""

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How telling failed by one channel the last time it was tried."""

    why: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`keys`: what was told or is not to be, with the moment it was last seen to wait."""

    keys: Mapping[str, str] = field(default_factory=dict)
    digested: str = ""
    """When the last digest was told, or the first began to be gathered."""
    troubles: Mapping[str, Trouble] = field(default_factory=dict)


class ToldLedger(Protocol):
    """What was saved is on the disk when `save` returns: only then is anything told."""

    def load(self) -> Told:
        """What was saved last. Raises OSError where it cannot be read: then nothing may be told."""
        ...

    def save(self, told: Told) -> None: ...
