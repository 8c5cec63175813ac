"""What waits is told once: at once or in a digest by its kind, whatever is rendered again, started again or killed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.application.notifying import due_now, news_of, tell
from dispatchd.application.ports.channel import Channel, Message
from dispatchd.application.ports.told_ledger import Told, ToldLedger
from dispatchd.application.waiting_items import Named, WaitingItem
from dispatchd.documents.config_values import NotifySettings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTINGS = NotifySettings(bell=True)


def item(kind: str, *ids: str, said: str = "", since: datetime = NOON, qualifier: str = "") -> WaitingItem:
    of = tuple(Named(each, f"About {each}", f"inbox/{each}.md") for each in ids)
    return WaitingItem(
        section="",
        kind=kind,
        of=of,
        title=of[0].title,
        what=f"{kind} from ash",
        since=since,
        said=said,
        qualifier=qualifier,
    )


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Ledger:
    """What is on the disk."""

    kept: Told = field(default_factory=Told)

    def load(self) -> Told:
        return self.kept

    def save(self, told: Told) -> None:
        self.kept = told


@dataclass
class Ear:
    """A channel that hears, fails or dies."""

    name: str = "ear"
    heard: list[Message] = field(default_factory=list)
    why: str = ""
    kills: bool = False

    def tell(self, message: Message) -> str:
        self.heard.append(message)
        if self.kills:
            raise Killed
        return self.why

    @property
    def ids(self) -> list[str]:
        return [each["id"] for message in self.heard for each in message.items]


_ports: tuple[type[Channel], type[ToldLedger]] = (Ear, Ledger)


def test_a_question_is_told_once_however_often_it_is_rendered() -> None:
    ledger, ear = Ledger(), Ear()
    waits = [item("question", "t-aaaa", said="Which?")]
    for _ in range(3):
        tell(waits, SETTINGS, ledger, [ear], NOON)
        waits = [waits[0]._replace(said="Which? (rendered anew)", section="Questions")]
    assert ear.ids == ["t-aaaa"]
    assert ear.heard[0].title == "question from ash: About t-aaaa"


def test_several_that_come_together_are_one_message_and_a_group_grows_by_what_is_new() -> None:
    ledger, ear = Ledger(), Ear()
    tell([item("permission", "t-aaaa")], SETTINGS, ledger, [ear], NOON)
    grown = [item("permission", "t-aaaa", "t-bbbb"), item("question", "t-cccc")]
    tell(grown, SETTINGS, ledger, [ear], NOON)
    assert ear.ids == ["t-aaaa", "t-bbbb", "t-cccc"]
    assert [message.title for message in ear.heard] == [
        "permission from ash: About t-aaaa",
        "2 things wait for you",
    ]


def test_kinds_are_told_at_once_together_or_not_at_all() -> None:
    ledger, ear = Ledger(), Ear()
    settings = replace(SETTINGS, now=("question",), digest=("notice",), digest_every=timedelta(hours=1))
    waits = [item("question", "t-aaaa"), item("notice", "t-bbbb"), item("vote", "p-cccc")]
    tell(waits, settings, ledger, [ear], NOON)
    assert [(message.digest, len(message.items)) for message in ear.heard] == [(False, 1)]
    waits += [item("notice", "t-dddd")]
    tell(waits, settings, ledger, [ear], NOON + timedelta(minutes=59))
    assert len(ear.heard) == 1, "the first digest is gathered as long as any other"
    tell(waits, settings, ledger, [ear], NOON + timedelta(minutes=60))
    assert ear.ids == ["t-aaaa", "t-bbbb", "t-dddd"]
    waits += [item("notice", "t-eeee")]
    tell(waits, settings, ledger, [ear], NOON + timedelta(minutes=119))
    assert len(ear.heard) == 2
    tell(waits, settings, ledger, [ear], NOON + timedelta(minutes=120))
    assert ear.ids[-1] == "t-eeee"


def test_what_is_asked_in_a_later_round_is_told_again() -> None:
    ledger, ear = Ledger(), Ear()
    gate = item("gate", "e-aaaa", qualifier="Design")
    tell([gate], SETTINGS, ledger, [ear], NOON)
    tell([gate._replace(since=NOON + timedelta(days=1))], SETTINGS, ledger, [ear], NOON)
    assert ear.ids == ["e-aaaa", "e-aaaa"]


def test_a_refusal_that_moves_to_another_line_is_the_same_one() -> None:
    one = item("refusal", "issues/a.md", said="- line 3: No such state")
    moved = item("refusal", "issues/a.md", said="- line 9: No such state", since=NOON + timedelta(hours=1))
    other = item("refusal", "issues/a.md", said="- line 3: No such role")
    keys = [news_of([each])[0].key for each in (one, moved, other)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("kills", [True, False])
def test_killed_while_it_tells_nothing_is_told_again_afterwards(*, kills: bool) -> None:
    ledger, ear = Ledger(), Ear(kills=kills, why="it cannot be reached")
    try:
        tell([item("question", "t-aaaa")], SETTINGS, ledger, [ear], NOON)
    except Killed:
        assert kills
    ear.kills, ear.why = False, ""
    tell([item("question", "t-aaaa")], SETTINGS, ledger, [ear], NOON)
    assert ear.ids == ["t-aaaa"]


def test_a_channel_that_fails_is_remembered_until_it_works_and_keeps_the_others_from_nothing() -> None:
    ledger, broken, ear = Ledger(), Ear(name="webhook", why="it answered 500"), Ear()
    tell([item("question", "t-aaaa")], SETTINGS, ledger, [broken, ear], NOON)
    assert ear.ids == ["t-aaaa"]
    assert ledger.kept.troubles["webhook"].why == "it answered 500"
    broken.why = ""
    tell([item("question", "t-bbbb")], SETTINGS, ledger, [broken, ear], NOON)
    assert ledger.kept.troubles == {}
    broken.why = "it answered 500"
    tell([item("question", "t-cccc")], SETTINGS, ledger, [broken, ear], NOON)
    tell([], SETTINGS, ledger, [ear], NOON)
    assert ledger.kept.troubles == {}, "a channel that is not set any more is no trouble"


def test_where_nothing_can_be_kept_nothing_is_told() -> None:
    class Full(Ledger):
        def save(self, told: Told) -> None:
            raise OSError(28, f"No space left on device for {len(told.keys)}")

    ear = Ear()
    with pytest.raises(OSError, match="No space"):
        tell([item("question", "t-aaaa")], SETTINGS, Full(), [ear], NOON)
    assert ear.heard == []


def test_what_was_told_long_ago_and_waits_no_more_is_forgotten_and_what_waits_is_not() -> None:
    told: Mapping[str, str] = due_now([item("question", "t-aaaa")], SETTINGS, Told(), NOON).told.keys
    later = NOON + timedelta(days=100)
    assert due_now([], SETTINGS, Told(keys=told), later).told.keys == {}
    waits = due_now([item("question", "t-aaaa")], SETTINGS, Told(keys=told), later)
    assert (waits.messages, list(waits.told.keys)) == ((), list(told))


LOOKS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["question", "notice", "vote"]), st.sampled_from("abcdef")), unique=True
    ),
    max_size=8,
)


@given(LOOKS, st.lists(st.booleans(), min_size=8, max_size=8), st.integers(0, 90))
def test_whatever_comes_and_goes_and_whenever_it_is_killed_nothing_is_told_twice(
    looks: list[list[tuple[str, str]]], kills: list[bool], minutes: int
) -> None:
    ledger, ear, at = Ledger(), Ear(), NOON
    for look, killed in zip(looks, kills, strict=False):
        ear.kills, at = killed, at + timedelta(minutes=minutes)
        try:
            tell([item(kind, f"{kind}-{each}") for kind, each in look], SETTINGS, ledger, [ear], at)
        except Killed:
            continue
    assert len(ear.ids) == len(set(ear.ids))
