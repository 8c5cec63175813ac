"""Makes `docs/faults.md` of the cases in `cases.toml` and of the tests that bear their numbers.

python -m tests.faults.catalogue

A test covers a case by its name: `test_029_…`, several with `test_014_017_…`, a range with `test_001_to_006_…`; or by
the id of one of its parameters, `pytest.param(…, id="029-…")`. No list has to be kept beside the tests, so none can lie.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
CASES: Final = Path(__file__).with_name("cases.toml")
PAGE: Final = CHECKOUT / "docs" / "faults.md"
IN_A_NAME: Final = re.compile(r"^test(?P<numbers>(?:_(?:to_)?\d{3})+)_(?P<rest>\D.*)$")
IN_AN_ID: Final = re.compile(r"^(?P<number>\d{3})-(?P<rest>.+)$")
INTRODUCTION: Final = """\
# What can go wrong, and where that is tried

Between a folder that anybody may write into, a database and git there are many places for a save to get lost or for a
thing to happen twice. These are the {cases} we know of. Each has tests that bear its number in their names, so

```console
$ pytest -k 029
```

plays case 029. This page is made from those tests (`make faults`), and a test fails when it says something else than
they do or when a case has neither a test nor a reason. {covered} cases are tested here, by {tests} tests; where the
machine that runs them cannot play a case, or a part of it, the page says why and what stands in for it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that can go wrong."""

    number: int
    area: str
    happens: str
    must: str
    why_not: str = ""
    instead: str = ""

    @property
    def name(self) -> str:
        return f"{self.number:03}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Proof:
    """A test, or one of its parameters, that bears a case's number."""

    path: str
    says: str


def cases() -> tuple[Case, ...]:
    """Every case, in the order of the file."""
    with CASES.open("rb") as file:
        areas: Sequence[Mapping[str, Any]] = tomllib.load(file)["area"]
    return tuple(
        Case(number=int(key), area=area["title"], **told)
        for area in areas
        for key, told in area.items()
        if key != "title"
    )


def proofs() -> Mapping[int, Sequence[Proof]]:
    """The tests of each number, in the order of files and of lines."""
    found: dict[int, list[Proof]] = {}
    for file in sorted((CHECKOUT / "tests").rglob("test_*.py")):
        path = file.relative_to(CHECKOUT).as_posix()
        for number, says in _numbered(ast.parse(file.read_text(encoding="utf-8"))):
            proof = Proof(path=path, says=says)
            if proof not in found.setdefault(number, []):
                found[number].append(proof)
    return found


def _numbered(module: ast.Module) -> Iterator[tuple[int, str]]:
    for statement in module.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign):
            continue
        for word in _ids_in(statement):
            if hit := IN_AN_ID.match(word):
                yield int(hit["number"]), hit["rest"].replace("-", " ")
        name = getattr(statement, "name", "")
        if hit := IN_A_NAME.match(name):
            yield from ((number, hit["rest"].replace("_", " ")) for number in numbers_in(hit["numbers"]))


def _ids_in(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.keyword) and node.arg == "id" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def numbers_in(written: str) -> Iterator[int]:
    """`_001_to_003_007` → 1, 2, 3, 7."""
    last = 0
    for to, digits in re.findall(r"_(to_)?(\d{3})", written):
        yield from range(last + 1 if to else int(digits), int(digits) + 1)
        last = int(digits)


def page() -> str:
    """`docs/faults.md` as it is to stand."""
    every, tests = cases(), proofs()
    introduction = INTRODUCTION.format(
        cases=f"{len(every)} cases",
        covered=sum(case.number in tests for case in every),
        tests=len({proof for each in tests.values() for proof in each}),
    )
    return "\n".join([introduction, *_sections(every, tests)])


def _sections(every: Sequence[Case], tests: Mapping[int, Sequence[Proof]]) -> Iterator[str]:
    area = ""
    for case in every:
        if case.area != area:
            area = case.area
            yield f"## {area}\n"
        yield _told(case, tests.get(case.number, ()))


def _told(case: Case, tests: Sequence[Proof]) -> str:
    lines = [f"**{case.name}** {case.happens}<br>→ {case.must}\n"]
    if case.why_not:
        lines += [f"_Not played here, or not all of it: {case.why_not}_ Instead: {case.instead}\n"]
    lines += [f"- [{proof.says}](../{proof.path})" for proof in tests]
    return "\n".join(lines) + ("\n" if tests else "")


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(CHECKOUT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
