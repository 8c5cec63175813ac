"""`waiting --next`: what waits, one by one, on a terminal: choose, say why, or leave it for later.

After every answer the list is read anew, because an answer may take other things with it, or bring some.
"""

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.cli.edit_command import open_in_editor
from dispatchd.cli.failures import Failed
from dispatchd.cli.terminal import visible, visible_lines
from dispatchd.cli.waiting_drafts import drafts_on_page
from dispatchd.cli.waiting_list import INDENT, fitted, remarks, titled
from dispatchd.documents.offered import SEEN, SEND
from dispatchd.domain.errors import DispatchdError

if TYPE_CHECKING:
    from dispatchd.application.waiting_items import WaitingItem
    from dispatchd.cli.invocation import Invocation

Ask = Callable[[str], str]
"""Asks with a prompt; raises EOFError or KeyboardInterrupt where its person leaves."""

Edit = Callable[["Invocation", str], None]
"""Opens the file at a path of the tree; what was saved is taken in when it comes back."""

_LATER: Final = "s"
_LEAVE: Final = "q"
_WRITE: Final = "w"
_EDIT: Final = "e"
_DRAFT: Final = "send what you wrote"


class _Choice(NamedTuple):
    """What was chosen: a label, with words behind it; none: leave it for later."""

    label: str | None
    words: str = ""


class _Asked(NamedTuple):
    """One thing that waits, and what its person has written about it in WAITING.md and not sent."""

    item: "WaitingItem"
    draft: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """What has a number: to send what is written comes first."""
        return (*((_DRAFT,) if self.draft else ()), *(each for each in self.item.labels if each != SEND))


class _Left(Exception):  # noqa: N818 - it is no error
    """Its person has had enough."""


def walk_at_terminal(invocation: "Invocation", editor: str | None) -> None:
    """Walk through what waits; only a terminal has somebody at it who can be asked."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failed("--next asks on a terminal, and there is none here. dispatchd waiting prints the list.")
    invocation.composition.leave_to_caller()

    def edit(invocation: "Invocation", path: str) -> None:
        open_in_editor(invocation, path, editor)
        invocation.composition.sync(invocation.workspace, wait=True)

    walk(invocation, input, edit)


def walk(invocation: "Invocation", ask: Ask, edit: Edit) -> None:
    """Show one thing after the other until nothing is left or its person leaves."""
    passed: set[tuple[str, ...]] = set()
    done = 0
    screen = invocation.screen
    try:
        while (left := [each for each in _items(invocation) if _key(each.item) not in passed]) != []:
            item = left[0].item
            screen.show(*_shown(invocation, left[0], len(left)))
            if _answered(invocation, left[0], ask, edit):
                done += 1
            passed.add(_key(item))
    except (KeyboardInterrupt, EOFError, _Left):
        screen.show("")
    screen.show(_summary(done, len(_items(invocation))))


def _items(invocation: "Invocation") -> tuple[_Asked, ...]:
    from dispatchd.application.waiting_items import waiting_items

    with invocation.reading(just_written=True) as model:
        items = waiting_items(model, lambda: invocation.me)
        drafts = drafts_on_page(model, items)
    return tuple(_Asked(item, drafts.get(item.of[0].id, "") if item.of else "") for item in items)


def _key(item: "WaitingItem") -> tuple[str, ...]:
    since = item.since.isoformat() if item.since else ""
    return (*(each.id for each in item.of), item.qualifier, since)


def _summary(done: int, left: int) -> str:
    answered = {0: "Nothing was answered", 1: "One answered"}.get(done, f"{done} answered")
    waits = {0: "nothing waits for you now", 1: "one still waits"}.get(left, f"{left} still wait")
    return f"{answered}; {waits}."


def _shown(invocation: "Invocation", asked: _Asked, left: int) -> Iterator[str]:
    screen, item = invocation.screen, asked.item
    yield ""
    yield screen.quiet(f"{visible(item.section)} · {left} to go")
    yield screen.heading(titled(item))
    yield from map(screen.quiet, fitted(remarks(item), screen.width))
    if item.path:
        yield screen.accent(visible(invocation.place(item.path)))
    if item.said:
        yield ""
        room = None if screen.width is None else screen.width - len(INDENT)
        lines = (part for line in visible_lines(item.said).split("\n") for part in fitted(line, room))
        yield from (f"{INDENT}{line}".rstrip() for line in lines)
    yield ""
    several = f" all {len(item.of)}" if len(item.of) > 1 else ""
    for number, label in enumerate(asked.choices, 1):
        why = "  (say why)" if label.endswith(":") else ""
        words = visible(label.rstrip(":")) + several
        if label == _DRAFT:
            words, why = f"{_DRAFT}: {visible(' '.join(asked.draft.split()))}", ""
        yield f"{INDENT}{screen.accent(str(number))}  {words}{screen.quiet(why)}"
    if SEND in item.labels:
        yield f"{INDENT}{screen.accent(_WRITE)}  write an answer: one line, sent at once"
    if item.path:
        yield f"{INDENT}{screen.accent(_EDIT)}  open it in your editor"
    yield f"{INDENT}{screen.accent(_LATER)}  leave it for later{INDENT}{screen.accent(_LEAVE)}  stop here"


def _answered(invocation: "Invocation", asked: _Asked, ask: Ask, edit: Edit) -> bool:
    """Ask until it is answered or left; whether it was answered. A refusal is said, and asked again."""
    item = asked.item
    while True:
        choice = _choice(invocation, asked, ask)
        if choice.label is None:
            return False
        if choice.label == _EDIT:
            edit(invocation, item.path)
            return False
        try:
            told = [line for each in range(len(item.of)) for line in _perform(invocation, item, each, choice)]
        except DispatchdError as refused:
            invocation.screen.show(f"Not done: {visible_lines(str(refused))}")
            continue
        invocation.screen.show(*(told or ["Nothing had to change."]))
        return True


def _choice(invocation: "Invocation", asked: _Asked, ask: Ask) -> _Choice:
    item = asked.item
    while True:
        typed, _, words = ask("> ").strip().partition(" ")
        words = words.strip()
        match typed.casefold():
            case "":
                continue
            case key if key == _LEAVE and not words:
                raise _Left
            case key if key == _LATER and not words:
                return _Choice(None)
            case key if key == _EDIT and item.path and not words:
                return _Choice(_EDIT)
            case key if key == _WRITE and SEND in item.labels:
                words = words or ask("Your answer: ").strip()
                if words:
                    return _Choice(SEND, words)
                continue
        label = _label(asked, typed, words)
        if label is None:
            invocation.screen.show(_ways(asked))
            continue
        if label == _DRAFT:
            return _Choice(SEND, asked.draft)
        words = words if typed.isdecimal() else ""
        return _with_reason(label, words, ask)


def _with_reason(label: str, words: str, ask: Ask) -> _Choice:
    """*label* with the reason that it needs; asked for until there is one, or it is left for later."""
    lead = ""
    while label.endswith(":") and not words:
        words = ask(f"{lead}Why? ({_LATER} to leave it for later) ").strip()
        lead = "It needs a reason. "
    return _Choice(None) if label.endswith(":") and words == _LATER else _Choice(label, words)


def _ways(asked: _Asked) -> str:
    """What can be typed here."""
    item = asked.item
    ways = ["a number"] if asked.choices else []
    ways += [f"{_WRITE} to write an answer"] if SEND in item.labels else []
    ways += [f"{_EDIT} to open it in your editor"] if item.path else []
    return f"Type {', '.join([*ways, f'{_LATER} to leave it for later'])}, or {_LEAVE} to stop here."


def _label(asked: _Asked, typed: str, words: str) -> str | None:
    """The choice that was typed: its number, or the beginning of what it says."""
    choices = asked.choices
    if typed.isdecimal():
        return choices[int(typed) - 1] if 1 <= int(typed) <= len(choices) else None
    said = f"{typed} {words}".strip().casefold()
    found = [label for label in choices if label.casefold().startswith(said)]
    exact = [label for label in choices if label.casefold().rstrip(":") == said]
    return (exact or found)[0] if len(exact or found) == 1 else None


def _perform(invocation: "Invocation", item: "WaitingItem", which: int, choice: _Choice) -> list[str]:
    """Do what was chosen, for one of the things the item is about; what happened, in words."""
    from dispatchd.application.requests.request import Verb

    subject, label, words = item.of[which].id, (choice.label or "").rstrip(":"), choice.words or None
    if item.kind == "pause":
        result = invocation.perform(Verb.RESUME)
    elif item.kind == "gate":
        verb = {"Approve": Verb.GATE_APPROVE, "Reject": Verb.GATE_REJECT, "Skip": Verb.GATE_SKIP}.get(label)
        if verb is None or item.what.startswith("gate: decision"):
            given = {"option": choice.label, "reason": words}
            verb = Verb.GATE_CHOOSE
        else:
            given = {"reason": words}
        result = invocation.perform(verb, epic=subject, stage=item.qualifier, **given)
    elif item.kind == "vote":
        choice_word = label.casefold().replace(" ", "_")
        result = invocation.perform(
            Verb.VOTE, proposal=subject, choice=choice_word, reason=words, seat=item.qualifier
        )
    else:
        option = {SEND: None, SEEN: "seen"}.get(label, choice.label)
        result = invocation.perform(Verb.ANSWER, thread=subject, option=option, text=words)
    return [visible(str(line)) for line in result.get("told", ())]
