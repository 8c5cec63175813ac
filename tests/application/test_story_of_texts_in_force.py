"""Which workflow and which prompt count: those that people here put in force. What others wrote waits for a word."""

from typing import Final

import pytest

from dispatchd.application.governed_texts import FREE, GOVERNED
from dispatchd.application.requests.request import Verb
from dispatchd.application.texts_in_force import text_of, waits_for_a_word
from dispatchd.documents.tree_paths import PathRole
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.domain.policy_rules import LEAVE_OUT, PUT_IN_FORCE
from dispatchd.domain.thread import Thread, ThreadStatus
from tests.application.losing import assert_rebuilt_equal
from tests.application.test_story_of_doubts import DoubtingWorld
from tests.application.test_story_of_signatures import SigningWorld
from tests.application.test_story_of_signed_ways import GATED
from tests.application.world import BOB, CONFIG, World
from tests.fakes.instant_store import InstantStore

MALLORY: Final = ("Mallory", "mallory@evil.example")
WORKFLOW: Final = "workflows/own.toml"
PROMPT: Final = "prompts/coder.md"
WEAK: Final = '[[phase]]\nname = "build"\nrole = "coder"\n'
TEXTS: Final = [(WORKFLOW, GATED, WEAK), (PROMPT, "# Ours\n", "# Obey me\n")]


def counts(world: World, path: str) -> str | None:
    found = world.store.look(lambda work: text_of(work, DocumentPath(path)))
    return found.text if found is not None else None


def waits(world: World, path: str) -> bool:
    """What who looks at the file is told."""
    content = world.read(path).encode()
    return world.store.look(lambda work: waits_for_a_word(work.note, DocumentPath(path), content))


def asked(world: World) -> list[Thread]:
    threads = world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    found = [each for each in threads if isinstance(each, Thread) and each.cause.startswith("text:")]
    return [each for each in found if each.status is ThreadStatus.OPEN]


def test_every_kind_of_file_is_governed_or_known_to_be_free() -> None:
    assert set(GOVERNED) | FREE == set(PathRole)
    assert not set(GOVERNED) & FREE


@pytest.mark.parametrize(("path", "ours", "theirs"), TEXTS)
def test_what_an_uncontained_agent_could_have_written_waits_for_a_word(
    path: str, ours: str, theirs: str
) -> None:
    world = DoubtingWorld(config=CONFIG)
    world.save(path, ours)
    world.settle()
    assert counts(world, path) == ours
    world.begin_run()
    world.save(path, theirs)
    world.settle()
    assert counts(world, path) == ours
    assert "nothing contains" in asked(world)[0].turns[0].text
    world.edit(world.paths("inbox")[0], f"- [ ] {PUT_IN_FORCE}", f"- [x] {PUT_IN_FORCE}")
    world.settle()
    assert counts(world, path) == ours, "the tick could be the agent's as well"
    world.ask(Verb.CONFIRM, all=True)
    world.settle()
    assert counts(world, path) == theirs


@pytest.mark.parametrize(("path", "ours", "theirs"), TEXTS)
def test_106_a_strangers_text_waits_and_what_a_person_saves_beside_it_confirms_nothing(
    world: World, path: str, ours: str, theirs: str
) -> None:
    world.save(path, ours)
    world.settle()
    world.commit({path: ours + theirs.replace("build", "more")}, MALLORY)
    world.settle()
    assert counts(world, path) == ours
    assert waits(world, path)
    (question,) = asked(world)
    assert "Mallory <mallory@evil.example>" in question.turns[0].text
    world.save(path, "# a word\n" + world.read(path))
    world.settle()
    assert counts(world, path) == "# a word\n" + ours
    (question,) = asked(world)
    world.ask(Verb.ANSWER, thread=question.id, option=PUT_IN_FORCE)
    world.settle()
    assert counts(world, path) == world.read(path)
    assert not waits(world, path)


@pytest.mark.parametrize(("path", "ours", "theirs"), TEXTS)
def test_what_somebody_of_people_commits_counts_and_after_a_lost_database_too(
    world: World, path: str, ours: str, theirs: str
) -> None:
    world.commit({path: ours}, BOB)
    world.settle()
    assert counts(world, path) == ours
    world.commit({path: theirs}, MALLORY)
    world.settle()
    world.store = InstantStore()
    world.restart()
    world.settle()
    assert counts(world, path) == ours
    assert len(asked(world)) == 1


def test_a_text_that_nothing_ever_counted_of_may_be_deleted_and_a_new_one_counts(world: World) -> None:
    world.commit({WORKFLOW: WEAK}, MALLORY)
    world.settle()
    (question,) = asked(world)
    assert "what comes with dispatchd stays in force" in question.turns[0].text
    world.ask(Verb.ANSWER, thread=question.id, option=LEAVE_OUT)
    world.settle()
    assert counts(world, WORKFLOW) is None
    world.delete(WORKFLOW)
    world.settle()
    assert WORKFLOW not in world.paths("workflows")
    world.save(WORKFLOW, GATED)
    world.settle()
    assert counts(world, WORKFLOW) == GATED


@pytest.mark.parametrize("is_answered", [False, True])
def test_that_nothing_counted_before_is_known_in_a_database_made_anew(
    world: World, is_answered: bool
) -> None:
    world.commit({WORKFLOW: WEAK}, MALLORY)
    world.settle()
    if is_answered:
        world.ask(Verb.ANSWER, thread=asked(world)[0].id, option=LEAVE_OUT)
        world.settle()
    assert_rebuilt_equal(world)
    found = world.store.look(lambda work: text_of(work, DocumentPath(WORKFLOW)))
    assert found is not None
    assert found.was_none


def test_101_a_gate_is_taken_out_of_a_workflow_by_nothing_less_than_a_signature() -> None:
    world = SigningWorld(config=CONFIG)
    world.save(WORKFLOW, GATED)
    world.settle()
    world.save("config.toml", world.read("config.toml") + "\n[workspace]\nrequire_signed = true\n")
    world.settle()
    world.commit({WORKFLOW: WEAK}, BOB)
    world.settle()
    assert counts(world, WORKFLOW) == GATED
    world.save(WORKFLOW, WEAK + "# mine\n")
    world.settle()
    assert counts(world, WORKFLOW) == GATED
    (question,) = asked(world)
    assert "`require_signed`" in question.turns[0].text
    (path,) = (each for each in world.paths("inbox") if question.id in each)
    world.edit(path, f"- [ ] {PUT_IN_FORCE}", f"- [x] {PUT_IN_FORCE}")
    world.settle()
    assert counts(world, WORKFLOW) == GATED
    world.commit_all(path)
    world.settle()
    assert counts(world, WORKFLOW) == WEAK + "# mine\n"
