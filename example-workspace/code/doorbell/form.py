"""The sign-in form: asks the mail server to send a link, and gives up after a while."""

from collections.abc import Callable

GIVES_UP_AFTER_SECONDS = 2.0


def request_link(send: Callable[[float], None]) -> str:
    """What the form shows after *send* was given a time limit in seconds to send the mail."""
    try:
        send(GIVES_UP_AFTER_SECONDS)
    except TimeoutError:
        return "That took too long. Try again."
    return "Look into your mail."
