"""Moments as people read them: UTC, to the minute, the date only where it is another day's."""

from datetime import UTC, datetime


def moment(value: datetime | str) -> datetime:
    """*value* in UTC, from the text the database has it in or as it is."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def clock(value: datetime | str) -> str:
    """`2026-11-21 07:20Z`."""
    return f"{moment(value):%Y-%m-%d %H:%MZ}"
