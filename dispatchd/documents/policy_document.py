"""`policies.toml`: rules in their order, each a `[[rule]]` table. A rule that cannot be read is a problem with its line
and answers nothing; the others hold.
"""

import re
import tomllib
from dataclasses import dataclass, fields
from typing import Final

from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.documents.vocabulary import closest
from dispatchd.domain.permissions import PolicyAnswer, PolicyRule
from dispatchd.domain.wording import quoted

_RULE: Final = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
_KEYS: Final = tuple(each.name for each in fields(PolicyRule) if each.name != "where")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReading:
    rules: tuple[PolicyRule, ...] = ()
    problems: tuple[DocumentProblem, ...] = ()


def read_policies(text: str) -> PolicyReading:
    """The rules that *text* spells, and what is wrong with the others."""
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        problem = DocumentProblem(
            line=0, what=f"This is not TOML: {error}", hint="Until it is mended people are asked"
        )
        return PolicyReading(problems=(problem,))
    places = [number for number, line in enumerate(text.split("\n"), 1) if _RULE.match(line)]
    written = tables.get("rule", [])
    rules: list[PolicyRule] = []
    problems: list[DocumentProblem] = []
    for index, table in enumerate(written if isinstance(written, list) else []):
        line = places[index] if index < len(places) else 0
        read = _rule(table, line)
        if isinstance(read, PolicyRule):
            rules.append(read)
        else:
            problems.append(read)
    return PolicyReading(rules=tuple(rules), problems=tuple(problems))


def _rule(table: object, line: int) -> PolicyRule | DocumentProblem:
    if not isinstance(table, dict):
        return DocumentProblem(
            line=line, what="A rule is a table", hint="Write [[rule]] on a line of its own"
        )
    for key, value in table.items():
        if key not in _KEYS:
            near = closest(key, _KEYS)
            hint = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(_KEYS)}"
            return DocumentProblem(line=line, what=f'A rule has no "{key}"', hint=hint, key=key)
        if not isinstance(value, str):
            return DocumentProblem(
                line=line, what=f'"{key}" cannot be read', hint="Write text in quotes", key=key
            )
    answer = table.get("answer", "")
    if answer not in set(PolicyAnswer):
        hint = f"Write answer = one of {quoted(PolicyAnswer)}"
        return DocumentProblem(line=line, what="The rule answers nothing", hint=hint, key="answer")
    words = {key: value for key, value in table.items() if key != "answer"}
    return PolicyRule(answer=PolicyAnswer(answer), where=f"{POLICIES}:{line}", **words)


def with_rule(text: str, rule: PolicyRule, comment: str) -> str:
    """*text* with one more rule at its end, below a *comment* that says who wanted it and when."""
    lines = [f"# {comment}", "[[rule]]", f'answer = "{rule.answer}"']
    for key in _KEYS:
        value = getattr(rule, key)
        if key != "answer" and value not in {"*", ""}:
            lines.append(f"{key} = {_quoted(value)}")
    before = f"{text.rstrip()}\n\n" if text.strip() else ""
    return before + "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    escaped = "".join(
        f"\\u{ord(each):04x}" if each < " " or each == "\x7f" else {"\\": "\\\\", '"': '\\"'}.get(each, each)
        for each in value
    )
    return f'"{escaped}"'
