"""Who is told what waits, put together from the settings in force: a command that waits for somebody's word is not run."""

import os
from typing import TYPE_CHECKING, Final

from dispatchd.composition.in_force import SettingsInForce
from dispatchd.composition.looking import Workspace, database_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dispatchd.application.ports.channel import Channel
    from dispatchd.application.waiting_items import WaitingItem
    from dispatchd.documents.config_values import Config

TERMINAL: Final = "DISPATCHD_TERMINAL"
"""The terminal that a daemon in the background was started from."""
OUTPUT: Final = "notify.txt"
TOLD: Final = "told.json"
"""The file that keeps what was told, and by which channel that failed."""


class PeopleTeller:
    """Tells what is new, by the channels that are set."""

    def __init__(self, workspace: Workspace) -> None:
        from dispatchd.adapters.system.told_file import ToldFile

        self._workspace = workspace
        self._settings = SettingsInForce(workspace)
        self._ledger = ToldFile(workspace.private / TOLD)

    def wants_to_know(self) -> bool:
        """Whether any channel is set."""
        return self._settings().notify.has_channel

    def tell(self, items: "Sequence[WaitingItem]") -> None:
        """Tell what is new."""
        from dispatchd.adapters.system.system_clock import SystemClock
        from dispatchd.application.notifying import tell

        config = self._settings()
        channels = channels_of(self._workspace, config)
        at = SystemClock().now()
        tell(self._left_to_people(items, config, at), config.notify, self._ledger, channels, at)

    def _left_to_people(
        self, items: "Sequence[WaitingItem]", config: "Config", at: "datetime"
    ) -> "Sequence[WaitingItem]":
        """A question that a rule answers in the same breath wakes nobody: whether one does is asked, not waited for."""
        from dispatchd.adapters.sqlite.read_only_work import read_only_work
        from dispatchd.application.agents.consulting import left_to_people

        if not any(item.kind in {"question", "permission"} for item in items):
            return items
        with read_only_work(database_of(self._workspace)) as work:
            return left_to_people(work, config.budget, at, items)


def channels_of(workspace: Workspace, config: "Config") -> "tuple[Channel, ...]":
    """The channels that *config* sets."""
    from dispatchd.adapters.processes.environment import inherited
    from dispatchd.adapters.system.channels import (
        BellChannel,
        CommandChannel,
        DesktopChannel,
        WebhookChannel,
    )

    notify, within = config.notify, config.notify.within.total_seconds()
    found: list[Channel] = []
    if notify.command:
        line = config.commands.get(
            notify.command, f"echo there is no command {_word(notify.command)}; exit 127"
        )
        output = workspace.private / "logs" / OUTPUT
        output.parent.mkdir(mode=0o700, exist_ok=True)
        found.append(CommandChannel(line=line, folder=workspace.root, output=output, within=within))
    if notify.desktop:
        found.append(DesktopChannel(within=within))
    if notify.bell:
        found.append(BellChannel(terminal=inherited().get(TERMINAL) or terminal_here()))
    if notify.webhook:
        found.append(WebhookChannel(address=notify.webhook, within=within))
    return tuple(found)


def _word(name: str) -> str:
    import shlex

    return shlex.quote(f'"{name}" below [commands]')


def terminal_here() -> str:
    """The terminal at which this process speaks; empty where it has none."""
    try:
        return os.ttyname(2)
    except OSError:
        return ""


def untold(workspace: Workspace) -> str | None:
    """By which channels the last message did not go out, and why; None where nothing is wrong."""
    if not (workspace.private / TOLD).exists():
        return None
    from dispatchd.adapters.system.told_file import ToldFile

    try:
        troubles = ToldFile(workspace.private / TOLD).load().troubles
    except OSError as error:
        return str(error)
    said = [f"{name}: {each.why}" for name, each in sorted(troubles.items())]
    return "; ".join(said) or None
