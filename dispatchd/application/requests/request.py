"""What a person or a program asks in one call, and the answer, as they go over the control socket.

A request is one JSON object a line, and so is its reply. Nothing is resolved here: ids are as typed, people as named.
What a request means is left to `planning`; this module stays light, because the command line loads it for one call.
"""

import json
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Final

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError, Rejected, WorkspaceError

JSON = Any
MOST_BYTES: Final = 4 * 1024 * 1024
"""A request longer than this is refused before it is read to its end; a file in the tree has at most 1 MiB."""


class Verb(StrEnum):
    """Everything that can be asked. The words are those of the command line."""

    ISSUE_NEW = "issue new"
    PROPOSAL_NEW = "proposal new"
    EPIC_NEW = "epic new"
    EPIC_MAKE = "epic make"
    SET = "set"
    GATE_APPROVE = "gate approve"
    GATE_REJECT = "gate reject"
    GATE_SKIP = "gate skip"
    GATE_CHOOSE = "gate choose"
    GATE_ASK_AGAIN = "gate ask-again"
    VOTE = "vote"
    OVERRIDE = "override"
    ANSWER = "answer"
    ASK = "ask"
    TELL = "tell"
    RECEIVE = "receive"
    COMMENT = "comment"
    PAUSE = "pause"
    RESUME = "resume"
    UNDO = "undo"
    TIDY = "tidy"
    RESTORE = "restore"
    CONFIRM = "confirm"
    CONFIG_SET = "config set"
    IMPORT = "import"
    AGENT_START = "agent start"
    AGENT_STOP = "agent stop"
    AGENT_KILL = "agent kill"
    AGENT_PAUSE = "agent pause"
    AGENT_RESUME = "agent resume"
    AGENT_REASSIGN = "agent reassign"
    AGENT_WAIVE = "agent waive"
    MERGE_HOLD = "merge hold"
    MERGE_NOW = "merge now"


class NotUnderstood(DispatchdError):  # noqa: N818 - named for what happened, as the other failures are
    """What came over the socket is no request or no reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing asked for. `speaker` is the agent in whose name it is said; None: the person at this machine."""

    verb: Verb
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    speaker: str | None = None

    def text(self, name: str) -> str:
        """The argument *name* as one text, empty where it was not given."""
        value = self.arguments.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise NotUnderstood(f'"{self.verb}" takes a text for "{name}", not {value!r}')
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The argument *name* as several texts."""
        value = self.arguments.get(name) or ()
        if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
            raise NotUnderstood(f'"{self.verb}" takes a list of texts for "{name}", not {value!r}')
        return tuple(value)

    def flag(self, name: str) -> bool:
        """Whether *name* was asked for."""
        return self.arguments.get(name) is True


def dump_request(request: Request) -> dict[str, JSON]:
    """*request* as a JSON object."""
    plain: dict[str, JSON] = {"verb": request.verb.value, "arguments": dict(request.arguments)}
    if request.speaker is not None:
        plain["speaker"] = request.speaker
    return plain


def load_request(plain: object) -> Request:
    """The request that *plain* spells; raises NotUnderstood."""
    if not isinstance(plain, dict) or not isinstance(plain.get("arguments", {}), dict):
        raise NotUnderstood("a request is a JSON object with a verb and its arguments")
    try:
        json.dumps(plain, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotUnderstood("the request holds words that are no text; write them in UTF-8") from None
    speaker = plain.get("speaker")
    if speaker is not None and not isinstance(speaker, str):
        raise NotUnderstood("the speaker of a request is a name")
    try:
        verb = Verb(str(plain.get("verb")))
    except ValueError:
        raise NotUnderstood(
            f"this daemon knows no request {plain.get('verb')!r}; another version of dispatchd may be running: "
            "dispatchd down && dispatchd up"
        ) from None
    return Request(verb=verb, arguments=plain.get("arguments", {}), speaker=speaker)


class ErrorKind(StrEnum):
    """By whose fault a request failed."""

    REJECTED = "rejected"
    PROBLEM = "problem"
    WORKSPACE = "workspace"
    BUG = "bug"
    STOPPING = "stopping"
    """The daemon ends, or begins anew: it may be asked again."""


class RequestFailed(DispatchdError):  # noqa: N818 - named for what happened, as the other failures are
    """The daemon could not do it, and it is neither a refusal nor the set-up: its message says where to look."""

    def __init__(self, message: str, kind: ErrorKind) -> None:
        super().__init__(message)
        self.kind = kind


def succeeded(result: Mapping[str, JSON]) -> dict[str, JSON]:
    """The reply to a request that was carried out."""
    return {"ok": True, "result": dict(result)}


def failed(kind: ErrorKind, message: str) -> dict[str, JSON]:
    """The reply to a request that was not."""
    return {"ok": False, "error": {"kind": kind.value, "message": message}}


def is_stopping(reply: object) -> bool:
    """Whether *reply* says that the daemon ends, or begins anew."""
    error = reply.get("error") if isinstance(reply, dict) else None
    return isinstance(error, dict) and error.get("kind") == ErrorKind.STOPPING


def result_of(reply: object) -> Mapping[str, JSON]:
    """What *reply* brings, or the failure it tells of, raised as it was on the other side."""
    if not isinstance(reply, dict) or not isinstance(reply.get("ok"), bool):
        raise NotUnderstood(
            "the daemon's reply is not one this version understands: dispatchd down && dispatchd up"
        )
    if reply["ok"]:
        return dict(reply.get("result") or {})
    error = reply.get("error") or {}
    message = str(error.get("message", "the daemon gave no reason"))
    match error.get("kind"):
        case ErrorKind.REJECTED:
            raise Rejected(message)
        case ErrorKind.WORKSPACE | ErrorKind.STOPPING:
            raise WorkspaceError(message)
        case ErrorKind.PROBLEM:
            raise RequestFailed(message, ErrorKind.PROBLEM)
        case _:
            raise RequestFailed(message, ErrorKind.BUG)


def as_line(plain: Mapping[str, JSON]) -> bytes:
    """*plain* as it goes over the socket: one line."""
    return (
        json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
    )


def from_line(line: bytes) -> object:
    """What *line* spells; raises NotUnderstood."""
    try:
        return json.loads(line)
    except RecursionError:
        raise NotUnderstood("what came over the socket is nested too deeply") from None
    except ValueError as error:
        raise NotUnderstood(f"what came over the socket is not JSON: {error}") from None
