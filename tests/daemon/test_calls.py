"""What the control socket takes, and how it says that it does not."""

import pytest

from dispatchd.application.requests.request import NotUnderstood
from dispatchd.daemon.calls import PerformCall, SyncCall, WaitCall, read_call


def test_each_call_is_read_as_what_it_is() -> None:
    assert read_call({"call": "sync", "wait": True}) == SyncCall(call="sync", wait=True)
    assert read_call({"call": "perform", "request": {"verb": "set"}}) == PerformCall(
        call="perform", request={"verb": "set"}
    )
    assert read_call({"call": "wait", "thread": "t-4kq2", "timeout": 3}) == WaitCall(
        call="wait", thread="t-4kq2", timeout=3.0
    )


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {},
        {"call": "approve everything"},
        {"call": "sync", "wait": "yes"},
        {"call": "sync", "as": "root"},
        {"call": "wait", "thread": ""},
        {"call": "wait", "thread": "t-4kq2", "timeout": -1},
        {"call": "perform", "request": "set"},
    ],
    ids=str,
)
def test_anything_else_is_refused_in_words(plain: object) -> None:
    with pytest.raises(NotUnderstood, match="does not understand the call"):
        read_call(plain)
