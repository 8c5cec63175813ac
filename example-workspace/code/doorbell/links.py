"""One-time links: made for an address, good once, and only for a while."""

import hmac
import secrets
from dataclasses import dataclass, field

GOOD_FOR_SECONDS = 600.0


class LinkRefused(Exception):
    """The link is unknown, used or too old; the message says which."""


@dataclass
class Links:
    """The links that are out. Time is told by the caller, in seconds."""

    good_for: float = GOOD_FOR_SECONDS
    _out: dict[str, tuple[str, str, float]] = field(default_factory=dict)

    def make(self, address: str, now: float) -> str:
        """A new link for *address*; whoever has it can sign in as that address, once."""
        key, secret = secrets.token_hex(4), secrets.token_urlsafe(24)
        self._out[key] = (address, secret, now)
        return f"{key}.{secret}"

    def redeem(self, link: str, now: float) -> str:
        """The address *link* was made for. Raises LinkRefused."""
        key, _, secret = link.partition(".")
        if key not in self._out:
            raise LinkRefused("This link is unknown or was used already. Ask for a new one.")
        address, expected, made = self._out[key]
        if not hmac.compare_digest(secret, expected):
            raise LinkRefused("This link is not complete. Copy all of it from the mail.")
        del self._out[key]
        if now - made > self.good_for:
            raise LinkRefused("This link is too old. Ask for a new one.")
        return address
