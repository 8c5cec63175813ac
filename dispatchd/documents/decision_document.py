"""A decision's file: the question, who was for what, and what followed. It is rendered whole and never edited."""

from collections.abc import Mapping, Sequence
from typing import Final

from dispatchd.documents.annotations import Annotation
from dispatchd.documents.facts import COMMON_SPELLING, FactForm, composed, finish, put_right, read_facts
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.front_matter_edit import stamp_rev
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.shown_text import escaped
from dispatchd.documents.stamps import format_created, plain
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.decision import Decision

SCHEMA: Final = KeySchema.of(
    text=("title",),
    scalar=("id", "kind", "subject", "outcome", "at", "rev"),
    lists=("by",),
    daemon=("id", "title", "kind", "subject", "outcome", "by", "at", "rev"),
)
KEY_ORDER: Final = ("id", "title", "kind", "subject", "outcome", "by", "at", "rev")
FORM: Final = FactForm(
    schema=SCHEMA,
    order=KEY_ORDER,
    spelling=COMMON_SPELLING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDocument:
    """A decision as its file says it."""

    front: FrontMatter
    text: str
    problems: tuple[DocumentProblem, ...]


def parse_decision(text: str) -> DecisionDocument:
    """Read a decision's file."""
    front = read_front_matter(text, SCHEMA)
    return DecisionDocument(front=front, text=text, problems=front.problems)


def decision_facts(document: DecisionDocument) -> Mapping[str, Value]:
    """What the front matter says, in canonical spelling."""
    return read_facts(document.front, FORM)


def fact_values(decision: Decision) -> dict[str, Value]:
    """What the front matter of *decision* says."""
    return {
        "id": decision.id,
        "title": decision.title,
        "kind": decision.kind.value,
        "subject": decision.subject,
        "outcome": decision.outcome,
        "by": decision.by or None,
        "at": format_created(decision.at),
    }


def compose_decision(decision: Decision, *, turned_by: str | None = None) -> str:
    """The text of the file, without its `rev`; *turned_by* leads to the decision that turned this one."""
    parts = [f"# {escaped(decision.title)}"]
    if decision.question.strip() not in {"", decision.title.strip()}:
        parts.append(decision.question.strip())
    parts.append(f"**{_spoken(decision.outcome)}**, by {_joined(decision.by)}.")
    for heading, lines in (("Tally", decision.tally), ("What followed", decision.consequences)):
        if lines:
            parts.append(f"## {heading}")
            parts.append("\n".join(f"- {plain(line)}" for line in lines))
    if turned_by is not None:
        parts.append(f"It was vetoed later: [decision]({turned_by}).")
    return composed(fact_values(decision), "\n\n".join(parts), FORM)


def _spoken(outcome: str) -> str:
    words = plain(outcome).replace("_", " ")
    return words[:1].upper() + words[1:]


def _joined(names: tuple[str, ...]) -> str:
    *most, last = names or ("nobody",)
    return f"{', '.join(most)} and {last}" if most else last


def render_decision(
    decision: Decision,
    canvas: str,
    annotations: Sequence[Annotation] = (),
    *,
    turned_by: str | None = None,
) -> str:
    """The file of *decision*, whatever *canvas* says; a *canvas* that says it already as it is."""
    whole = stamp_rev(compose_decision(decision, turned_by=turned_by))
    if not canvas.strip() or read_front_matter(canvas, SCHEMA).parked:
        return whole
    mended = put_right(canvas, fact_values(decision), FORM, annotations)
    is_whole = person_part(mended) == person_part(whole)
    return finish(canvas, mended if is_whole else whole, FORM, annotations)


def person_part(text: str) -> str:
    """The body, white space left out of account: nothing in it is a person's, any change of it is put back."""
    return " ".join(read_front_matter(text, SCHEMA).body.split())
