"""For whom something waits: the page that everybody shares shows all of it, a person is shown what is for them to answer.

Whoever looks is asked for only where names stand, because that takes longer than the look itself.
"""

from collections.abc import Callable, Collection

Me = Callable[[], str]
"""The handle of whoever looks."""


def is_for(me: Me | None, names: Collection[str], *, by_anybody: bool = True) -> bool:
    """Whether one of *names*, with `@` or without, is who looks; without names, whether it is for anybody."""
    if me is None:
        return True
    handles = {name.removeprefix("@").casefold() for name in names}
    return me().casefold() in handles if handles else by_anybody
