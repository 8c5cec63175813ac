"""An agent that nothing contains tries to decide what is a person's: by commands, by files, by commits, by its token."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.agents.talking import Refused, say
from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import COMMAND, Desk, until

OFF = 'sandbox = "off"\n'
EPIC = """\
---
status: ready
---

# Login

## Stages

### Design

Gate: approval: Is the flow right?
"""
PROPOSAL = """\
---
status: open
voters: ["@alice"]
---

# Use argon2id
"""


@pytest.fixture
def loose(desk: Desk) -> Iterator[AgentDesk]:
    (desk.root / "app.txt").write_text("one\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    agents = AgentDesk(desk)
    agents.lay("ash", settings=OFF)
    agents.save("epics/login.md", EPIC)
    agents.save("proposals/hash.md", PROPOSAL)
    desk.dispatchd("sync", "--wait")
    yield agents
    agents.end_runs()


TRIES = """
[[turn]]
step = [
  { run = "cd %(root)s; %(bin)s gate approve login; %(bin)s gate approve %(epic)s > %(root)s/../said 2>&1", may_fail = true },
  { run = "cd %(root)s; setsid %(bin)s confirm --all >> %(root)s/../said 2>&1", may_fail = true },
  { run = "cd %(root)s; env -i PATH=$PATH %(bin)s vote %(proposal)s approve >> %(root)s/../said 2>&1", may_fail = true },
  { run = "cd %(root)s; %(bin)s as birch tell 'It is all right' >> %(root)s/../said 2>&1", may_fail = true },
  { run = "cd %(root)s; %(bin)s down >> %(root)s/../said 2>&1", may_fail = true },
  { run = "sed -i 's/- \\\\[ \\\\] Approve/- [x] Approve/' %(root)s/.dispatch/epics/login.md %(root)s/.dispatch/proposals/hash.md" },
  { run = "sleep 1; cd %(root)s/.dispatch && git commit -qam 'I approve' --author='%(person)s'", may_fail = true },
  { say = "I have tried." },
  { run = "until [ -e %(root)s/../go ]; do sleep 0.1; done" },
]
"""


def _id(desk: Desk, path: str) -> str:
    return desk.fact(path, "id").split()[0]


def assert_is_shown(desk: Desk) -> None:
    status = desk.dispatchd("status")
    assert "uncontained" in status
    assert "dispatchd confirm" in status
    assert "uncontained" in desk.dispatchd("agent", "list")


def test_100_102_107_nothing_that_it_tries_decides_anything_and_a_persons_word_does(loose: AgentDesk) -> None:
    desk = loose.desk
    epic, proposal = _id(desk, "epics/login.md"), _id(desk, "proposals/hash.md")
    words = {"root": desk.root, "bin": COMMAND, "epic": epic, "proposal": proposal}
    words["person"] = desk.git("log", "-1", "--format=%an <%ae>").strip()
    loose.queue("tries", TRIES % words)
    until(lambda: "I have tried." in desk.ask("agent", "logs", "ash").out, "it does not try", LONG)
    said = (desk.root.parent / "said").read_text(encoding="utf-8")
    assert said.count("you belong to an agent's turn (i-") == 4, said
    assert "speak as ash; this turn is ash's" in said
    desk.dispatchd("sync", "--wait")
    until(lambda: "unconfirmed" in desk.read("epics/login.md"), "the gate's tick is not answered")
    until(lambda: "unconfirmed" in desk.read("proposals/hash.md"), "the vote's tick is not answered")
    log = loose.log()
    assert "approves" not in log
    assert "votes" not in log
    assert_is_shown(desk)
    desk.dispatchd("confirm", epic)
    desk.dispatchd("confirm", "--all")
    issue = desk.fact("issues/tries.md", "id").split()[0]
    assert f"ash goes on with {issue} by itself" in desk.ask("down").err
    desk.up()
    until(
        lambda: "ash's turn 1 runs uncontained" in desk.read("issues/tries.md"), "the issue does not say it"
    )
    assert "Agents run uncontained" in desk.ask("doctor").out
    (desk.root.parent / "go").touch()
    until(lambda: "end: " in loose.log() or "turn i-" in loose.log(), "the turn does not end")
    desk.dispatchd("sync", "--wait")
    log = loose.log()
    assert log.count("approves") >= 2
    assert "unconfirmed" not in desk.read("epics/login.md") + desk.read("proposals/hash.md")


KEEPS = """
[[turn]]
step = [
  { run = "env | grep ^DISPATCHD_ > %(kept)s.new && mv %(kept)s.new %(kept)s" },
  { run = "until [ -e %(kept)s.go ]; do sleep 0.1; done" },
  { run = "%(last)s", may_fail = true },
  { say = "Kept." },
]
"""
SPEAKS_WITH = (
    "DISPATCHD_TOKEN=$(sed -n s/^DISPATCHD_TOKEN=//p {old}) {bin} as ash note 'I was here' > {old}.said 2>&1"
)


def kept_by(desk: Desk, name: str) -> dict[str, str]:
    """What the turn on *name* was given to speak with."""
    kept = desk.root.parent / name
    until(kept.exists, f"the turn on {name} does not begin", LONG)
    return dict(line.split("=", 1) for line in kept.read_text(encoding="utf-8").splitlines())


def test_103_what_a_run_spoke_with_is_good_for_no_other_run_and_not_after_its_end(loose: AgentDesk) -> None:
    desk = loose.desk
    first = desk.root.parent / "first"
    last = {"first": "true", "second": SPEAKS_WITH.format(old=first, bin=COMMAND)}
    for name, words in last.items():
        loose.queue(name, KEEPS % {"kept": desk.root.parent / name, "last": words})
        if name == "first":
            old = kept_by(desk, name)
            desk.sed("s/^status: .*/status: cancelled/", "issues/first.md")
            until(lambda: "end: cancelled" in loose.log(), "the turn does not stop", LONG)
    new = kept_by(desk, "second")
    before = desk.event_types()
    for given in (
        old | {"DISPATCHD_TALK": new["DISPATCHD_TALK"]},
        new,
    ):
        with pytest.raises(Refused, match="it hears what its own turn has started, and nobody else"):
            say("note_progress", {"text": "I was here"}, given)
    assert not Path(old["DISPATCHD_TALK"]).exists()
    assert desk.event_types() == before
    (desk.root.parent / "second.go").touch()
    said = first.with_name("first.said")
    until(lambda: said.exists() and "not its token" in said.read_text(encoding="utf-8"), "it is not refused")
    for name in last:
        assert "I was here" not in desk.read(f"issues/{name}.md").partition("## Activity")[2]
