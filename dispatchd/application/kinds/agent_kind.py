"""Agent cards: facts above, what the agent should know below."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Reading
from dispatchd.application.kinds.facts_of_kind import (
    first_facts,
    has_lost_front_matter,
    intents_of_facts,
    without,
)
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.agent_document import (
    SCHEMA,
    agent_facts,
    compose_agent,
    fact_values,
    parse_agent,
    person_part,
    render_agent,
)
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.tree_paths import agent_of
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import Command, IntroduceAgent
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityKind
from dispatchd.reconcile.fact_intents import key_anchor
from dispatchd.reconcile.intents import Intent, Refusal

_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "role": str,
    "engine": str,
    "model": str,
    "arguments": str,
    "paused": lambda text: text == "true",
}
_DEFAULTS: Final = {"role": "coder", "engine": "scripted", "model": None, "arguments": None, "paused": False}


def _read(text: str) -> Reading:
    document = parse_agent(text)
    return Reading(
        text=text,
        document=document,
        front=document.front,
        facts=agent_facts(document),
        problems=document.problems,
    )


def _adopt(adoption: Adoption) -> tuple[Command, tuple[Refusal, ...]]:
    fields, refused = first_facts(adoption.reading, EntityKind.AGENT, _READERS, adoption.work.rules.types)
    if key_anchor("engine") in {each.anchor for each in refused}:
        fields["engine"] = ""  # The engine of those who name none would do other work than was meant.
    return IntroduceAgent(agent=Agent(name=agent_of(adoption.path) or adoption.id, **fields)), refused


def _without_fact(command: Command, refused: Rejected) -> Command:
    if not isinstance(command, IntroduceAgent) or refused.key == "name":
        return command
    return IntroduceAgent(agent=without(command.agent, _DEFAULTS, refused))


def _intents(edit: Edit) -> tuple[Intent, ...]:
    agent = edit.work.agent(edit.subject)
    if agent is None or has_lost_front_matter(edit):
        return ()
    return intents_of_facts(edit, EntityKind.AGENT, SCHEMA, fact_values(agent))


def _render(agent: Agent, canvas: str, notes: Sequence[Annotation], _work: UnitOfWork) -> str:
    return render_agent(agent, canvas, notes)


def _compose(agent: Agent, _work: UnitOfWork, body: str) -> str:
    return compose_agent(agent, body)


AGENT_KIND: Final = DocumentKind(
    kind=EntityKind.AGENT,
    schema=SCHEMA,
    read=_read,
    adopt=_adopt,
    without_fact=_without_fact,
    intents=_intents,
    stands=fact_values,
    render=_render,
    compose=_compose,
    substance=person_part,
)
