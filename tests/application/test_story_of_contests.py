"""Two changes of one thing: the person's stands, and one tick takes the other."""

import pytest

from dispatchd.application.contest_words import KEEP_WHAT_STANDS, TAKE_THE_OTHER
from dispatchd.application.ports.audit_log import AuditCommit, CommitId, Signature
from dispatchd.application.requests.request import Verb
from dispatchd.application.taking_over import take_over
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.thread import ThreadStatus
from tests.application.world import BOB, World
from tests.fakes.instant_store import run

A = "issues/a.md"
TEXT = "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n"


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(A, TEXT)
    world.settle()


def contest_of_lines(world: World) -> str:
    buffer = world.read(A)
    world.edit(A, "Second", "Second, by one")
    world.settle()
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=high",))
    world.settle()
    world.commit({A: world.read(A).replace("Second, by one", "Second, by Bob")}, BOB)
    world.settle()
    world.save(A, buffer.replace("Second", "Second, by another"))
    world.settle()
    (path,) = world.paths("inbox/")
    return path


def contest_of_facts(world: World) -> str:
    buffer = world.read(A)
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=high",))
    world.settle()
    world.save(A, buffer.replace("priority: medium", "priority: low"))
    world.settle()
    (path,) = world.paths("inbox/")
    return path


def test_the_other_lines_are_taken_by_a_tick_as_an_edit_of_whoever_ticks(world: World) -> None:
    path = contest_of_lines(world)
    assert "Second, by another" in world.read(A)
    assert f"- [ ] {TAKE_THE_OTHER}\n- [ ] {KEEP_WHAT_STANDS}\n- [ ] Send\n" in world.read(path)
    thread = world.at(path).id
    world.edit(path, f"- [ ] {TAKE_THE_OTHER}", f"- [x] {TAKE_THE_OTHER}")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.ANSWERED
    assert "Second, by Bob\n" in world.read(A)
    assert "another" not in world.read(A)
    assert world.on_branch(A) == world.read(A)
    assert world.read(A).count("Third") == 1


def test_what_stands_is_kept_by_a_tick(world: World) -> None:
    path = contest_of_lines(world)
    before = world.read(A)
    world.edit(path, f"- [ ] {KEEP_WHAT_STANDS}", f"- [x] {KEEP_WHAT_STANDS}")
    world.settle()
    assert world.read(A) == before
    assert world.paths("inbox/") == []


def choose(world: World, path: str, option: str) -> None:
    world.edit(path, f"- [ ] {option}", f"- [x] {option}")
    world.settle()


def test_the_question_shows_both_texts_where_they_stand_and_what_each_box_does(world: World) -> None:
    text = world.read(contest_of_lines(world))
    line = world.read(A).splitlines().index("Second, by another") + 1
    assert "# A: the same lines, changed twice\n" in text
    assert f"Alice Doe’s stands, at `{A}:{line}`:" in text
    assert "> ```text\n> Second, by another\n> ```\n" in text
    assert "> ```text\n> Second, by Bob\n> ```\n" in text
    assert f"*{TAKE_THE_OTHER}* puts the lower text in place of the upper one" in text


def test_lines_that_have_changed_since_are_not_overwritten_and_asked_about_again(world: World) -> None:
    path = contest_of_lines(world)
    world.edit(A, "Second, by another", "Second, by yet another")
    world.settle()
    choose(world, path, TAKE_THE_OTHER)
    assert "Second, by yet another" in world.read(A)
    (again,) = world.paths("inbox/")
    text = world.read(again)
    assert "What stood there has changed since you were asked" in text
    assert text.index("> Second, by yet another\n") < text.index("> Second, by Bob\n")
    choose(world, again, TAKE_THE_OTHER)
    assert "Second, by Bob\n" in world.read(A)
    assert "another" not in world.read(A)
    assert world.paths("inbox/") == []


def test_lines_that_are_nowhere_any_more_are_shown_and_put_nowhere(world: World) -> None:
    path = contest_of_lines(world)
    world.edit(A, "Second, by another\n\n", "")
    world.settle()
    choose(world, path, TAKE_THE_OTHER)
    assert "Bob" not in world.read(A)
    (again,) = world.paths("inbox/")
    assert "> Second, by Bob\n" in world.read(again)


def test_of_lines_that_stand_twice_those_below_the_same_line_are_meant(world: World) -> None:
    path = contest_of_lines(world)
    world.edit(A, "Third", "Third\n\nSecond, by another")
    world.settle()
    choose(world, path, TAKE_THE_OTHER)
    assert "First\n\nSecond, by Bob\n\nThird\n\nSecond, by another\n" in world.read(A)


def test_where_nothing_tells_which_of_two_is_meant_neither_is_replaced(world: World) -> None:
    path = contest_of_lines(world)
    world.edit(A, "First", "First\n\nSecond, by another\n\nFirst")
    world.settle()
    choose(world, path, TAKE_THE_OTHER)
    assert world.read(A).count("Second, by another\n") == 2
    (again,) = world.paths("inbox/")
    assert "> Second, by Bob\n" in world.read(again)


def test_one_may_write_instead_what_should_stand_there(world: World) -> None:
    path = contest_of_lines(world)
    world.edit(path, "## Your answer\n", "## Your answer\n\nSecond, of both\n")
    choose(world, path, "Send")
    assert "First\n\nSecond, of both\n\nThird\n" in world.read(A)
    assert world.on_branch(A) == world.read(A)
    assert world.paths("inbox/") == []


def test_a_choice_is_carried_out_once(world: World) -> None:
    path = contest_of_lines(world)
    choose(world, path, TAKE_THE_OTHER)
    world.edit(A, "Second, by Bob", "Second, by another")
    world.settle()
    world.restart()
    world.settle()
    assert "Second, by another" in world.read(A)


def test_lines_that_one_took_out_and_another_changed_may_come_back(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=high",))
    world.settle()
    world.edit(A, "Second", "Second, longer")
    world.settle()
    world.save(A, buffer.replace("Second\n\n", ""))
    world.settle()
    assert "Second" not in world.read(A)
    (path,) = world.paths("inbox/")
    assert "*(nothing: the lines were taken out)*" in world.read(path)
    choose(world, path, TAKE_THE_OTHER)
    assert "First\n\nSecond, longer\n" in world.read(A)


def test_a_fact_set_anew_since_is_not_overwritten_and_asked_about_again(world: World) -> None:
    path = contest_of_facts(world)
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=critical",))
    world.settle()
    choose(world, path, TAKE_THE_OTHER)
    assert world.at(A).priority == "critical"
    (again,) = world.paths("inbox/")
    text = world.read(again)
    assert text.index("> priority: critical\n") < text.index("> priority: high\n")
    choose(world, again, TAKE_THE_OTHER)
    assert world.field(A, "priority") == "high"


def test_lines_of_a_plain_file_are_chosen_the_same_way(world: World) -> None:
    notes = "context/notes.md"
    world.save(notes, "One\n\nTwo\n\nThree\n")
    world.settle()
    base = world.log.head()
    world.edit(notes, "Two", "Two, by Alice")
    world.settle()
    come_from_elsewhere(world, base, {notes: "One\n\nTwo, by Bob\n\nThree\n"})
    world.settle()
    assert world.read(notes) == "One\n\nTwo, by Bob\n\nThree\n"
    (path,) = world.paths("inbox/")
    assert f"Bob Roe’s stands, at `{notes}:3`:" in world.read(path)
    choose(world, path, TAKE_THE_OTHER)
    assert world.read(notes) == "One\n\nTwo, by Alice\n\nThree\n"
    assert world.on_branch(notes) == world.read(notes)


def come_from_elsewhere(world: World, base: CommitId, changes: dict[str, str]) -> None:
    """Bob's commit upon *base* is fetched and joined to what was done here."""
    by_bob = AuditCommit(
        author=Signature(name=BOB[0], email=BOB[1], at=world.clock.now()),
        subject="elsewhere",
        changes={DocumentPath(path): text.encode() for path, text in changes.items()},
    )
    run(take_over(world.session, world.log.elsewhere(by_bob, (base,))))


def test_what_a_thread_says_stands_stands_although_its_file_was_saved_twice_just_now(world: World) -> None:
    base, text = world.log.head(), world.read(A)
    for words in ("for", "for ever"):
        world.save(A, text.replace("Second", f"Second, {words}"))
        world.advance(1.0)
    come_from_elsewhere(world, base, {A: text.replace("Second", "Second, a minute")})
    world.advance(1.0)
    (path,) = world.paths("inbox/")
    assert f"Bob Roe’s stands, at `{A}:" in world.read(path)
    assert "Second, a minute\n" in world.read(A)


def test_a_text_saved_as_it_was_before_a_commit_arrived_is_read(world: World) -> None:
    text = world.read(A)
    come_from_elsewhere(world, world.log.head(), {A: text.replace("Second", "Second, by Bob")})
    world.settle()
    assert "Second, by Bob" in world.read(A)
    world.save(A, text)
    world.settle()
    assert world.on_branch(A) == text


def test_the_others_fact_is_taken_by_a_tick(world: World) -> None:
    path = contest_of_facts(world)
    assert world.at(A).priority == "low"
    world.edit(path, f"- [ ] {TAKE_THE_OTHER}", f"- [x] {TAKE_THE_OTHER}")
    world.settle()
    assert world.at(A).priority == "high"
    assert world.field(A, "priority") == "high"


def test_a_choice_may_be_made_in_the_terminal(world: World) -> None:
    thread = world.at(contest_of_facts(world)).id
    world.ask(Verb.ANSWER, thread=thread, option="take")
    world.settle()
    assert world.field(A, "priority") == "high"
