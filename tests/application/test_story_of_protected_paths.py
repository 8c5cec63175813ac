"""Work that changes protected paths is merged when a person allows it for that commit; no label lets it through."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.merging import merge_next
from dispatchd.application.agents.permitting import ALLOW, TAKE_BACK, protected_among
from dispatchd.application.ports.integration import IntegrationFailed, Joined
from dispatchd.application.requests.request import Verb
from dispatchd.documents.config_values import AgentSettings
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread
from tests.application.flow_world import BASE, PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

ACTIONS = ".github/workflows/ci.yml"
MALLORY = ("Mallory", "mallory@evil.example")


class Branch:
    """The branch that work comes together on: what is joined to it changes what its commit does."""

    def __init__(self, commits: Mapping[str, Mapping[str, str]]) -> None:
        self.commits, self.at = commits, BASE
        self.checked_out: Path | None = None
        self.merges: dict[str, str] = {}
        self.below: set[str] = set()
        """Commits in its history, whatever became of what they brought."""
        self.empty: set[str] = set()
        """Commits whose merge would change nothing."""
        self.strange: set[str] = set()
        """Commits of a history that shares nothing with it."""
        self.trouble = ""

    def head(self, *_: str, **_start: str) -> str:
        return self.at

    def leads_to(self, _branch: str) -> str | None:
        return None

    def checked_out_at(self, _branch: str) -> Path | None:
        return self.checked_out

    def rebased_at(self, _branch: str) -> Path | None:
        return None

    def is_ancestor(self, commit: str, head: str) -> bool:
        return commit == head or commit in self.below

    def merge_of(self, commit: str, _head: str, *, since: str, saying: str) -> str | None:
        assert since == BASE
        return commit if self.merges.get(commit, "").endswith(saying) else None

    def missing(self, commit: str, head: str, *, since: str) -> tuple[str, ...]:
        one, other, begun = self.commits[commit], self.commits[head], self.commits[since]
        return tuple(path for path in one if one[path] not in {other.get(path), begun.get(path)})

    def join(self, _branch: str, commit: str, message: str) -> Joined:
        self.message = message
        if self.trouble:
            raise IntegrationFailed(self.trouble)
        if commit in self.strange:
            return Joined(commit=None, onto=self.at, unrelated=True)
        if commit in self.below | self.empty:
            return Joined(commit=commit, onto=self.at)
        one, other = self.commits[self.at], self.commits[commit]
        changed = tuple(path for path in other if one.get(path) != other[path])
        return Joined(commit=commit, onto=self.at, changed=changed)

    def move(self, _branch: str, *, to: str, **_expected: object) -> bool:
        self.at = to
        self.merges[to] = self.message
        return True


class MergingWorld(FlowWorld):
    """ash's work goes straight to the merge queue."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        world.edit(PATH, "workflow: tdd\n", "")
        world.settle()
        self.branch = Branch(self.repository.commits)

    @property
    def desk(self) -> Desk:
        made = super().desk
        ports = cast("Any", made.ports)
        ports.integration = self.branch
        ports.clones = SimpleNamespace(place_of=lambda issue: Path("/w") / issue)
        ports.people = SimpleNamespace(stands=lambda _clone: self.head, is_as_left=lambda *_: True)
        return made

    def merge(self) -> None:
        nothing: AbstractAsyncContextManager[object] = nullcontext()
        for _ in range(3):
            run(merge_next(nothing, self.desk))
        self.world.settle()

    def work_on(self, path: str, text: str = "run: it") -> None:
        turn = self.start("ash")
        self.head = self.repository.put({path: text}, self.head)
        self.submit(turn)
        self.end(turn)
        self.merge()

    def questions(self) -> list[Thread]:
        threads = self.world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
        found = (each for each in threads if isinstance(each, Thread))
        return [each for each in found if each.cause.startswith("protected:") and each.status == "open"]

    def answer(self, option: str) -> None:
        (question,) = self.questions()
        self.world.ask(Verb.ANSWER, thread=question.id, option=option)
        self.world.settle()
        self.merge()


@pytest.fixture
def way(world: World) -> MergingWorld:
    return MergingWorld(world)


def test_what_touches_no_protected_path_is_merged_and_nobody_is_asked(way: MergingWorld) -> None:
    way.work_on("code")
    assert way.work().phase is WorkPhase.MERGED
    assert not way.questions()


def test_a_strangers_label_lets_no_work_through_to_protected_paths(way: MergingWorld) -> None:
    labelled = way.world.read(PATH).replace("---\n\n", "labels: [allows-protected]\n---\n\n", 1)
    way.world.commit({PATH: labelled}, MALLORY)
    way.world.settle()
    assert "allows-protected" in way.world.read(PATH)
    way.work_on(ACTIONS)
    assert way.branch.at == BASE
    (question,) = way.questions()
    assert f"- `{ACTIONS}`" in question.turns[0].text
    way.answer(ALLOW)
    assert way.branch.at == way.head
    assert way.work().phase is WorkPhase.MERGED


def test_a_no_gives_it_back_and_what_is_handed_in_anew_is_asked_about_anew(way: MergingWorld) -> None:
    way.work_on(ACTIONS)
    way.answer(TAKE_BACK)
    assert (way.work().phase, way.branch.at) == (WorkPhase.BOUNCED, BASE)
    assert f"- `{ACTIONS}`" in way.work().findings
    way.work_on(ACTIONS, "run: another thing")
    assert (way.branch.at, len(way.questions())) == (BASE, 1)


def test_no_agent_gives_the_leave(way: MergingWorld) -> None:
    way.work_on(ACTIONS)
    (question,) = way.questions()
    with pytest.raises(Rejected, match="not for an agent"):
        way.world.ask(Verb.ANSWER, speaker="oak", thread=question.id, option=ALLOW)
    way.merge()
    assert way.branch.at == BASE


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        "src/.claude/settings.json",
        "a/b/.codex/config.toml",
        "src/.gitattributes",
        ".GitHub/workflows/ci.yml",
        ".CLAUDE/settings.json",
        ".claude",
        "src/.codex",
        ".dispatch/issues/x.md",
        ".Dispatch/issues/x.md",
        ".dispatch",
    ],
)
def test_a_path_is_protected_in_every_folder_and_case_and_so_is_a_link_in_its_place(path: str) -> None:
    assert protected_among(["code", path], AgentSettings().protected) == (path,)


@pytest.mark.parametrize(
    "path", ["src/claude/x", "x.claude/y", "docs/github", "my.git", "src/.dispatch/x", "digit/x"]
)
def test_what_only_looks_alike_is_not_protected(path: str) -> None:
    assert not protected_among([path], AgentSettings().protected)


def test_a_pattern_that_begins_at_the_top_is_for_the_top_alone() -> None:
    paths = ["infra/main.tf", "src/infra/main.tf", "Infra", "deploy/x", "src/Deploy/x"]
    assert protected_among(paths, ["/infra/*"]) == ("infra/main.tf", "Infra")
    assert protected_among(paths, ["deploy/"]) == ("deploy/x", "src/Deploy/x")


def test_a_path_of_several_lines_is_told_as_one(way: MergingWorld) -> None:
    way.work_on(".github/`\n- `docs/harmless.md")
    (question,) = way.questions()
    assert '- `".github/\\u0060\\n- \\u0060docs/harmless.md"`' in question.turns[0].text
    assert "\n- `docs/" not in question.turns[0].text
