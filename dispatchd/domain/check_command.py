"""What came of a command that a checkpoint names; the daemon alone says it."""

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import FailedCheck
from dispatchd.domain.identifiers import EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCheck:
    """A command that a checkpoint names has passed; `shown` says on what."""

    epic: EntityId
    stage: str
    command: str
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailCheck:
    """A command that a checkpoint names has not passed."""

    epic: EntityId
    stage: str
    check: FailedCheck


CheckCommand = PassCheck | FailCheck
