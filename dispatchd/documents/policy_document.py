"""`policies.toml`: rules in their order, each a `[[rule]]` table.

What is wrong is said with its line. A text with anything wrong in it is not used as a whole: a rule that was to deny and
cannot be read must not let the next one allow.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final

from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.setting_kinds import BadSetting, read_duration, write_duration
from dispatchd.documents.toml_text import load_toml
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.documents.vocabulary import closest
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.issue import Priority, Role
from dispatchd.domain.policy import Answerer, AskedKind, BudgetTest, PolicyRule
from dispatchd.domain.wording import quoted

_HEADER: Final = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
_KEY: Final = re.compile(r"^\s*[\"']?([\w-]+)[\"']?\s*=")
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_BUDGET: Final = re.compile(r"(>=|<)\s*(\$?)\s*(\d+(?:\.\d+)?)\s*(%?)")
_KEYS: Final = tuple(each.name for each in fields(PolicyRule) if each.name != "where")
_PATTERNS: Final = ("kind", "agent", "role", "type", "priority", "tool", "command", "path", "text")
_BY_WORD: Final = (Answerer.ALLOW, Answerer.DENY, Answerer.HUMAN)
_NARROWS: Final = ("tool", "command", "path")
_VOCABULARY: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": tuple(AskedKind),
    "role": tuple(Role),
    "ask": tuple(Role),
    "priority": tuple(Priority),
}
UNTIL_THEN: Final = "Until it is mended the rules that were in force stay so"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReading:
    """`rules` are all that could be read; they count where there are no problems."""

    rules: tuple[PolicyRule, ...] = ()
    problems: tuple[DocumentProblem, ...] = ()


def read_policies(text: str) -> PolicyReading:
    """The rules that *text* spells, and what is wrong with the others."""
    try:
        tables = load_toml(text)
    except tomllib.TOMLDecodeError as error:
        return PolicyReading(problems=(_no_toml(str(error)),))
    reader = _Reader(_lines_of(text))
    rules = reader.read(tables)
    return PolicyReading(rules=rules, problems=tuple(reader.problems))


def _no_toml(message: str) -> DocumentProblem:
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (0, 0)
    what = _PLACE.sub("", message).replace("(at end of document)", "at the end").strip()
    return DocumentProblem(line=line, column=column, what=f"This is not TOML: {what}", hint=UNTIL_THEN)


def _lines_of(text: str) -> tuple[Mapping[str, int], ...]:
    """The line of each key of each rule; a rule's own line has an empty key."""
    rules: list[dict[str, int]] = []
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        key = _KEY.match(line)
        if not inside and _HEADER.match(line):
            rules.append({"": number})
        elif not inside and key is not None and rules:
            rules[-1].setdefault(key[1], number)
        for mark in re.findall(r'"""|\'\'\'', line):
            inside = mark if not inside else "" if mark == inside else inside
    return tuple(rules)


class _Reader:
    """Turns tables into rules and gathers what cannot be turned."""

    def __init__(self, lines: tuple[Mapping[str, int], ...]) -> None:
        self._lines = lines
        self.problems: list[DocumentProblem] = []

    def read(self, tables: Mapping[str, Any]) -> tuple[PolicyRule, ...]:
        """Every rule that can be read."""
        for name in tables:
            if name != "rule":
                hint = "Write each rule below a line [[rule]]"
                self.problems.append(DocumentProblem(what=f'"{name}" is no rule', hint=hint, key=name))
        written = tables.get("rule", [])
        if not isinstance(written, list):
            hint = "Write [[rule]], with two brackets, on a line of its own"
            self.problems.append(DocumentProblem(what="A rule is one of a list", hint=hint, key="rule"))
            return ()
        read = (self._rule(place, table) for place, table in enumerate(written))
        return tuple(rule for rule in read if rule is not None)

    def _rule(self, place: int, table: object) -> PolicyRule | None:
        before = len(self.problems)
        if not isinstance(table, dict):
            self._report(place, "", "A rule is a table", "Write [[rule]] on a line of its own")
            return None
        for key in table:
            if key not in _KEYS:
                near = closest(key, _KEYS)
                hint = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(_KEYS)}"
                self._report(place, key, f'A rule has no "{key}"', hint)
        if len(self.problems) > before:  # a word misspelt is one thing to mend, not two
            return None
        texts = {key: self._text(place, table, key) for key in _KEYS if key in table}
        answer = self._answer(place, texts)
        self._check_words(place, texts)
        budget, within = self._budget(place, texts), self._within(place, texts, answer)
        if len(self.problems) > before or answer is None:
            return None
        self._check_breadth(place, texts, answer)
        line = self._line(place, "")
        return PolicyRule(
            answer=answer,
            where=f"{POLICIES}:{line}" if line else POLICIES,
            budget=budget,
            within=within,
            say=texts.get("say", ""),
            ask=texts.get("ask", ""),
            why=texts.get("why", ""),
            **{key: texts[key] for key in _PATTERNS if key in texts},
        )

    def _text(self, place: int, table: Mapping[str, Any], key: str) -> str:
        value = table[key]
        if isinstance(value, str) and value.strip():
            return value
        what = f'"{key}" is empty' if isinstance(value, str) else f'"{key}" cannot be read'
        self._report(place, key, what, "Write text in quotes, or take the line out")
        return ""

    def _answer(self, place: int, texts: Mapping[str, str]) -> Answerer | None:
        given = [key for key in ("answer", "say", "ask") if key in texts]
        ways = f'answer = {quoted(_BY_WORD)}, say = "a text", or ask = "a role"'
        if len(given) > 1:
            self._report(place, given[1], "The rule answers in two ways", f"Write one of them: {ways}")
            return None
        if not given:
            self._report(place, "answer", "The rule answers nothing", f"Write {ways}")
            return None
        if given[0] != "answer":
            return Answerer(given[0])
        if texts["answer"] not in _BY_WORD:
            self._report(place, "answer", f'"{texts["answer"]}" is no answer', f"Write {ways}")
            return None
        return Answerer(texts["answer"])

    def _check_words(self, place: int, texts: Mapping[str, str]) -> None:
        """A word of a vocabulary that is misspelt would fit nothing, and nobody would notice."""
        for key, known in _VOCABULARY.items():
            said = texts.get(key, "")
            if not said or said in known or (key != "ask" and any(each in said for each in "*?[")):
                continue
            near = closest(said, known)
            hint = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(known)}"
            self._report(place, key, f'There is no {"role" if key == "ask" else key} "{said}"', hint)

    def _check_breadth(self, place: int, texts: Mapping[str, str], answer: Answerer) -> None:
        """What allows everything is mostly half a rule, saved before its end was written."""
        if answer is Answerer.ALLOW and not any(key in texts for key in _NARROWS):
            hint = 'Name a tool, a command or a path; tool = "*" says that all are meant'
            self._report(place, "answer", "The rule allows everything", hint)

    def _budget(self, place: int, texts: Mapping[str, str]) -> BudgetTest | None:
        said = texts.get("budget", "").strip()
        if not said:
            return None
        found = _BUDGET.fullmatch(said)
        if found is None or bool(found[2]) is bool(found[4]):
            hint = 'Write ">= 80%" (of the nearest cap), "< 80%", ">= $5" (on the issue) or "< $5"'
            self._report(place, "budget", '"budget" cannot be read', hint)
            return None
        return BudgetTest(at_least=found[1] == ">=", amount=float(found[3]), percent=bool(found[4]))

    def _within(self, place: int, texts: Mapping[str, str], answer: Answerer | None) -> timedelta | None:
        said = texts.get("within", "")
        if not said:
            return None
        if answer not in {Answerer.ASK, Answerer.HUMAN, None}:
            hint = 'It goes with ask = "a role" or answer = "human"; this rule answers at once'
            self._report(place, "within", '"within" says nothing here', hint)
            return None
        try:
            length = read_duration(said)
        except BadSetting as bad:
            self._report(place, "within", '"within" cannot be read', f"Here {bad}")
            return None
        if not length:
            self._report(place, "within", '"within" is no time at all', 'Write "10m", or take the line out')
            return None
        return length

    def _line(self, place: int, key: str) -> int:
        if place >= len(self._lines):
            return 0
        return self._lines[place].get(key) or self._lines[place][""]

    def _report(self, place: int, key: str, what: str, hint: str) -> None:
        line = self._line(place, key)
        self.problems.append(DocumentProblem(line=line, what=what, hint=hint, key=key or None))


def with_rule(text: str, rule: PolicyRule, comment: str) -> str:
    """*text* with one more rule at its end, below a *comment* that says who wanted it; what stands there stays as it is."""
    lines = [f"# {comment}", "[[rule]]", *written(rule)]
    end = "\r\n" if "\r\n" in text else "\n"
    kept = text if not text or text.endswith("\n") else text + end
    return kept + (end if kept.strip() else "") + end.join(lines) + end


def written(rule: PolicyRule) -> tuple[str, ...]:
    """The lines of *rule*, below its header."""
    words = {key: getattr(rule, key) for key in (*_PATTERNS, "say", "ask", "why")}
    own = {} if rule.answer in {Answerer.SAY, Answerer.ASK} else {"answer": str(rule.answer)}
    told = {key: value for key, value in words.items() if value not in {"*", ""}}
    budget = {"budget": str(rule.budget)} if rule.budget is not None else {}
    within = {"within": write_duration(rule.within)} if rule.within is not None else {}
    return tuple(f"{key} = {_quoted(value)}" for key, value in {**own, **told, **budget, **within}.items())


def _quoted(value: str) -> str:
    escaped = "".join(
        f"\\u{ord(each):04x}" if each < " " or each == "\x7f" else {"\\": "\\\\", '"': '\\"'}.get(each, each)
        for each in value
    )
    return f'"{escaped}"'
