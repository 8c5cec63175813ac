"""What people are told of what waits for them: each thing once, at once or in a digest, by its kind.

That something was told is on the disk before it is told. Killed in between, a message may be lost, and what waits still
stands in WAITING.md; no message is ever sent twice.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatchd.application.ports.channel import Channel, Message
from dispatchd.application.ports.told_ledger import Told, ToldLedger, Trouble
from dispatchd.application.waiting_items import Named, WaitingItem
from dispatchd.documents.config_values import NotifySettings
from dispatchd.documents.offered import CHECKPOINT_LABELS
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.wording import counted, one_line

KEPT: Final = timedelta(days=60)
"""How long it is remembered that something was told that waits no more."""
MOST_LINES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that waits and was not told yet. `key` is the same however often and wherever it is rendered."""

    key: str
    kind: str
    title: str
    what: str
    path: str
    id: str

    @property
    def line(self) -> str:
        """It, in a line."""
        return f"- {self.what}: {self.title}{f' ({self.path})' if self.path else ''}"

    @property
    def data(self) -> Mapping[str, str]:
        """It, as data."""
        return {"id": self.id, "kind": self.kind, "title": self.title, "what": self.what, "path": self.path}


def news_of(items: Sequence[WaitingItem]) -> tuple[News, ...]:
    """What waits, one by one: a box that answers several at once is several. A checkpoint is the daemon's to look at, and
    where it does not open a thread says why.
    """
    asked = (item for item in items if (item.kind, item.labels) != ("gate", CHECKPOINT_LABELS))
    return tuple(_one(item, each) for item in asked for each in item.of)


def _one(item: WaitingItem, each: Named) -> News:
    # A thing that is asked again later is another one: a gate's next round, a comment refused for another reason.
    round_of = item.since.isoformat() if item.since and item.kind != "refusal" else ""
    said = _without_places(item.said) if item.kind == "refusal" else ""
    since = "" if item.kind == "permission" else round_of  # one of several at first, and alone later
    words = f"{item.kind}\n{each.id}\n{item.qualifier}\n{since}\n{said}"
    title = f"{each.title}: {item.qualifier}" if item.qualifier else each.title
    return News(
        key=hashlib.sha256(words.encode()).hexdigest()[:20],
        kind=item.kind,
        title=one_line(title),
        what=one_line(item.what),
        path=each.path,
        id=each.id,
    )


def _without_places(said: str) -> str:
    """What was refused, whatever line it has moved to."""
    return "\n".join(sorted(line.partition(": ")[2] for line in said.splitlines()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be told now, and what will have been told then."""

    messages: tuple[Message, ...]
    told: Told


def due_now(items: Sequence[WaitingItem], settings: NotifySettings, told: Told, at: datetime) -> Due:
    """What of *items* is to be told at *at*."""
    news = news_of(items)
    now = tuple(each for each in news if each.kind in settings.now and each.key not in told.keys)
    later = tuple(
        each
        for each in news
        if each.kind in settings.digest and each.kind not in settings.now and each.key not in told.keys
    )
    last = datetime.fromisoformat(told.digested) if told.digested else None
    begins = last is None and bool(
        later
    )  # nothing was ever gathered: what comes first waits like what follows
    digest = later if last is not None and last + settings.digest_every <= at else ()
    sent = {each.key for each in (*now, *digest)}
    seen = {each.key: at.isoformat() for each in news if each.key in told.keys or each.key in sent}
    kept = {key: when for key, when in told.keys.items() if at - datetime.fromisoformat(when) < KEPT}
    after = replace(
        told, keys={**kept, **seen}, digested=at.isoformat() if digest or begins else told.digested
    )
    messages = (*_messages(now, digest=False), *_messages(digest, digest=True))
    return Due(messages=messages, told=after)


def _messages(news: Sequence[News], *, digest: bool) -> tuple[Message, ...]:
    if not news:
        return ()
    many = f"{counted(len(news), 'thing')} {'waits' if len(news) == 1 else 'wait'} for you"
    title = f"{news[0].what}: {news[0].title}" if len(news) == 1 and not digest else many
    more = (f"- and {len(news) - MOST_LINES} more: dispatchd waiting",) if len(news) > MOST_LINES else ()
    lines = (*(each.line for each in news[:MOST_LINES]), *more)
    return (Message(title=title, lines=lines, items=[each.data for each in news], digest=digest),)


def tell(
    items: Sequence[WaitingItem],
    settings: NotifySettings,
    ledger: ToldLedger,
    channels: Sequence[Channel],
    at: datetime,
) -> None:
    """Tell what is new by every channel. Raises OSError where it cannot be kept what was told: then nothing is."""
    before = ledger.load()
    due = due_now(items, settings, before, at)
    known = {channel.name for channel in channels}
    troubles = {name: each for name, each in due.told.troubles.items() if name in known}
    told = replace(due.told, troubles=troubles)
    if due.messages or (told.troubles, told.digested) != (before.troubles, before.digested):
        ledger.save(told)
    for message in due.messages:
        for channel in channels:
            why = channel.tell(message)
            troubles.pop(channel.name, None)
            if why:
                troubles[channel.name] = Trouble(why=why, at=at.isoformat())
    if due.messages:
        ledger.save(replace(told, troubles=troubles))
