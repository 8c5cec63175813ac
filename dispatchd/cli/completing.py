"""What the shell may complete: which words belong to which parameter, told by the parameter's name.

A parameter called `epic` takes epics wherever it stands; what a bare ID means, the noun before it says. Nothing is
made, mended or said aside here: where the workspace cannot be read, there is nothing to complete.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from dispatchd.cli.completed_words import Word, events_lately, quoted, shown, still_open
from dispatchd.cli.terminal import visible
from dispatchd.domain.errors import DispatchdError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import NameRow

MOST: Final = 200
EVERYTHING: Final = ("issue", "epic", "proposal", "thread", "decision", "agent")
_NOUNS: Final = {
    "issue": "issue",
    "epic": "epic",
    "proposal": "proposal",
    "inbox": "thread",
    "agent": "agent",
}
_CHOICES: Final = ("approve", "reject", "abstain", "more_info")
_OVERRIDES: Final = ("approve", "reject", "veto")


class Asked(NamedTuple):
    """What is to be completed: the beginning of a word, among what was typed before it."""

    ctx: click.Context
    typed: str

    @property
    def noun(self) -> str:
        """The kind that the command before is about; nothing where it is about anything."""
        parent = self.ctx.parent
        return _NOUNS.get(str(parent.info_name) if parent is not None else "", "")

    def given(self, *names: str) -> str:
        """What was typed for one of these parameters."""
        found = (self.ctx.params.get(name) for name in names)
        return next((str(each) for each in found if each), "")

    @property
    def is_for_bash(self) -> bool:
        """Bash takes what it is given as it is; the others quote it."""
        return str(self.ctx.find_root().params.get("completing") or "").startswith("bash")


Words = Callable[[Asked], Iterable[Word]]


class CompletedWord(click.types.StringParamType):
    """A text whose words the shell can complete."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> "list[CompletionItem[str]]":
        """The words that begin as *incomplete* does, case forgiven."""
        from click.shell_completion import CompletionItem

        try:
            found = list(self._words(Asked(ctx, incomplete)))
        except DispatchdError:
            return []
        begun = incomplete.removeprefix("@").lower()
        fitting = [
            each
            for each in found
            if each.value.removeprefix("@").lower().startswith(begun) and visible(each.value) == each.value
        ]
        bash = Asked(ctx, incomplete).is_for_bash
        return [
            CompletionItem(quoted(each.value) if bash else each.value, help=shown(each)) for each in fitting
        ]


def completed(parameters: Sequence[click.Parameter]) -> Sequence[click.Parameter]:
    """*parameters*, each plain text of a known name with the words that belong to it."""
    for parameter in parameters:
        words = _BY_NAME.get(parameter.name or "")
        if words is not None and parameter.type is click.STRING:
            parameter.type = CompletedWord(words)
    return parameters


def _reading(asked: Asked, answer: "Callable[[ReadModel], Iterable[Word]]") -> list[Word]:
    """An answer from the database as it stands; from none where there is none."""
    invocation = asked.ctx.find_object(_invocation())
    if invocation is None:
        return []
    folder = asked.ctx.find_root().params.get("folder")
    if folder is not None:
        invocation.start = folder
    model = invocation.composition.open_read_model(invocation.workspace, make=False)
    try:
        return list(answer(model))
    finally:
        model.close()


def _invocation() -> Any:
    from dispatchd.cli.invocation import Invocation

    return Invocation


def _named(*kinds: str) -> Words:
    def words(asked: Asked) -> Iterable[Word]:
        bare = asked.typed.strip("#[]").lower()

        def of(model: "ReadModel") -> Iterable[Word]:
            return map(_name, still_open(model.names(bare, kinds, MOST), asked.ctx.info_name))

        return _reading(asked, of)

    return words


def _epics(asked: Asked) -> Iterable[Word]:
    """Epics; of those with a gate to be answered only those whose gate waits, or that may be asked again."""
    parent = asked.ctx.parent
    if parent is None or parent.info_name != "gate":
        return _named("epic")(asked)
    again = asked.ctx.info_name == "ask-again"

    def of(model: "ReadModel") -> Iterator[Word]:
        for epic in model.epics(("awaiting_gate", "in_progress")):
            gates = [each.gate for each in epic.stages if each.gate and each.state == "awaiting_gate"]
            rejected = [each.gate for each in epic.stages if each.gate and each.gate.state == "rejected"]
            if rejected if again else gates:
                yield Word(epic.id, epic.title)

    return _reading(asked, of)


def _name(row: "NameRow") -> Word:
    return Word(row.id, f"{row.title} · {row.status.replace('_', ' ')}" if row.kind != "agent" else "agent")


def _anything(asked: Asked) -> Iterable[Word]:
    return _named(*((asked.noun,) if asked.noun else EVERYTHING))(asked)


def _vocabulary(key: str) -> Words:
    def words(asked: Asked) -> Iterable[Word]:
        return map(Word, _words_of(asked.noun or "issue", key))

    return words


def _words_of(kind: str, key: str) -> Sequence[str]:
    from dispatchd.domain.fact_keys import words_for
    from dispatchd.domain.identifiers import EntityKind

    return [str(word) for word in words_for(EntityKind(kind), key)]


def _somebody(asked: Asked) -> Iterable[Word]:
    people = [Word(f"@{name}", "person") for name in _people(asked)]
    return [*people, *_agents(asked)]


def _people(asked: Asked) -> Iterator[str]:
    invocation = asked.ctx.find_object(_invocation())
    known = () if invocation is None else invocation.composition.settings(invocation.workspace)
    yield from (each.key.removeprefix("people.") for each in known if each.key.startswith("people."))


def _agents(asked: Asked) -> Iterable[Word]:
    return _reading(asked, lambda model: [Word(row.name, f"agent; {row.role}") for row in model.agents()])


def _voters(asked: Asked) -> Iterable[Word]:
    return [*_somebody(asked), *(Word(word, "role") for word in _words_of("issue", "role"))]


def _labels(asked: Asked) -> Iterable[Word]:
    return _reading(asked, lambda model: map(Word, model.labels()))


def _stages(asked: Asked) -> Iterable[Word]:
    def of(model: "ReadModel") -> Iterable[Word]:
        found = model.resolve(asked.given("epic"), "epic").id
        epic = model.epic(found) if found is not None else None
        stages = epic.stages if epic is not None else ()
        return [Word(stage.name, stage.state.replace("_", " ")) for stage in stages]

    return _reading(asked, of)


def _options(asked: Asked) -> Iterable[Word]:
    def of(model: "ReadModel") -> Iterable[Word]:
        found = model.resolve(asked.given("thread"), "thread").id
        thread = model.thread(found) if found is not None else None
        return map(Word, thread.options if thread is not None else ())

    return _reading(asked, of)


def _settings(asked: Asked) -> Iterable[Word]:
    invocation = asked.ctx.find_object(_invocation())
    found = invocation.composition.settings(invocation.workspace) if invocation is not None else ()
    return [Word(each.key, str(each.words)) for each in found]


def _changes(asked: Asked) -> Iterable[Word]:
    """`key=value`. Bash parts the word at `=`: then the key is the word before, and only the value is completed."""
    before = [str(each) for each in asked.ctx.params.get("changes") or ()]
    if before and (before[-1] == "=" or "=" not in before[-1]):
        key = before[-2] if before[-1] == "=" and len(before) > 1 else before[-1]
        return _values(asked, key, asked.typed)
    key, parted, typed = asked.typed.partition("=")
    if parted:
        return [Word(f"{key}={each.value}", each.about) for each in _values(asked, key, typed)]
    keys = ("status", "priority", "type", "role", "assignee", "epic", "parent", "labels", "depends_on")
    return [
        Word(f"{each}={value}")
        for each in keys
        for value in (_words_of(asked.noun or "issue", each) or ("",))
    ]


def _values(asked: Asked, key: str, typed: str) -> Iterable[Word]:
    words = _words_of(asked.noun or "issue", key)
    if words:
        return map(Word, words)
    found = _BY_NAME.get({"labels": "label"}.get(key, key))
    return found(asked._replace(typed=typed)) if found is not None else ()


def _branches(asked: Asked) -> Iterable[Word]:
    invocation = asked.ctx.find_object(_invocation())
    return () if invocation is None else map(Word, invocation.composition.branches_of(invocation.workspace))


def _events(asked: Asked) -> Iterable[Word]:
    return _reading(asked, events_lately)


def _fixed(*words: str) -> Words:
    return lambda _: map(Word, words)


_BY_NAME: Final[Mapping[str, Words]] = {
    "entity": _anything,
    "issue": _named("issue"),
    "parent": _named("issue"),
    "depends_on": _named("issue"),
    "epic": _epics,
    "proposal": _named("proposal"),
    "proposal_id": _named("proposal"),
    "thread": _named("thread"),
    "stage": _stages,
    "option": _options,
    "status": _vocabulary("status"),
    "statuses": _vocabulary("status"),
    "kind": _vocabulary("type"),
    "priority": _vocabulary("priority"),
    "role": _vocabulary("role"),
    "threshold": _vocabulary("threshold"),
    "assignee": _somebody,
    "to": _somebody,
    "voters": _voters,
    "name": _agents,
    "label": _labels,
    "labels": _labels,
    "key": _settings,
    "choice": _fixed(*_CHOICES),
    "how": _fixed(*_OVERRIDES),
    "changes": _changes,
    "branch": _branches,
    "event": _events,
}
