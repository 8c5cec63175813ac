"""A buffer of a thread that was answered and archived meanwhile, saved under the name the thread had."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.thread import ThreadStatus
from tests.application.world import World


@pytest.fixture
def archived(world: World) -> tuple[str, str, str]:
    """The thread, its name of before, and the text that is still open in somebody's editor."""
    thread = world.ask(Verb.ASK, speaker="ash", question="Which?", options=("Red", "Blue"))["subject"]
    world.settle()
    (path,) = world.paths("inbox/")
    buffer = world.read(path)
    world.ask(Verb.ANSWER, thread=thread, option="Red")
    world.settle()
    world.ask(Verb.RECEIVE, speaker="ash", thread=thread)
    world.settle()
    assert world.paths("inbox/") == []
    return thread, path, buffer


def archive_of(world: World) -> str:
    (path,) = world.paths("archive/")
    return world.read(path)


def test_its_words_are_kept_where_the_thread_is_now_and_a_line_answers(
    world: World, archived: tuple[str, str, str]
) -> None:
    thread, path, buffer = archived
    late = buffer.replace("## Your answer\n", "## Your answer\n\nRather blue, I think.\n")
    world.save(path, late.replace("- [ ] Send", "- [x] Send"))
    world.settle()
    print(archive_of(world))
    assert world.paths("inbox/") == []
    assert len(world.happened("ThreadOpened")) == 1
    assert world.entity(thread).chosen == "Red"
    assert "Rather blue, I think." in archive_of(world)
    assert "> dispatchd:" in archive_of(world)
    assert world.on_branch(path) is None


def test_a_late_tick_is_answered_there_as_well(world: World, archived: tuple[str, str, str]) -> None:
    thread, path, buffer = archived
    world.save(path, buffer.replace("- [ ] Blue", "- [x] Blue"))
    world.settle()
    print(archive_of(world))
    assert (world.paths("inbox/"), world.entity(thread).chosen) == ([], "Red")
    assert f"{path} was saved when this was over already" in archive_of(world)
    assert len(world.happened("ThreadOpened")) == 1


def test_saved_again_and_again_it_says_nothing_twice(world: World, archived: tuple[str, str, str]) -> None:
    _, path, buffer = archived
    once = buffer.replace("## Your answer\n", "## Your answer\n\nRather blue.\n")
    for text in (buffer, once, once, once.replace("blue.", "blue.\nOr green.")):
        world.save(path, text)
        world.settle()
    assert world.paths("inbox/") == []
    assert archive_of(world).count("Rather blue.") == 1
    assert "Or green." in archive_of(world)
    assert len(world.happened("ThreadOpened")) == 1


def test_a_buffer_without_a_word_of_anybodys_is_no_news(world: World, archived: tuple[str, str, str]) -> None:
    _, path, buffer = archived
    before = archive_of(world)
    world.save(path, buffer)
    world.settle()
    assert (world.paths("inbox/"), archive_of(world)) == ([], before)


def test_a_copy_under_another_name_is_a_message_of_its_own(
    world: World, archived: tuple[str, str, str]
) -> None:
    thread, _, buffer = archived
    world.save("inbox/other.md", buffer)
    world.settle()
    assert world.field("inbox/other.md", "id") != thread
    assert world.entity(thread).status is ThreadStatus.ANSWERED
