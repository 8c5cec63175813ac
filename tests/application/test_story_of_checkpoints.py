"""A checkpoint that names a command: the daemon runs it when the stage's issues are done, and says why it does not open."""

from contextlib import AbstractAsyncContextManager, closing, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.agents.checkpoints import run_checkpoint
from dispatchd.application.agents.desk import Desk
from dispatchd.application.notifying import news_of
from dispatchd.application.ports.integration import CheckResult
from dispatchd.application.ports.sandbox import Containment
from dispatchd.application.waiting_items import waiting_items
from dispatchd.application.waiting_view import page_items
from dispatchd.application.workspace_status import status_of
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from tests.application.world import World
from tests.fakes.instant_store import run

CONFIG = '[people]\nalice = ["alice@example.com"]\n\n[commands]\ntest = "make test"\n'
EPIC = "epics/e.md"
TEXT = (
    "---\nid: e-3fq9\nstatus: ready\n---\n\n# Sign in\n\n## Stages\n\n### Build\n\n"
    "Gate: checkpoint: all issues done, command test\n\n### Release\n\nGate: approval: Out?\n"
)


class House:
    """What the command shows on each commit, and what was run."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.head = "a" * 40
        self.code: int | None = 1
        self.ran: list[tuple[str, str]] = []
        world.save("config.toml", CONFIG)
        world.save(EPIC, TEXT)
        issue = (
            "---\nid: i-7k2m\ntitle: Code\nstatus: unassigned\nepic: e-3fq9\nstage: Build\n---\n\nDo it.\n"
        )
        world.save("issues/code.md", issue)
        world.settle()

    def __call__(self, commit: str, name: str, command: str, within: float, report: str = "") -> CheckResult:
        assert (name, within > 0, report) == ("e-3fq9-gate", True, "")
        self.ran.append((commit, command))
        return CheckResult(command=command, exit_code=self.code, tail="3 tests ran\n", seconds=0.1)

    def base_for(self, into: str, base: str) -> str:
        assert (into, base) == ("dispatchd/integration", "")
        return self.head

    def settings(self) -> Config:
        return read_config(self.world.read("config.toml")).config or Config()

    def look(self) -> bool:
        ports = SimpleNamespace(checks=self, clones=self, settings=self.settings)
        desk = Desk(
            session=self.world.session,
            ports=cast("Any", ports),
            places=cast("Any", SimpleNamespace(repository=Path("/"))),
            containment=Containment(holds=True),
        )
        nothing: AbstractAsyncContextManager[object] = nullcontext()
        done = run(run_checkpoint(nothing, desk))
        self.world.settle()
        return done

    def finish(self) -> None:
        self.world.edit("issues/code.md", "status: unassigned", "status: done")
        self.world.settle()

    def says_why(self) -> list[str]:
        return [path for path in self.world.paths("inbox") if "does not open" in self.world.read(path)]

    def awaits(self) -> bool:
        """Whether the gate of the second stage asks."""
        return "- [ ] Approve" in self.world.read(EPIC)


@pytest.fixture
def house(world: World) -> House:
    return House(world)


def test_nothing_is_run_before_the_issues_are_done(house: House) -> None:
    assert not house.look()
    assert house.ran == []


def test_a_command_that_passes_opens_the_next_stage_and_its_evidence_is_kept(house: House) -> None:
    house.finish()
    house.code = 0
    assert house.look()
    assert house.ran == [("a" * 40, "make test")]
    assert "- [x] Passed" in house.world.read(EPIC)
    assert house.awaits()
    page = house.world.read("evidence/e-3fq9/build-test-aaaaaaaa.md")
    assert "# Build: test: Sign in" in page
    assert f"- commit: `{'a' * 40}`\n- command: `make test`\n- exit code: 0\n" in page
    (decision,) = house.world.paths("decisions")
    said = "test passes on aaaaaaaa (evidence/e-3fq9/build-test-aaaaaaaa.md)"
    assert f"Its criteria hold: {said}." in house.world.read(decision)
    assert not house.look()


def test_one_that_does_not_pass_says_why_and_is_run_again_when_more_is_merged(house: House) -> None:
    house.finish()
    assert house.look()
    assert not house.look(), "the same commit shows the same"
    (path,) = house.says_why()
    text = house.world.read(path)
    assert "waits for `test`: it fails (1), on `aaaaaaaa`" in text
    assert "[What it showed](../evidence/e-3fq9/build-test-aaaaaaaa.md)" in text
    assert "- [ ] Run it again" in text
    assert "- [ ] Skip:" in house.world.read(EPIC)
    assert not house.awaits()
    house.head, house.code = "b" * 40, 2
    assert house.look()
    (path,) = house.says_why()
    assert "it fails (2), on `bbbbbbbb`" in house.world.read(path)
    house.head, house.code = "c" * 40, 0
    assert house.look()
    assert house.says_why() == []
    assert house.awaits()


def test_what_stays_so_with_every_merge_is_said_once(house: House) -> None:
    house.finish()
    house.look()
    (path,) = house.says_why()
    for head in "bcd":
        house.head = head * 40
        assert house.look(), "it might pass by now"
        assert house.says_why() == [path]
    assert house.world.read("evidence/e-3fq9/build-test-dddddddd.md")


def test_a_command_that_there_is_not_is_not_tried_with_every_merge(house: House) -> None:
    house.world.edit("config.toml", "test = ", "tests = ")
    house.finish()
    assert house.look()
    house.head = "b" * 40
    assert not house.look()
    (path,) = house.says_why()
    assert "It is run when there is one." in house.world.read(path)


def test_a_checkpoint_that_does_not_open_stands_once_in_the_status_and_is_told_once(house: House) -> None:
    house.finish()
    house.look()
    with closing(open_read_only(house.world.store.folder / "state.db")) as model:
        waiting = [each.what for each in status_of(model).waiting]
        told = [each.kind for each in news_of(waiting_items(model))]
    assert waiting == ["escalation"]
    assert told == ["escalation"]


def test_a_person_lets_it_run_again_once(house: House) -> None:
    house.finish()
    house.look()
    (path,) = house.says_why()
    house.world.edit(path, "- [ ] Run it again", "- [x] Run it again")
    house.world.settle()
    assert house.look()
    assert not house.look()
    assert len(house.ran) == 2
    (again,) = house.says_why()
    house.code = 0
    house.world.edit(again, "- [ ] Run it again", "- [x] Run it again")
    house.world.settle()
    assert house.look()
    assert house.awaits()


def test_a_command_that_there_is_not_is_said_and_run_once_there_is_one(house: House) -> None:
    house.world.edit("config.toml", "test = ", "tests = ")
    house.finish()
    assert house.look()
    assert house.ran == []
    (path,) = house.says_why()
    assert 'there is no command "test" below [commands] in config.toml' in house.world.read(path)
    assert not house.look()
    house.world.edit("config.toml", "tests = ", "test = ")
    house.world.settle()
    house.code = 0
    assert house.look()
    assert house.awaits()


def test_what_it_showed_each_time_is_kept_and_found_from_wherever_it_is_told(house: House) -> None:
    world, first = house.world, "evidence/e-3fq9/build-test-aaaaaaaa.md"
    house.finish()
    house.look()
    (path,) = house.says_why()
    page_in_red = world.read(first)
    assert "- exit code: 1\n" in page_in_red
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        (shown,) = page_items(waiting_items(model))[:1]
    assert f"[What it showed]({first})" in "\n".join(shown.words), "WAITING.md stands at the root"
    world.edit("config.toml", "make test", "make tests")
    house.code = 0
    assert house.look()
    assert world.read(first) == page_in_red
    assert "- exit code: 0\n" in world.read("evidence/e-3fq9/build-test-aaaaaaaa-2.md")
    assert house.says_why() == []
    archived = next(each for each in world.paths("archive") if path.removeprefix("inbox/") in each)
    assert f"[What it showed](../../../{first})" in world.read(archived)
    world.settle()
    assert f"[What it showed](../../../{first})" in world.read(archived)


def test_a_checkpoint_that_is_skipped_asks_nobody_any_more(house: House) -> None:
    house.finish()
    house.look()
    house.world.edit(EPIC, "- [ ] Skip:", "- [x] Skip: it is the machine")
    house.world.settle()
    assert house.says_why() == []
    house.head = "b" * 40
    assert not house.look()


def test_a_stage_that_has_work_again_is_looked_at_again(house: House) -> None:
    house.finish()
    house.look()
    issue = "---\nid: i-9r2d\ntitle: More\nstatus: unassigned\nepic: e-3fq9\nstage: Build\n---\n\nDo it.\n"
    house.world.save("issues/more.md", issue)
    house.world.settle()
    assert house.says_why() == []
    assert not house.look()
    house.world.edit("issues/more.md", "status: unassigned", "status: done")
    house.world.settle()
    house.code = 0
    assert house.look()
    assert house.awaits()


def test_nothing_is_run_while_everything_stands_still(house: House) -> None:
    house.finish()
    house.world.save("PAUSE", "")
    house.world.settle()
    assert not house.look()
