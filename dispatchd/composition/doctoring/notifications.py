"""Whether people are told what waits for them, and what kept a message from going out."""

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient, counted
from dispatchd.composition.in_force import config_in_force


def notifications_room(patient: Patient) -> Room:
    """The channels that are set, and how the last message went."""
    from dispatchd.adapters.system.told_file import ToldFile
    from dispatchd.composition.notifying import TOLD, channels_of

    config = config_in_force(patient.workspace)
    findings = tuple(_unknown(key, kind) for key, kind in _misspelt(config.notify))
    if not config.notify.has_channel:
        return Room(name="notifications", fact="nobody is told; [notify] in config.toml", findings=findings)
    names = [channel.name for channel in channels_of(patient.workspace, config)]
    told = ToldFile(patient.workspace.private / TOLD).load()
    failed = tuple(
        _failed(name, each.why, each.at) for name, each in sorted(told.troubles.items()) if name in names
    )
    fact = f"{', '.join(names)}; {counted(len(told.keys), 'thing')} told"
    return Room(name="notifications", fact=fact, findings=(*findings, *failed))


def _misspelt(notify: object) -> list[tuple[str, str]]:
    from dispatchd.documents.config_values import KINDS_TOLD

    return [
        (key, kind) for key in ("now", "digest") for kind in getattr(notify, key) if kind not in KINDS_TOLD
    ]


def _unknown(key: str, kind: str) -> Finding:
    from dispatchd.documents.config_values import KINDS_TOLD

    return Finding(
        code="notify-unknown-kind",
        gravity=Gravity.RISK,
        what=f'config.toml: notify.{key} names "{kind}", and nothing of that kind ever waits.',
        why="What was meant is not told.",
        next_step=f"Write one of {', '.join(KINDS_TOLD)}.",
    )


def _failed(name: str, why: str, at: str) -> Finding:
    return Finding(
        code="notify-failed",
        gravity=Gravity.RISK,
        what=f"The last message did not go out by {name} ({at[:16].replace('T', ' ')}Z): {why}.",
        why="What waits stands in WAITING.md all the same; it is not told again, so that nothing is told twice.",
        next_step="Put it right in [notify] of config.toml; the next message shows whether it goes.",
    )
