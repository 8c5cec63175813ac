"""The line that sets a gate: `Gate: review by @alice, @bob: Walk through the demo.`

A line that cannot be understood still keeps its stage shut: it is read as an approval by anyone, and a problem says
how to write what was meant.
"""

import re
from typing import Final

from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Criterion, GateKind, GatePlan

_GATE: Final = re.compile(r"^[ \t]*[*_]*gate[*_]*[ \t]*[:：][*_]*[ \t]*(?P<rest>.*)$", re.IGNORECASE)
_PLAN: Final = re.compile(
    r"^(?P<kind>[\w-]+)?(?:\s+by\s+(?P<names>[^:：]*?))?\s*(?:[:：]\s*(?P<question>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_KINDS: Final = {
    "approval": GateKind.APPROVAL,
    "approve": GateKind.APPROVAL,
    "review": GateKind.REVIEW,
    "decision": GateKind.DECISION,
    "decide": GateKind.DECISION,
    "checkpoint": GateKind.CHECKPOINT,
    "check": GateKind.CHECKPOINT,
}
_ALL_DONE: Final = re.compile(
    r"all(?:\s+(?:its|the))?\s+issues?\s+(?:are\s+)?(?:done|finished|closed)", re.IGNORECASE
)
_COMMAND: Final = re.compile(r"command\s+`?(?P<name>[\w.-]+)`?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """A gate as its line says it. A decision's options stand below the line and are added by the epic."""

    plan: GatePlan
    problem: DocumentProblem | None = None


def is_gate_line(line: str) -> bool:
    """Whether *line* of a paragraph sets a gate."""
    return _GATE.match(line) is not None


def parse_gate(text: str, line: int) -> GateLine:
    """The gate that *text* sets; its first line stands on *line*."""
    first, *wrapped = text.split("\n")
    found = _GATE.match(first)
    rest = " ".join([found["rest"] if found else first, *wrapped])
    parts = _PLAN.match(" ".join(rest.split()))
    kind = _KINDS.get((parts["kind"] or "").casefold()) if parts else None
    if parts is None or kind is None:
        return GateLine(
            plan=GatePlan(kind=GateKind.APPROVAL, question=" ".join(rest.split())),
            problem=DocumentProblem(
                line=line,
                what=f'"{rest.strip()}" names no kind of gate',
                hint="Write Gate: approval, review, decision or checkpoint, then a colon and the question",
            ),
        )
    question = (parts["question"] or "").strip()
    if kind is GateKind.CHECKPOINT:
        return _checkpoint(question, line)
    names = _names(parts["names"] or "")
    if parts["names"] is not None and not names:
        problem = DocumentProblem(
            line=line,
            what="The gate says by whom, and then nobody",
            hint="Write for example: by @alice, @bob",
        )
        return GateLine(plan=GatePlan(kind=kind, question=question), problem=problem)
    return GateLine(plan=GatePlan(kind=kind, question=question, approvers=names))


def _names(text: str) -> tuple[str, ...]:
    words = (word.strip("@.,;") for word in re.split(r"[\s,;&]+", text))
    return tuple(dict.fromkeys(word.lower() for word in words if word and word.lower() != "and"))


def _checkpoint(text: str, line: int) -> GateLine:
    criteria: list[Criterion] = []
    for part in filter(None, (piece.strip(" .") for piece in re.split(r"[,;]|\band\b", text))):
        command = _COMMAND.fullmatch(part)
        if _ALL_DONE.fullmatch(part):
            criteria.append(Criterion(all_issues_done=True))
        elif command:
            criteria.append(Criterion(command=command["name"]))
        else:
            return GateLine(
                plan=GatePlan(kind=GateKind.APPROVAL, question=text),
                problem=DocumentProblem(
                    line=line,
                    what=f'"{part}" is nothing that can be checked, so the gate asks a person',
                    hint='Write "all issues done" or "command NAME", NAME being an entry of [commands]',
                ),
            )
    plan = GatePlan(
        kind=GateKind.CHECKPOINT,
        question=text,
        criteria=tuple(criteria) or (Criterion(all_issues_done=True),),
    )
    return GateLine(plan=plan)
