"""The environment other programs are started with: this process's own, without what would mislead them."""

import os
from collections.abc import Collection


def inherited(*, without_prefix: str = "", keep: Collection[str] = ()) -> dict[str, str]:
    """A copy of this process's environment without the names that begin with *without_prefix*, but for *keep*."""
    return {
        name: value
        for name, value in os.environ.items()
        if not (without_prefix and name.startswith(without_prefix)) or name in keep
    }
