"""Password hashes, in the form `rounds$salt$hash`."""

import hashlib
import hmac
import secrets

ROUNDS = 50_000


def hash_password(password: str, rounds: int = ROUNDS) -> str:
    """A hash that tells nothing about *password*, and is another one each time."""
    salt = secrets.token_hex(8)
    return f"{rounds}${salt}${_digest(password, salt, rounds)}"


def matches(password: str, hashed: str) -> bool:
    """Whether *hashed* was made from *password*."""
    rounds, salt, digest = hashed.split("$")
    return hmac.compare_digest(digest, _digest(password, salt, int(rounds)))


def _digest(password: str, salt: str, rounds: int) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds).hex()
