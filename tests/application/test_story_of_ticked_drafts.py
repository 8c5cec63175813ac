"""A message that is saved with its *Send* ticked is sent, once, and whatever brings the file here again sends nothing."""

import pytest

from tests.application.losing import WithoutMemory, lose_database
from tests.application.world import World

QUICK = "agents/kit/inbox/quick.md"
STRIDE = 5
"""Places at which the process ends, among all its steps."""
TEXT = "be quick\n\n- [x] Send\n"


def sent(world: World) -> list[str]:
    """What was sent, in order."""
    return [event.text for event in world.happened("TurnAdded")]


@pytest.mark.parametrize(
    ("path", "to"), [(QUICK, "kit"), ("inbox/quick.md", None), ("agents/kit/inbox/sub/quick.md", "kit")]
)
@pytest.mark.parametrize(
    "text", [TEXT, "# Hurry\n\nbe quick\n\n- [X] send\n", "- [x] Send\n\nbe quick\n", "be quick\n- [x] Send"]
)
def test_a_draft_that_comes_with_its_send_ticked_is_sent(
    world: World, path: str, to: str | None, text: str
) -> None:
    world.save(path, text)
    world.settle()
    assert sent(world) == ["be quick"]
    assert world.at(path).to == to
    assert "> be quick" in world.read(path)
    assert "- [x]" not in world.read(path).lower()
    assert world.read(path).count("- [ ] Send") == 1
    assert world.problems() == []


def test_it_is_sent_in_the_name_of_whoever_committed_it(world: World) -> None:
    world.commit({QUICK: TEXT})
    world.settle()
    assert [turn.by.handle for turn in world.at(QUICK).turns] == ["bob"]


def test_a_tick_beside_nothing_is_answered(world: World) -> None:
    world.save(QUICK, "- [x] Send\n")
    world.settle()
    assert sent(world) == []
    assert "nothing to send" in world.read(QUICK)
    assert "- [ ] Send" in world.read(QUICK)
    assert [problem.path for problem in world.problems()] == [QUICK]


def test_a_list_of_ones_own_is_text_and_no_send(world: World) -> None:
    world.save(QUICK, "- [x] one\n- [ ] two\n")
    world.settle()
    assert sent(world) == []
    assert "- [ ] Send" in world.read(QUICK)


@pytest.mark.parametrize("forgets", [False, True])
def test_it_is_sent_once_wherever_the_daemon_ends(forgets: bool) -> None:
    step, has_ended = 0, True
    while has_ended:
        world = WithoutMemory()
        world.save(QUICK, TEXT)
        world.forgets = forgets
        world.steps.fatal = world.steps.taken + step
        world.settle()
        # What is in no commit yet goes with the database; the words stay in the file, and are not sent twice.
        assert sent(world) in (["be quick"], [] if forgets else ["be quick"]), f"ended at step {step}"
        assert "be quick" in world.read(QUICK)
        has_ended = world.steps.fatal is None
        world.store.remove()
        step += STRIDE
    assert step > 5 * STRIDE


def test_it_is_sent_once_when_the_database_is_lost(world: World) -> None:
    world.save(QUICK, TEXT)
    world.settle()
    lose_database(world).remove()
    world.settle()
    assert sent(world) == ["be quick"]


def test_a_copy_made_before_it_was_answered_asks_and_one_made_for_another_is_sent(world: World) -> None:
    world.save(QUICK, TEXT)
    world.save("agents/kit/inbox/copy.md", TEXT)
    world.save("agents/tin/inbox/quick.md", TEXT)
    world.settle()
    assert sent(world) == ["be quick", "be quick"]
    asked = world.read("agents/kit/inbox/copy.md") + world.read(QUICK)
    assert asked.count("tick it again to send it once more") == 1
    assert world.at("agents/tin/inbox/quick.md").turns


def test_a_copy_with_the_tick_and_the_id_of_another_asks(world: World) -> None:
    world.save(QUICK, "be quick\n")
    world.settle()
    ticked = world.read(QUICK).replace("- [ ] Send", "- [x] Send")
    world.save("agents/kit/inbox/copy.md", ticked)
    world.settle()
    assert sent(world) == []
    assert "to send this copy too" in world.read("agents/kit/inbox/copy.md")
    world.edit("agents/kit/inbox/copy.md", "- [ ] Send", "- [x] Send")
    world.settle()
    assert sent(world) == ["be quick"]
    assert "dispatchd:" not in world.read("agents/kit/inbox/copy.md").partition("---\n\n")[2]


@pytest.mark.parametrize("deletes", [True, False])
def test_the_first_text_brought_back_from_the_history_sends_nothing(world: World, deletes: bool) -> None:
    world.save(QUICK, TEXT)
    world.settle()
    for _ in range(2):
        if deletes:
            world.delete(QUICK)
        else:
            world.rename(QUICK, f"agents/kit/inbox/old/{len(world.events())}/quick.md")
        world.settle()
        world.save(QUICK, TEXT)
        world.settle()
        assert sent(world) == ["be quick"]
        assert "tick it again" in world.read(QUICK)


def test_a_revert_that_brings_it_sends_nothing(world: World) -> None:
    world.commit({QUICK: TEXT}, is_revert=True)
    world.settle()
    assert sent(world) == []
    assert "- [ ] Send" in world.read(QUICK)
    assert "git brought this text here" in world.read(QUICK)


def test_the_same_words_in_another_file_another_day_are_sent(world: World) -> None:
    world.save(QUICK, TEXT)
    world.settle()
    world.save("agents/kit/inbox/again.md", TEXT)
    world.settle()
    assert sent(world) == ["be quick", "be quick"]
