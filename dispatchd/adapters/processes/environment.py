"""The environment other programs are started with: this process's own, without what would mislead them."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # `typing` takes longer to load than all that a scripted turn does with this
if TYPE_CHECKING:
    from typing import Final

OWNERS_GIT_VARIABLES: Final = frozenset(
    {
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH",
    }
)
"""Where a person keeps the settings of git and how they reach a remote: the same whichever repository is meant."""


def inherited() -> dict[str, str]:
    """A copy of this process's environment."""
    return dict(os.environ)


def without_git() -> dict[str, str]:
    """A copy of it without what a hook or an outer git command says of its own repository."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in OWNERS_GIT_VARIABLES
    }
