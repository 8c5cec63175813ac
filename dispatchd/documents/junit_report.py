"""JUnit XML, as test runners leave it: which tests ran, and which of them passed.

It was written by what was tested, so it is read within bounds and believed about tests only. Skipped tests did not run.
"""

from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

LONGEST: Final = 16 * 1024 * 1024
_BAD: Final = frozenset({"failure", "error"})
_NOT_RUN: Final = frozenset({"skipped", "disabled", "notrun", "suppressed"})


def read_junit(content: bytes) -> Mapping[str, bool] | None:
    """Of each test whether it passed, by class and name, else by its number; None where *content* is no such report."""
    if len(content) > LONGEST or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    try:
        root = ET.fromstring(content)  # noqa: S314 -- no declarations are let through, and size is bounded
    except ET.ParseError:
        return None
    if root.tag not in {"testsuite", "testsuites"}:
        return None
    found: dict[str, bool] = {}
    for case in root.iter("testcase"):
        parts = {part.tag for part in case}
        if _NOT_RUN & {*parts, case.get("status", "").lower(), case.get("result", "").lower()}:
            continue
        name = "::".join(part for part in (case.get("classname"), case.get("name")) if part)
        name = name or f"test {len(found) + 1}"
        found[name] = found.get(name, True) and not parts & _BAD
    return found
