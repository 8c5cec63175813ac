import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.application.requests.request import (
    ErrorKind,
    NotUnderstood,
    Request,
    RequestFailed,
    Verb,
    as_line,
    dump_request,
    failed,
    from_line,
    load_request,
    result_of,
    succeeded,
)
from dispatchd.domain.errors import Rejected, WorkspaceError

TEXTS = st.text(alphabet=st.characters(blacklist_categories=["Cs"]))


@given(
    st.sampled_from(Verb), st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS) | st.booleans()), st.none() | TEXTS
)
def test_a_request_is_the_same_after_the_socket(
    verb: Verb, arguments: dict[str, object], speaker: str | None
) -> None:
    request = Request(verb=verb, arguments=arguments, speaker=speaker)
    line = as_line(dump_request(request))
    assert line.count(b"\n") == 1
    assert load_request(from_line(line)) == request


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b"{", b'{"verb": "make tea"}', b'{"verb": "set", "arguments": 3}', b"\xff"]
)
def test_what_is_no_request_is_not_understood(line: bytes) -> None:
    with pytest.raises(NotUnderstood):
        load_request(from_line(line))


def test_an_argument_of_the_wrong_shape_is_not_understood() -> None:
    request = Request(verb=Verb.SET, arguments={"id": 3, "changes": "priority=high"})
    with pytest.raises(NotUnderstood):
        request.text("id")
    with pytest.raises(NotUnderstood):
        request.texts("changes")


def test_a_failure_is_raised_on_the_other_side_as_what_it_was() -> None:
    assert result_of(succeeded({"subject": "i-7k2m"})) == {"subject": "i-7k2m"}
    with pytest.raises(Rejected, match="no"):
        result_of(failed(ErrorKind.REJECTED, "no"))
    with pytest.raises(WorkspaceError, match="gone"):
        result_of(failed(ErrorKind.WORKSPACE, "gone"))
    for kind in (ErrorKind.BUG, ErrorKind.PROBLEM):
        with pytest.raises(RequestFailed) as raised:
            result_of(failed(kind, "oh"))
        assert raised.value.kind is kind
    with pytest.raises(NotUnderstood):
        result_of(json.loads("[]"))


def test_words_that_no_file_could_hold_are_refused_before_anything_is_done() -> None:
    for arguments in ({"id": "caf\udce9"}, {"changes": ["title=\ud800"]}, {"x\udcff": True}):
        with pytest.raises(NotUnderstood, match="UTF-8"):
            load_request(from_line(as_line({"verb": "set", "arguments": arguments})))
