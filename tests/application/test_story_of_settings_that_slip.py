"""A setting that cannot be read stays what it was; the others of the file count, and mending it ends the complaint."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.domain.identifiers import DocumentPath
from tests.application.test_story_of_strangers_settings import loses_database
from tests.application.world import World

CONFIG = DocumentPath("config.toml")
GOOD = """
[commands]
test = "make test"

[agents]
checks = ["test"]
max_running = 2

[budget]
day_usd = 20
"""


@pytest.fixture
def kept(world: World) -> World:
    world.save(CONFIG, world.read(CONFIG) + GOOD)
    world.settle()
    return world


def in_force(world: World) -> Config:
    config = read_config(world.store.look(lambda work: work.config_in_force) or "").config
    assert config is not None
    return config


def complaints(world: World) -> list[str]:
    return [problem.what for problem in world.store.look(lambda work: work.problems.of(CONFIG))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('checks = ["test"]', "checks = true"),
        ('checks = ["test"]', "checks = [5]"),
        ('test = "make test"', "test = 5"),
        ("day_usd = 20", 'day_usd = "twenty"'),
        ("max_running = 2", 'max_running = "two"'),
        ("[budget]\nday_usd = 20\n", ""),
    ],
)
def test_a_slip_changes_nothing_but_that_it_is_told(kept: World, before: str, after: str) -> None:
    if not after:  # a table that is none stands before the first one
        kept.save(CONFIG, "budget = 5\n" + kept.read(CONFIG).replace(before, after))
    else:
        kept.edit(CONFIG, before, after)
    kept.settle()
    now = in_force(kept)
    assert now.agents.checks == ("test",)
    assert now.agents.max_running == 2
    assert now.commands == {"test": "make test"}
    assert now.budget.day_usd == 20
    assert len(complaints(kept)) == 1


def test_other_lines_of_a_save_with_a_slip_count_and_so_they_do_after_the_next_one(kept: World) -> None:
    kept.save(
        CONFIG, kept.read(CONFIG).replace('checks = ["test"]', "checks = true").replace("= 2\n", "= 3\n")
    )
    kept.settle()
    kept.edit(CONFIG, "max_running = 3", "max_running = 4")
    kept.settle()
    assert (in_force(kept).agents.checks, in_force(kept).agents.max_running) == (("test",), 4)
    kept.edit(CONFIG, "checks = true", "checks = []")
    kept.settle()
    assert in_force(kept).agents.checks == ()
    assert complaints(kept) == []


def test_a_setting_that_never_was_good_has_its_default(kept: World) -> None:
    kept.edit(CONFIG, "max_running = 2\n", 'max_running = 2\nbounces = "many"\n')
    kept.settle()
    assert in_force(kept).agents.bounces == Config().agents.bounces


def test_a_command_that_mends_it_ends_the_complaint(kept: World) -> None:
    kept.edit(CONFIG, "max_running = 2", 'max_running = "two"')
    kept.settle()
    assert complaints(kept) == ['"max_running" cannot be read']
    kept.ask(Verb.CONFIG_SET, key="agents.max_running", value="5")
    kept.settle()
    assert complaints(kept) == []
    assert in_force(kept).agents.max_running == 5


def test_after_a_lost_database_it_stays_what_it_was(kept: World) -> None:
    kept.edit(CONFIG, 'checks = ["test"]', "checks = true")
    kept.settle()
    loses_database(kept)
    assert in_force(kept).agents.checks == ("test",)
