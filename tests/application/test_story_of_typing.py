import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

A = "issues/a.md"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\ntitle: A thing\n---\n\nFirst line\n\nSecond line\n\nThird line\n")
    world.settle()


def test_autosave_every_second_while_typing_a_status_and_a_paragraph_disturbs_nobody(world: World) -> None:
    before = world.read(A)
    commits = len(world.commits())
    frames = [before.replace("unassigned", "in_progress"[:count]) for count in range(6, 0, -1)]
    frames = [before.replace("status: unassigned", f"status: {'queued'[:count]}") for count in range(7)]
    queued = frames[-1]
    words = "The login form gives up after two seconds, and nobody knows why that is so"
    frames += [queued + words[:count] for count in range(3, len(words), 3)]
    frames.append(queued + words + "\n")
    for frame in frames:
        world.save(A, frame)
        world.advance(1.0)
        assert world.read(A) == frame
    world.settle()
    assert world.read(A) == frames[-1]
    assert world.at(A).status is IssueStatus.QUEUED
    assert not world.happened("EditRefused")
    assert len(world.commits()) - commits <= 2
    assert [(move.before, move.after) for move in world.happened("IssueMoved")] == [
        (IssueStatus.UNASSIGNED, IssueStatus.QUEUED)
    ]


@pytest.mark.parametrize(("typed", "seconds"), [("que", 30.0), ("in_review", 2.0)])
def test_what_is_not_answered_yet_stays_open_while_its_writer_goes_on_elsewhere(
    world: World, typed: str, seconds: float
) -> None:
    world.edit(A, "status: unassigned", f"status: {typed}")
    for number in range(8):
        world.save(A, world.read(A) + f"word {number}\n")
        world.advance(1.0)
        assert f"status: {typed}\n" in world.read(A)
    world.advance(seconds - 2.0)
    assert f"status: {typed}\n" in world.read(A)
    world.settle()
    assert "# dispatchd:" in world.field(A, "status")
    assert len(world.happened("EditRefused")) == 1


def test_038_a_save_every_tenth_of_a_second_is_still_seen_within_five_seconds(world: World) -> None:
    text = world.read(A).replace("unassigned", "queued")
    for number in range(80):
        world.save(A, f"{text}word {number}\n")
        world.advance(0.1)
    assert world.at(A).status is IssueStatus.QUEUED


def test_what_nobody_asked_for_waits_until_an_autosaving_hand_rests(world: World) -> None:
    world.save("issues/b.md", "B\n")
    world.settle()
    for number in range(20):
        world.save(A, world.read(A) + f"word {number}\n")
        if number == 5:
            asked = world.ask(
                Verb.ASK, speaker="ash", question="Which?", options=("x", "y"), issue=world.at(A).id
            )
            assert asked["told"]
        world.advance(1.0)
    world.settle()
    assert world.read(A).count("word ") == 20
    assert "## Activity" in world.read(A)


def test_a_file_open_for_writing_is_not_written_until_it_is_closed(world: World) -> None:
    hand = world.tree.open_for_writing(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    before = world.read(A)
    world.advance(60.0)
    assert world.read(A) == before
    hand.close()
    world.advance(10.0)
    assert world.field(A, "priority") == "high"


def test_settings_that_a_command_changed_and_a_person_saves_meanwhile_are_both_kept(world: World) -> None:
    hand = world.tree.open_for_writing("config.toml")
    before = world.read("config.toml")
    world.ask(Verb.CONFIG_SET, key="agents.max_running", value="7")
    hand.write((before + "# a line of theirs\n").encode())
    hand.close()
    world.hint("config.toml")
    world.settle()
    assert "max_running = 7" in world.read("config.toml")
    assert "# a line of theirs" in world.read("config.toml")


def test_nobody_holds_a_file_for_longer_than_five_minutes(world: World) -> None:
    hand = world.tree.open_for_writing(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.advance(310.0)
    assert world.field(A, "priority") == "high"
    hand.close()


def test_a_hand_of_long_ago_does_not_count_against_the_one_of_now(world: World) -> None:
    hand = world.tree.open_for_writing(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.advance(2.0)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=medium",))
    world.advance(400.0)
    before = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.advance(60.0)
    assert world.read(A) == before
    hand.close()


def test_what_is_merged_while_somebody_types_is_written_when_they_are_done(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.settle()
    world.edit(A, "First line", "First line, by one")
    world.settle()
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=low",))
    world.settle()
    typed = buffer.replace("status: unassigned", "status: que") + "\nMore\n"
    world.save(A, typed)
    world.advance(20.0)
    assert world.read(A) == typed
    world.edit(A, "status: que\n", "status: queued\n")
    world.settle()
    assert world.read(A).endswith("First line, by one\n\nSecond line\n\nThird line\n\nMore\n")
    assert (world.field(A, "status"), world.field(A, "priority")) == ("queued", "low")


def test_half_typed_for_ever_does_not_keep_others_away_for_longer_than_five_minutes(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.settle()
    world.edit(A, "First line", "First line, by one")
    world.settle()
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=low",))
    world.settle()
    typed = buffer.replace("status: unassigned", "status: que")
    for number in range(33):
        world.save(A, f"{typed}\nword {number}\n")
        world.advance(10.5)
        if "by one" in world.read(A):
            break
    assert 25 < number < 32
    world.settle()
    assert "# dispatchd:" in world.field(A, "status")
    assert "First line, by one" in world.read(A)


def test_031_a_writer_that_holds_the_displaced_file_and_saves_late_loses_nothing(world: World) -> None:
    hand = world.tree.open_for_writing(A)
    old = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.advance(310.0)
    hand.write(old.replace("First line", "First line, said late").encode())
    world.advance(60.0)
    hand.close()
    world.settle()
    assert "First line, said late" in world.read(A)
    assert world.field(A, "priority") == "high"


def test_prose_is_committed_once_its_writer_rests_and_facts_at_once(world: World) -> None:
    commits = len(world.commits())
    world.save(A, world.read(A) + "\nMore prose\n")
    world.advance(30.0)
    assert len(world.commits()) == commits
    world.advance(40.0)
    assert len(world.commits()) == commits + 1
    world.edit(A, "status: unassigned", "status: queued")
    world.advance(4.0)
    assert len(world.commits()) == commits + 2


def test_prose_that_never_rests_is_committed_after_five_minutes(world: World) -> None:
    commits = len(world.commits())
    for number in range(16):
        world.save(A, world.read(A) + f"line {number}\n")
        world.advance(20.0)
    assert len(world.commits()) == commits + 1


def test_025_a_half_written_front_matter_is_given_its_time(world: World) -> None:
    text = world.read(A)
    world.save(A, text[: text.index("priority")])
    world.advance(1.5)
    world.save(A, text.replace("unassigned", "queued"))
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert not world.happened("ThreadOpened")


def test_026_a_file_that_is_away_for_a_moment_was_not_deleted(world: World) -> None:
    text = world.read(A)
    for _ in range(5):
        world.delete(A)
        world.advance(1.0)
        world.save(A, text)
        world.advance(5.0)
    world.settle()
    assert not world.happened("EntityRemoved")


def test_024_a_file_truncated_for_a_moment_loses_nothing(world: World) -> None:
    text = world.read(A)
    events = len(world.events())
    world.save(A, "")
    world.advance(0.2)
    world.save(A, text)
    world.settle()
    assert len(world.events()) == events
