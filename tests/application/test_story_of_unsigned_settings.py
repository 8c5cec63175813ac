"""Settings that signatures protect: a save without one waits, is asked about once, and nothing else puts it in force."""

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.test_story_of_signatures import SigningWorld
from tests.application.world import CONFIG


@pytest.fixture
def world() -> SigningWorld:
    made = SigningWorld(config=CONFIG + b"\n[workspace]\nrequire_signed = true\n")
    made.settle()
    return made


def test_a_save_without_a_signature_does_not_end_that_signatures_are_asked_for(world: SigningWorld) -> None:
    for before, after in (
        ("require_signed = true", "require_signed = false"),
        ("[people]", "[people]\neve = ['e@x']"),
    ):
        signed_only = world.read("config.toml")
        world.save("config.toml", signed_only.replace(before, after))
        world.settle()
        assert world.store.look(lambda work: work.rules.require_signed)
        assert "eve" not in world.store.look(lambda work: work.rules.people)
        world.save("config.toml", signed_only)
        world.settle()


def test_a_signed_answer_ends_that_signatures_are_asked_for(world: SigningWorld) -> None:
    world.edit("config.toml", "require_signed = true", "require_signed = false")
    world.settle()
    (path,) = [path for path in world.paths("inbox/") if "without a signature" in world.read(path)]
    world.edit(path, "- [ ] Put it in force", "- [x] Put it in force")
    world.settle()
    assert world.store.look(lambda work: work.rules.require_signed)
    world.commit_all(path)
    world.settle()
    assert not world.store.look(lambda work: work.rules.require_signed)


@pytest.mark.parametrize("way", ["answer", "signed commit"])
def test_unsigned_saves_of_settings_are_asked_about_once_and_a_command_puts_nothing_of_them_in_force(
    world: SigningWorld, way: str
) -> None:
    world.edit("config.toml", "require_signed = true", "require_signed = false")
    world.settle()
    for text in ("# one\n", "# two\n"):
        world.save("config.toml", text + world.read("config.toml"))
        world.settle()
    world.ask(Verb.CONFIG_SET, key="workspace.archive_after", value="7d")
    world.settle()
    (path,) = [path for path in world.paths("inbox/") if "without a signature" in world.read(path)]
    assert world.store.look(lambda work: work.rules.require_signed)
    assert 'archive_after = "7d"' in (world.store.look(lambda work: work.config_in_force) or "")
    if way == "answer":
        world.edit(path, "- [ ] Put it in force", "- [x] Put it in force")
        world.settle()
        world.commit_all(path)
    else:
        world.save("config.toml", "# signed at once\n" + world.read("config.toml"))
        world.commit_all("config.toml")
    world.settle()
    assert not world.store.look(lambda work: work.rules.require_signed)
    assert not [path for path in world.paths("inbox/") if "without a signature" in world.read(path)]
