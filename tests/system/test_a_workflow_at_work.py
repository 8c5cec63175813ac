"""Workflows with the real daemon: agents in their cells, a real test command, evidence in the tree."""

import re
import shutil
from collections.abc import Iterator

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

TRY = """\
code=0
printf '<testsuite>' > junit.xml
for each in tests/*.sh; do
  bad=''
  sh "$each" || { bad='<failure/>'; code=1; }
  echo "$each ${bad:-ok}"
  printf '<testcase name="%s">%s</testcase>' "$each" "$bad" >> junit.xml
done
printf '</testsuite>' >> junit.xml
exit $code
"""
CARD = """\
---
name: {name}
role: {role}
engine: scripted
---

Plays.

```toml script
{script}
```
"""
TURN = "[[turn]]\nstep = [\n  {steps},\n]\n"
COMMIT = '{ run = "git add -A && git commit -qm Work" }'
CAST = {
    "yew": ("architect", [['{ submit = "It greets in two words." }']]),
    "elm": (
        "test",
        [
            [
                '{ write = "tests/greet.sh", text = "grep -q Hello greet.txt" }',
                COMMIT,
                '{ submit = "One test." }',
            ]
        ],
    ),
    "ash": (
        "coder",
        [
            ['{ write = "greet.txt", text = "Hello" }', COMMIT, '{ submit = "It greets." }'],
            [
                '{ answer = 1, text = "The second word is there." }',
                '{ write = "greet.txt", text = "Hello there" }',
                COMMIT,
                '{ submit = "Two words." }',
            ],
            ['{ submit = "Nothing to make smaller." }'],
        ],
    ),
    "oak": (
        "reviewer",
        [
            ['{ verdict = "approve" }'],
            ['{ verdict = "approve" }'],
            ['{ verdict = "changes", findings = [{ text = "One word only.", path = "greet.txt", line = 1 }] }'],
            ['{ verdict = "approve" }'],
            ['{ verdict = "approve" }'],
        ],
    ),
}  # fmt: skip


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    (desk.root / "tests").mkdir()
    (desk.root / "try.sh").write_text(TRY, encoding="utf-8")
    (desk.root / "tests" / "old.sh").write_text("true\n", encoding="utf-8")
    desk.git("add", "try.sh", "tests")
    desk.git("commit", "-qm", "Something to work on")
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


def test_test_driven_work_goes_through_every_phase_and_shows_what_was_seen(at_work: AgentDesk) -> None:
    at_work.lay()
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[commands]\n", "[commands]\ntest = 'sh try.sh'\n")
    config.write_text(text, encoding="utf-8")
    for name, (role, turns) in CAST.items():
        script = "".join(TURN.format(steps=",\n  ".join(steps)) for steps in turns)
        at_work.save(f"agents/{name}/agent.md", CARD.format(name=name, role=role, script=script.strip()))
    at_work.save("issues/greet.md", "---\ntitle: Greet\nstatus: queued\nworkflow: tdd\n---\n\nGreet.\n")
    told = at_work.until_status("greet", "done")
    assert at_work.integrated("greet.txt") == "Hello there"
    assert "workflow: tdd\nphase: done\n" in told
    order = [
        "yew hands in specification",
        "design review: oak says approve",
        "elm hands in write tests",
        "test review: oak says approve",
        "verify red: 1 new test fails, 1 old one passes",
        "ash hands in implementation",
        "code review: oak says changes, 1 finding",
        "finding 1, major `greet.txt:1`: One word only.",
        "finding 1 is answered: The second word is there.",
        "code review: oak says approve",
        "verify green: every test passes (2)",
        "ash hands in refactor",
        "final review: oak says approve",
        "merged into `dispatchd/integration`",
    ]
    places = [told.index(each) for each in order]
    assert places == sorted(places)
    assert "**yew**: It greets in two words." in told
    page = re.search(r"verify red:.*\[evidence\]\(\.\./(.*?)\)", told)
    assert page is not None
    shown = (at_work.desk.tree / page[1]).read_text(encoding="utf-8")
    assert (
        "- command: `sh try.sh`\n- exit code: 1\n- tests: 1 passed, 1 failed; 1 of 1 new test failed\n"
        in shown
    )
    assert "tests/greet.sh <failure/>" in shown


OBJECTS = ['{ verdict = "changes", findings = [{ text = "I do not like it." }] }']
TRIES = [
    [
        *([f'{{ answer = {number}, text = "It is another one now." }}'] if number else []),
        f'{{ write = "greet.txt", text = "Hello {number}" }}',
        COMMIT,
        f'{{ submit = "Number {number}." }}',
    ]
    for number in range(5)
]


def test_a_reviewer_who_always_objects_comes_to_a_person_who_ends_it(at_work: AgentDesk) -> None:
    at_work.lay()
    for name, role, turns in (("ash", "coder", TRIES), ("oak", "reviewer", [OBJECTS] * 5)):
        script = "".join(TURN.format(steps=",\n  ".join(steps)) for steps in turns)
        at_work.save(f"agents/{name}/agent.md", CARD.format(name=name, role=role, script=script.strip()))
    at_work.save("issues/greet.md", "---\ntitle: Greet\nstatus: queued\nworkflow: plain\n---\n\nGreet.\n")
    asked = at_work.thread("goes round and round")
    text = asked.read_text(encoding="utf-8")
    assert "“review” of " in text
    assert "has had 3 rounds, and would begin again" in text
    assert text.count("finding 3, major: I do not like it.") == 1
    at_work.tick(asked, "One more round")
    again = at_work.thread("has had 4 rounds")
    at_work.tick(again, "Cancel")
    told = at_work.until_status("greet", "cancelled")
    assert told.count("oak says changes, 1 finding") == 4
    assert told.count("Number 4.") == 1
    assert "merged into" not in told
