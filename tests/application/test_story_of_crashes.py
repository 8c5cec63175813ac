import functools
from collections.abc import Callable

import pytest

from dispatchd.application.relaying import relay
from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from tests.application.invariants import check_all
from tests.application.who_and_what import ALICE
from tests.application.world import BOB, World
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import run

A, B = "issues/a.md", "issues/b.md"
TRIED = 6
"""Places in a story at which the process ends, one after the other, evenly over all its steps."""


def begun() -> World:
    world = World()
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n")
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.settle()
    return world


def ask(world: World, is_done: Callable[[], object], verb: Verb, **arguments: object) -> None:
    """Ask, and ask again if the process ended before it was done."""
    while not is_done():
        try:
            world.ask(verb, **arguments)  # type: ignore[arg-type]
        except Crashed:
            world.restart(power_cut=world.cuts_power)


def a_request(world: World) -> None:
    ask(
        world,
        lambda: world.entity("i-aaaa").priority == "high",
        Verb.SET,
        id="i-aaaa",
        changes=("priority=high",),
    )
    world.settle()


def a_refusal(world: World) -> None:
    world.edit(A, "status: unassigned", "status: in_review")
    world.settle()


def a_new_file(world: World) -> None:
    world.save("issues/new.md", "New\n")
    world.settle()


def a_racing_save(world: World) -> None:
    buffer = world.read(A)
    world.tree.before_next("exchange", lambda: world.save(A, buffer.replace("Third", "Third, by a person")))
    a_request(world)
    assert "Third, by a person" in world.read(A)


def a_stale_buffer(world: World) -> None:
    buffer = world.read(A)
    a_request(world)
    world.edit(A, "Second", "Second, by one")
    world.settle()
    world.save(A, buffer.replace("Second", "Second, by another"))
    world.settle()


def a_question(world: World) -> None:
    ask(
        world,
        lambda: world.paths("inbox/") or world.happened("ThreadOpened"),
        Verb.ASK,
        speaker="ash",
        question="Which?",
        options=("x", "y"),
        issue="i-aaaa",
    )
    world.settle()
    (inbox,) = world.paths("inbox/")
    world.edit(inbox, "- [ ] x", "- [x] x")
    world.settle()
    thread = world.at(inbox).id
    ask(world, lambda: world.entity(thread).delivered, Verb.RECEIVE, speaker="ash", thread=thread)
    world.settle()


def a_move_and_a_deletion(world: World) -> None:
    world.rename(A, "issues/moved.md")
    world.delete(B)
    world.settle()


def a_mass_deletion(world: World) -> None:
    paths = [f"issues/many/{number}.md" for number in range(6)]
    for number, path in enumerate(paths):
        world.save(path, f"---\nid: i-xx{number:02}\n---\n\nText\n")
    world.settle()
    world.delete(*paths)
    world.settle()
    (inbox,) = world.paths("inbox/")
    world.edit(inbox, "- [ ] Restore them", "- [x] Restore them")
    world.settle()
    assert world.paths("issues/many/") == paths


def commits_by_others(world: World) -> None:
    world.edit(A, "unassigned", "queued")
    world.advance(0.5)
    world.commit({A: world.read(A)}, ALICE, writes_files=False)
    world.commit({B: world.read(B).replace("unassigned", "done"), "issues/new.md": "New\n"}, BOB)
    world.settle()
    assert len(world.happened("IssueMoved")) == 2


def an_autosave(world: World) -> None:
    for number in range(6):
        world.save(A, world.read(A) + f"word {number}\n")
        world.advance(1.0)
    world.settle()


def a_list(world: World) -> None:
    world.save("epics/e.md", "---\nid: e-eeee\n---\n\n# E\n\n## Stages\n\n### S\n\n1. Send\n   it\n2. Show\n")
    world.settle()
    world.edit("epics/e.md", "- [ ] Make these 2", "- [x] Make these 2")
    world.settle()
    assert [event.issue.title for event in world.happened("IssueOpened")][-2:] == ["Send", "Show"]
    assert len(world.paths("issues/")) == 4


STORIES = (
    a_list,
    a_request,
    a_refusal,
    a_new_file,
    a_racing_save,
    a_stale_buffer,
    a_question,
    a_move_and_a_deletion,
    a_mass_deletion,
    commits_by_others,
    an_autosave,
)


def outcome(world: World) -> tuple[object, ...]:
    """What became of it, whatever ids were drawn."""
    issues = [world.entity(subject) for subject in ("i-aaaa", "i-bbbb")]
    return (
        [(issue.status, issue.priority, issue.removed) for issue in issues],
        sorted(type(event.event).__name__ for event in world.events()),
        sorted(world.read(path).split("---\n", 2)[-1] for path in world.paths("issues/")),
    )


@functools.cache
def undisturbed(story: Callable[[World], None]) -> tuple[int, tuple[object, ...]]:
    """How many steps the story takes, and what becomes of it."""
    world = begun()
    before = world.steps.taken
    story(world)
    taken = world.steps.taken - before
    result = outcome(world)
    world.store.remove()
    return taken, result


@pytest.mark.parametrize("power_cut", [False, True], ids=["killed", "power cut"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_001_002_003_004_005_006_007_008_012_a_process_that_ends_anywhere_leaves_what_the_next_one_finishes(
    story: Callable[[World], None], power_cut: bool
) -> None:
    steps, expected = undisturbed(story)
    stride = max(1, steps // TRIED)
    for step in range(stride // 2 if power_cut else 0, steps, stride):
        world = begun()
        world.cuts_power = power_cut
        world.steps.fatal = world.steps.taken + step
        try:
            story(world)
            check_all(world)
            assert outcome(world) == expected
        except (AssertionError, KeyError, Rejected) as wrong:
            name = world.steps.names[-1] if world.steps.names else "?"
            raise AssertionError(f"ended at step {step} of {steps} ({name}): {wrong}") from wrong
        world.store.remove()


def with_two_texts_to_commit() -> World:
    """Two answers in one file, both written, none of them committed."""
    world = begun()
    for priority in ("high", "low"):
        world.pass_time(5.0)
        world.ask(Verb.SET, id="i-aaaa", changes=(f"priority={priority}",))
        run(relay(world.session, hurry=True))
    return world


def test_009_a_commit_of_two_texts_of_one_file_that_was_not_noted_leaves_the_newer_on_the_branch() -> None:
    world = with_two_texts_to_commit()
    before = world.steps.taken
    world.settle()
    noted = world.steps.names[before:].index("recorded")
    world.store.remove()
    world = with_two_texts_to_commit()
    world.steps.fatal = world.steps.taken + noted
    world.settle()
    assert "priority: low" in (world.on_branch(A) or "")
    check_all(world)
    world.store.remove()
