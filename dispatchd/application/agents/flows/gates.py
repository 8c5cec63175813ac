"""How people answer at the gate of a phase."""

from typing import Final

APPROVE: Final = "Approve"
REJECT: Final = "Reject"
