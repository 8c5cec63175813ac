"""An agent's card: its role, its engine, whether it is paused, and what it should know about itself."""

from collections.abc import Mapping, Sequence
from typing import Final

from dispatchd.documents.annotations import Annotation
from dispatchd.documents.facts import (
    COMMON_SPELLING,
    FactForm,
    composed,
    finish,
    handle,
    put_right,
    read_facts,
)
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.agent import Agent
from dispatchd.domain.dataclass import dataclass

KEY_ORDER: Final = ("name", "role", "engine", "model", "arguments", "paused", "rev")
SCHEMA: Final = KeySchema.of(scalar=KEY_ORDER, daemon=("name", "rev"))
FORM: Final = FactForm(schema=SCHEMA, order=KEY_ORDER, spelling={**COMMON_SPELLING, "name": handle})


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDocument:
    """A card as its file says it. `instructions` is its body."""

    front: FrontMatter
    text: str
    problems: tuple[DocumentProblem, ...]
    instructions: str = ""


def parse_agent(text: str) -> AgentDocument:
    """Read an agent's card."""
    front = read_front_matter(text, SCHEMA)
    return AgentDocument(front=front, text=text, problems=front.problems, instructions=front.body.strip())


def agent_facts(document: AgentDocument) -> Mapping[str, Value]:
    """What the front matter says, in canonical spelling."""
    return read_facts(document.front, FORM)


def fact_values(agent: Agent) -> dict[str, Value]:
    """What the card of *agent* should say."""
    return {
        "name": agent.name,
        "role": agent.role,
        "engine": agent.engine,
        "model": agent.model,
        "arguments": agent.arguments,
        "paused": "true" if agent.paused else "false",
    }


def compose_agent(agent: Agent, instructions: str = "") -> str:
    """The text of a new card."""
    return composed(fact_values(agent), instructions, FORM)


def render_agent(agent: Agent, canvas: str, annotations: Sequence[Annotation] = ()) -> str:
    """*canvas* with the facts of *agent* and the *annotations*."""
    if read_front_matter(canvas, SCHEMA).parked:
        return canvas
    return finish(canvas, put_right(canvas, fact_values(agent), FORM, annotations), FORM, annotations)


def person_part(text: str) -> str:
    """What the card says besides its facts."""
    lines = read_front_matter(text, SCHEMA).body.split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith("> dispatchd:")).strip()
