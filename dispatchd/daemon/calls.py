"""What may be called over the control socket: checked at this edge, so that nothing behind it has to be."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from dispatchd.application.requests.request import NotUnderstood


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PerformCall(_Call):
    """Carry a request out."""

    call: Literal["perform"]
    request: dict[str, Any]


class SyncCall(_Call):
    """Look now; with `wait`, answer when all that happened before is decided, written and committed."""

    call: Literal["sync"]
    wait: bool = False


class WaitCall(_Call):
    """Answer when the thread is no longer open, or after `timeout` seconds."""

    call: Literal["wait"]
    thread: str = Field(min_length=1, max_length=64)
    timeout: float | None = Field(default=None, ge=0, le=7 * 86_400, strict=False)


class ReopenCall(_Call):
    """The tree's folder was lost and made again."""

    call: Literal["reopen"]


class ShareCall(_Call):
    """Fetch and push now; `word` is what a person says about a remote that lost commits."""

    call: Literal["share"]
    word: Literal["", "take", "put-back"] = ""


class HomeCall(_Call):
    """Let this clone be the one that decides."""

    call: Literal["home"]


class PingCall(_Call):
    """Say how it is."""

    call: Literal["ping"]


AnyCall = PerformCall | SyncCall | WaitCall | ReopenCall | ShareCall | HomeCall | PingCall
Call = Annotated[AnyCall, Field(discriminator="call")]
_CALLS: Final[TypeAdapter[AnyCall]] = TypeAdapter(Call)


def read_call(plain: object) -> AnyCall:
    """The call that *plain* spells; raises NotUnderstood, which says what was wrong with it."""
    try:
        return _CALLS.validate_python(plain)
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'call'}: {each['msg']}" for each in error.errors()
        )
        raise NotUnderstood(f"this daemon does not understand the call ({said})") from None
