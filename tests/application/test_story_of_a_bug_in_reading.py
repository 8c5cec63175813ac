"""One file that dispatchd itself fails at is left alone and told of; every other file is taken in as on any day."""

from dataclasses import replace

import pytest

from dispatchd.application.document_kinds import Edit
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.kinds.issue_kind import ISSUE_KIND
from dispatchd.application.one_shot import begin
from dispatchd.application.session import Session
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.reconcile.intents import Intent
from tests.application.world import World
from tests.fakes.instant_store import run

LEAK, ROOF = "issues/leak.md", "issues/roof.md"


def _stumbling(edit: Edit) -> tuple[Intent, ...]:
    if "stumble" in edit.disk.text:
        raise IndexError("a bug")
    return ISSUE_KIND.intents(edit)


class StumblingWorld(World):
    """A daemon with a bug, until it is `mended`."""

    mended = False

    def new_session(self) -> Session:
        session = super().new_session()
        if not self.mended:
            session.kinds = {**KINDS, EntityKind.ISSUE: replace(ISSUE_KIND, intents=_stumbling)}
            session.intake.kinds = session.kinds
        return session


@pytest.fixture
def world() -> StumblingWorld:
    world = StumblingWorld({LEAK: "# A leak\n", ROOF: "# A roof\n"})
    world.settle()
    return world


def status_of(world: World, path: str) -> str:
    return str(world.at(path).status)


def open_threads(world: World) -> list[Thread]:
    threads = [world.entity(each.thread.id) for each in world.happened("ThreadOpened")]
    return [each for each in threads if each.status is ThreadStatus.OPEN]


def test_a_file_that_dispatchd_fails_at_is_left_as_it_is_and_the_others_are_taken(
    world: StumblingWorld,
) -> None:
    world.edit(LEAK, "status: unassigned", "status: queued # stumble")
    saved = world.read(LEAK)
    world.edit(ROOF, "status: unassigned", "status: queued")
    world.settle()
    assert world.read(LEAK) == saved
    assert [status_of(world, path) for path in (LEAK, ROOF)] == ["unassigned", "queued"]
    assert world.on_branch(LEAK) == saved, "git has what was saved"
    (problem,) = world.problems()
    assert "a bug of its own here (IndexError)" in problem.what
    (thread,) = open_threads(world)
    assert thread.title == f"{LEAK} was not taken in"


def test_other_text_in_the_file_is_taken_and_ends_the_matter(world: StumblingWorld) -> None:
    world.edit(LEAK, "status: unassigned", "status: queued # stumble")
    world.settle()
    world.edit(LEAK, " # stumble", "")
    world.settle()
    assert status_of(world, LEAK) == "queued"
    assert not world.problems()
    assert not open_threads(world)


def test_a_newer_dispatchd_takes_what_stands_there(world: StumblingWorld) -> None:
    world.edit(LEAK, "status: unassigned", "status: queued # stumble")
    world.settle()
    world.mended = True
    world.restart()
    world.settle()
    assert status_of(world, LEAK) == "queued"
    assert not open_threads(world)


def test_a_commit_that_dispatchd_fails_at_does_not_keep_the_others_away(world: StumblingWorld) -> None:
    bad = world.read(LEAK).replace("status: unassigned", "status: queued # stumble")
    good = world.read(ROOF).replace("status: unassigned", "status: queued")
    world.commit({LEAK: bad})
    world.commit({ROOF: good})
    world.settle()
    assert [status_of(world, path) for path in (LEAK, ROOF)] == ["unassigned", "queued"]
    assert world.read(LEAK) == bad


def test_a_bug_that_no_file_brought_about_ends_the_daemon(world: StumblingWorld) -> None:
    world.session.intake.second_looks = None  # type: ignore[assignment]
    world.save("issues/new.md", "# New\n")
    with pytest.raises(AttributeError):
        world.settle()
    world.new_session()
    run(begin(world.session))
