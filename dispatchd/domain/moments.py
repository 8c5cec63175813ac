"""Moments that people write: ISO 8601 in any of the forms that Python reads, in UTC where no zone stands.

Years that a zone's hours could carry over either end of the calendar are no moments: nothing can be reckoned with them.
"""

import re
from datetime import UTC, date, datetime, time, timedelta


def moment_of(text: str) -> datetime | None:
    """The moment that *text* spells, in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1 < moment.year < 9999:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def deadline_of(text: str) -> datetime | None:
    """When a deadline is over: a date ends at 24:00 UTC, a moment is itself."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return moment_of(text)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=1) if 1 < day.year < 9999 else None
