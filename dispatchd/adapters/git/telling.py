"""What git says when it fails, as the failure that the callers of a port expect: none of theirs is to die of a full disk."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from dispatchd.adapters.git.runner import GitFailedError
from dispatchd.domain.errors import DispatchdError

P = ParamSpec("P")
T = TypeVar("T")


def telling(failure: type[DispatchdError]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Raise *failure*, with the same words, where git or the file system refuses."""

    def among(method: Callable[P, T]) -> Callable[P, T]:
        @wraps(method)
        def called(*arguments: P.args, **named: P.kwargs) -> T:
            try:
                return method(*arguments, **named)
            except (GitFailedError, OSError) as failed:
                raise failure(str(failed)) from failed
            except RecursionError as failed:
                raise failure("folders lie too deep within each other to be read") from failed

        return called

    return among
