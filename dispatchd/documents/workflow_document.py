"""`workflows/NAME.toml`: a few lines about the whole, then a `[[phase]]` table for each phase in its order.

A phase leads to the one written below it unless it says otherwise. What is wrong is said with its line; a workflow with
anything wrong is not used, because half a workflow would let work through that the other half was to stop.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.setting_kinds import BadSetting, read_duration
from dispatchd.documents.toml_text import load_toml
from dispatchd.documents.vocabulary import canonical, closest
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import Role
from dispatchd.domain.wording import quoted
from dispatchd.domain.workflow import DONE, Expectation, Phase, Workflow
from dispatchd.domain.workflow_rules import faults_of

FOLDER: Final = "workflows/"
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_HEADER: Final = re.compile(r"^\s*\[\[\s*phase\s*\]\]")
_KEY: Final = re.compile(r"^\s*([\w-]+)\s*[=.]")
_TOP: Final = ("title", "summary", "tests")
_PHASE: Final = tuple(each.name for each in fields(Phase))
_Lines = tuple[Mapping[str, int], tuple[Mapping[str, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowReading:
    """`workflow` is None where anything is wrong with it."""

    workflow: Workflow | None = None
    problems: tuple[DocumentProblem, ...] = ()


def workflow_path(name: str) -> DocumentPath:
    """Where the workflow of that name stands."""
    return DocumentPath(f"{FOLDER}{name}.toml")


def workflow_name(path: str) -> str:
    """What the workflow at *path* is called."""
    return path.rpartition("/")[2].removesuffix(".toml")


def read_workflow(text: str, name: str) -> WorkflowReading:
    """The workflow that *text* spells, or what is wrong with it."""
    try:
        tables = load_toml(text)
    except tomllib.TOMLDecodeError as error:
        return WorkflowReading(problems=(_no_toml(str(error)),))
    reader = _Reader(_lines_of(text))
    workflow = reader.workflow(tables, name)
    problems = list(reader.problems)
    if not problems:
        for fault in faults_of(workflow):
            line = reader.line(fault.phase, fault.key)
            problems.append(DocumentProblem(line=line, what=fault.what, hint=fault.hint, key=fault.key))
    return WorkflowReading(workflow=None if problems else workflow, problems=tuple(problems))


def _no_toml(message: str) -> DocumentProblem:
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (0, 0)
    what = _PLACE.sub("", message).replace("(at end of document)", "at the end").strip()
    hint = "Texts stand in quotes, each phase below a line [[phase]]"
    return DocumentProblem(line=line, column=column, what=f"This is not TOML: {what}", hint=hint)


def _lines_of(text: str) -> _Lines:
    """The line of each key, above the phases and in each; a phase's own line has an empty key."""
    top: dict[str, int] = {}
    phases: list[dict[str, int]] = []
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not inside:
            key = _KEY.match(line)
            if _HEADER.match(line):
                phases.append({"": number})
            elif key is not None:
                (phases[-1] if phases else top).setdefault(key[1], number)
        for mark in re.findall(r'"""|\'\'\'', line):
            inside = mark if not inside else "" if mark == inside else inside
    return top, tuple(phases)


class _Reader:
    """Turns tables into a workflow and gathers what cannot be turned."""

    def __init__(self, lines: _Lines) -> None:
        self._top, self._phases = lines
        self.problems: list[DocumentProblem] = []

    def line(self, phase: int | None, key: str) -> int:
        """Where to point at: the key's line, else its phase's."""
        if phase is None:
            return self._top.get(key, 0)
        if phase >= len(self._phases):
            return 0
        return self._phases[phase].get(key) or self._phases[phase][""]

    def workflow(self, tables: Mapping[str, Any], name: str) -> Workflow:
        """The workflow, as far as it can be read."""
        self._report_unknown(None, tables, (*_TOP, "phase"))
        written = tables.get("phase", [])
        if not isinstance(written, list):
            self._report(
                None, "phase", "A phase is a table of its own", "Write [[phase]] on a line of its own"
            )
            written = []
        phases = [self._phase(place, table) for place, table in enumerate(written) if isinstance(table, dict)]
        followed = tuple(
            replace(each, next=phases[place + 1].name if place + 1 < len(phases) else DONE)
            if not each.next and not each.is_review
            else each
            for place, each in enumerate(phases)
        )
        return Workflow(
            name=name,
            title=self._text(None, tables, "title"),
            summary=self._text(None, tables, "summary"),
            tests=self._texts(None, tables, "tests"),
            phases=followed,
        )

    def _phase(self, place: int, table: Mapping[str, Any]) -> Phase:
        self._report_unknown(place, table, _PHASE)
        texts = {
            key: self._text(place, table, key) for key in ("name", "instruction", "next", "report", "gate")
        }
        named = {
            key: self._text(place, table, key) or None
            for key in ("reviews", "check", "otherwise", "since", "changed", "refused")
        }
        role = self._word(place, table, "role", tuple(Role))
        expect = self._word(place, table, "expect", tuple(Expectation))
        if "expect" in table and "check" not in table:
            self._report(place, "expect", '"expect" is about a check', 'Write check = "COMMAND"')
        values: dict[str, Any] = {**texts, **named}
        return Phase(
            **values,
            role=Role(role) if role else None,
            artefact=self._texts(place, table, "artefact"),
            verdicts=self._verdicts(place, table),
            expect=Expectation(expect) if expect else Expectation.PASS,
            within=self._length(place, table),
            iterations=self._number(place, table),
        )

    def _text(self, place: int | None, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self._report(place, key, f'"{key}" cannot be read', "Write text in quotes")
        return ""

    def _texts(self, place: int | None, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and all(isinstance(each, str) and each.strip() for each in found):
            return tuple(found)
        self._report(place, key, f'"{key}" cannot be read', 'Write patterns in quotes: ["tests/**"]')
        return ()

    def _word(self, place: int, table: Mapping[str, Any], key: str, words: tuple[str, ...]) -> str | None:
        written = self._text(place, table, key)
        found = canonical(written, words) if written else None
        if written and found is None:
            near = closest(written, words)
            hint = f'Did you mean "{near}"?' if near else f"Write one of {quoted(words)}"
            self._report(place, key, f'"{written}" is no {"role" if key == "role" else "outcome"}', hint)
        return found

    def _verdicts(self, place: int, table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        value = table.get("verdicts", {})
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return tuple((verdict, target.strip()) for verdict, target in value.items())
        hint = 'Write { approve = "PHASE", changes = "PHASE" }'
        self._report(place, "verdicts", '"verdicts" cannot be read', hint)
        return ()

    def _length(self, place: int, table: Mapping[str, Any]) -> int | None:
        written = self._text(place, table, "within")
        try:
            return max(1, round(read_duration(written).total_seconds())) if written else None
        except BadSetting as problem:
            self._report(place, "within", '"within" cannot be read', f"Here {problem}")
            return None

    def _number(self, place: int, table: Mapping[str, Any]) -> int | None:
        value = table.get("iterations")
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._report(place, "iterations", '"iterations" cannot be read', "Write a whole number from 1")
        return None

    def _report_unknown(self, place: int | None, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = closest(key, known)
                hint = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(known)}"
                whose = "A workflow" if place is None else "A phase"
                self._report(place, key, f'{whose} has no "{key}"', hint)

    def _report(self, place: int | None, key: str, what: str, hint: str) -> None:
        self.problems.append(DocumentProblem(line=self.line(place, key), what=what, hint=hint, key=key))
