"""`docs/json.md` names every key that a command prints, and no other."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.system.desk import Desk
from tests.system.json_ground import fill, keys_of, printed

DOCS: Final = Path(__file__).resolve().parents[2] / "docs" / "json.md"
OWN_KEYS: Final = frozenset(
    {"event", "items.event", "actions", "items.actions", "counts", "value", "items.value"}
)
"""Keys whose value has keys of its own, by what it is."""


def documented(section: str, prefix: str = "") -> set[str]:
    """The keys in the first table below the heading *section*."""
    text = DOCS.read_text(encoding="utf-8").partition(f" {section}\n\n")[2]
    assert text, f"there is no section {section} in {DOCS}"
    table = re.split(r"^#", text, maxsplit=1, flags=re.MULTILINE)[0]
    return {prefix + key for key in re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)}


def check(desk: Desk, cases: dict[str, set[str]]) -> None:
    for said in printed(desk, [tuple(words.split("/")) for words in cases]):
        found = keys_of(said.found, OWN_KEYS)
        expected = cases["/".join(said.words)]
        assert found == expected, f"{said.words}: {sorted(found ^ expected)}"


def alone(kind: str) -> set[str]:
    return documented(kind) | documented(f"{kind}, shown alone")


def listed(kind: str) -> set[str]:
    return {"items"} | documented(kind, "items.")


def unset(keys: set[str], name: str) -> set[str]:
    """*keys* where *name* is null, so that it has no keys of its own."""
    return {key for key in keys if f"{name}." not in key}


def check_steering(desk: Desk) -> None:
    check(
        desk,
        {
            "comment/i-7k2m/Hm.": alone("Issue"),
            "tidy/--dry-run": unset(documented("Tidy"), "taken"),
            "undo": listed("Undo"),
        },
    )
    newest = desk.json("undo")["items"][0]["id"]
    check(desk, {f"undo/{newest}": documented("Undo, done")})


def check_database(desk: Desk) -> None:
    cases = {"rebuild": "Rebuild", "backup": "Backup"}
    check(desk, {words: documented(section) for words, section in cases.items()})
    check(desk, {"backup/list": listed("Backup")})


@pytest.fixture
def question(bare_desk: Desk) -> str:
    return fill(bare_desk)


def test_what_commands_print_for_programs_is_what_the_documentation_says(
    bare_desk: Desk, question: str
) -> None:
    check(
        bare_desk,
        {
            "status": documented("Status"),
            "waiting": listed("Waiting"),
            "issue/list/--all": listed("Issue"),
            "issue/show/i-7k2m": alone("Issue"),
            "issue/set/i-7k2m/priority=low": alone("Issue"),
            "issue/new/Mail": unset(alone("Issue"), "comments"),
            "epic/list/--all": listed("Epic"),
            "epic/show/e-3fq9": alone("Epic"),
            "epic/set/e-3fq9/priority=low": alone("Epic"),
            "gate/ask-again/e-3fq9/Direction": unset(alone("Epic"), "rejection"),
            "proposal/list/--all": listed("Proposal"),
            "proposal/show/p-9xw4": unset(alone("Proposal"), "override"),
            "vote/p-9xw4/approve": unset(alone("Proposal"), "override"),
            "inbox/list/--all": listed("Thread"),
            f"inbox/show/{question}": alone("Thread"),
            f"answer/{question}/argon2id": alone("Thread"),
            f"as/ash/wait/{question}": alone("Thread"),
            "as/ash/ask/Why?": alone("Thread"),
            "agent/list": listed("Agent"),
            "agent/show/ash": alone("Agent"),
            "log": documented("Log"),
            "config/list": listed("Setting"),
            "config/get/workspace.start_after": documented("Setting"),
            "config/get/people": documented("Setting"),
            "config/set/workspace.start_after/1m": documented("Setting"),
            "check": documented("Check"),
            "sync": documented("Sync"),
            "sync/--wait": documented("Sync"),
            "home": documented("Home"),
        },
    )
    check_steering(bare_desk)
    check_database(bare_desk)


def test_what_doctor_prints_for_programs_is_what_the_documentation_says(bare_desk: Desk) -> None:
    bare_desk.init()
    check(bare_desk, {"doctor": documented("Doctor")})
