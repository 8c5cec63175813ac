"""The log says which settings changed, however they were: by a save, a command, or a commit that came from elsewhere."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.documents.changed_settings import changed_settings
from tests.application.losing import assert_rebuilt_equal
from tests.application.replica_world import HOME, ReplicaWorld
from tests.application.world import CONFIG, World

PATH = "config.toml"
BUDGET = "\n[budget]\nday_usd = 20\n"


def budget(world: World, usd: int) -> str:
    """The settings with another budget."""
    return world.read(PATH).replace("day_usd = 20", f"day_usd = {usd}")


@pytest.fixture
def costly(world: World) -> World:
    world.save(PATH, CONFIG.decode() + BUDGET)
    world.settle()
    assert world.told()[-1] == "Alice Doe writes config.toml: budget.day_usd no limit -> 20"
    return world


def test_a_saved_setting_is_named_in_the_log_and_in_its_commit(costly: World) -> None:
    costly.save(PATH, budget(costly, 15))
    costly.settle()
    assert costly.told()[-1] == "Alice Doe writes config.toml: budget.day_usd 20 -> 15"
    assert costly.subjects()[-1] == "Alice Doe: Alice Doe writes config.toml: budget.day_usd 20 -> 15"


def test_a_setting_changed_by_a_command_is_named(costly: World) -> None:
    costly.ask(Verb.CONFIG_SET, key="budget.day_usd", value="15")
    costly.settle()
    assert "Alice Doe writes config.toml: budget.day_usd 20 -> 15" in costly.told()


def test_a_setting_that_comes_with_a_commit_is_named(costly: World) -> None:
    costly.commit({PATH: budget(costly, 15)})
    costly.settle()
    assert "Bob Roe writes config.toml: budget.day_usd 20 -> 15" in costly.told()


def test_it_is_said_alike_when_the_database_is_made_anew(costly: World) -> None:
    costly.save(PATH, budget(costly, 15))
    costly.settle()
    told = costly.told()
    assert_rebuilt_equal(costly)
    assert costly.told() == told


def test_what_is_no_setting_is_a_file_that_was_written(costly: World) -> None:
    costly.save(PATH, costly.read(PATH) + "# mine\n")
    costly.settle()
    assert costly.told()[-1] == "Alice Doe writes config.toml"


def test_a_replica_says_what_a_command_would_change() -> None:
    config = b'[people]\nalice = ["alice@example.com"]\n\n[workspace]\nhome = "home-7k2m"\n\n[budget]\nday_usd = 20\n'
    world = ReplicaWorld({}, config=config)
    said = world.ask(Verb.CONFIG_SET, key="budget.day_usd", value="15")
    assert said["told"] == [
        "Alice Doe writes config.toml: budget.day_usd 20 -> 15",
        f"Written to config.toml; takes effect when {HOME} sees its commit.",
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("", "[workspace]\napprove_own = false\n", "workspace.approve_own true -> false"),
        ("[budget]\nday_usd = 2\n", "", "budget.day_usd 2 -> no limit"),
        (
            "",
            "[sync]\ntyping = '1m'\nsettle = '1s'\nprose_after = '2m'\nrefuse_after = '3s'\n",
            "sync.settle 250ms -> 1s, sync.refuse_after 2s -> 3s and 2 more",
        ),
        ("", '[people]\nbob = ["b@example.com"]\n', "people.bob added"),
        ('[commands]\ntest = "make"\n', '[commands]\ntest = "TOKEN=s3cret make"\n', "commands.test changed"),
        ('[commands]\ntest = "make"\n', "", "commands.test removed"),
        ("", '[notify]\nwebhook = "https://example.com/s3cret"\n', "notify.webhook changed"),
        ("[budget]\nday_usd = 2\n", "[budget]\nday_usd = [\n", ""),
        ("[budget]\nday_usd = 2\n", '[budget]\nday_usd = "much"\n', ""),
        ("# one\n", "# two\n", ""),
    ],
)
def test_what_changed_is_said_in_few_words_and_nothing_secret(before: str, after: str, words: str) -> None:
    assert changed_settings(before, after) == words
