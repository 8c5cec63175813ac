"""One thing that may be written next."""

from dispatchd.domain.dataclass import dataclass
from dispatchd.lsp.page import Span


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that may be written instead of `span`; `rank` sorts equal beginnings."""

    label: str
    span: Span
    detail: str = ""
    about: str = ""
    found_by: str = ""
    rank: int = 0
