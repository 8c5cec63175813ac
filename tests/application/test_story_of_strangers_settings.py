"""Settings of somebody who is not in `[people]` wait: through saves of other lines, commands and a lost database."""

import pytest

from dispatchd.application.config_in_force import KEEP_OLD, PUT_IN_FORCE
from dispatchd.application.requests.request import Verb
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread, ThreadStatus
from tests.application.world import BOB, World
from tests.fakes.instant_store import InstantStore

CONFIG = "config.toml"
MALLORY = ("Mallory", "mallory@evil.example")


def takes_over(world: World) -> None:
    text = world.read(CONFIG) + 'mallory = ["mallory@evil.example"]\n'
    world.commit({CONFIG: text}, MALLORY)
    world.settle()


def people(world: World) -> set[str]:
    return set(world.store.look(lambda work: work.rules.people))


def commands(world: World) -> dict[str, str]:
    return world.store.look(lambda work: dict(work.rules.commands))


def questions(world: World) -> list[Thread]:
    threads = world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    return [
        each
        for each in threads
        if isinstance(each, Thread) and each.cause.startswith("config:") and each.status is ThreadStatus.OPEN
    ]


def loses_database(world: World) -> None:
    world.store = InstantStore()
    world.restart()
    world.settle()


def test_106_a_save_of_other_lines_is_in_force_and_confirms_nothing(world: World) -> None:
    takes_over(world)
    world.save(CONFIG, "# a note of mine\n" + world.read(CONFIG) + '\n[commands]\ntest = "true"\n')
    world.settle()
    assert people(world) == {"alice", "bob"}
    assert commands(world) == {"test": "true"}
    (question,) = questions(world)
    assert "`people.mallory`" in question.turns[0].text
    world.ask(Verb.ANSWER, thread=question.id, option=PUT_IN_FORCE)
    world.settle()
    assert people(world) == {"alice", "bob", "mallory"}
    assert commands(world) == {"test": "true"}


def test_a_setting_made_by_a_command_confirms_nothing(world: World) -> None:
    takes_over(world)
    world.ask(Verb.CONFIG_SET, key="commands.test", value="true")
    world.settle()
    assert people(world) == {"alice", "bob"}
    assert commands(world) == {"test": "true"}


def test_what_was_left_out_stays_out_after_the_answer_too(world: World) -> None:
    takes_over(world)
    world.ask(Verb.ANSWER, thread=questions(world)[0].id, option=KEEP_OLD)
    world.settle()
    world.save(CONFIG, world.read(CONFIG) + '\n[commands]\ntest = "true"\n')
    world.settle()
    assert people(world) == {"alice", "bob"}
    assert commands(world) == {"test": "true"}
    assert not questions(world)


def test_taking_the_strangers_lines_out_ends_the_question(world: World) -> None:
    takes_over(world)
    world.edit(CONFIG, 'mallory = ["mallory@evil.example"]\n', "")
    world.settle()
    assert people(world) == {"alice", "bob"}
    assert not questions(world)


@pytest.mark.parametrize("saves", [False, True])
def test_after_a_lost_database_they_wait_as_before(world: World, *, saves: bool) -> None:
    takes_over(world)
    if saves:
        world.save(CONFIG, world.read(CONFIG) + '\n[commands]\ntest = "true"\n')
        world.settle()
    loses_database(world)
    assert people(world) == {"alice", "bob"}
    assert commands(world) == ({"test": "true"} if saves else {})
    assert len(questions(world)) == 1


def test_after_a_lost_database_what_was_put_in_force_stays_so(world: World) -> None:
    takes_over(world)
    world.ask(Verb.ANSWER, thread=questions(world)[0].id, option=PUT_IN_FORCE)
    world.settle()
    loses_database(world)
    assert people(world) == {"alice", "bob", "mallory"}
    assert not questions(world)


def test_after_a_lost_database_settings_of_people_are_in_force(world: World) -> None:
    world.commit({CONFIG: world.read(CONFIG) + '\n[commands]\ntest = "true"\n'}, BOB)
    world.settle()
    loses_database(world)
    assert commands(world) == {"test": "true"}
