import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import IssueStatus, Priority
from tests.application.world import World

A = DocumentPath("issues/a.md")


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\ntitle: A thing\nmood: good # mine\n---\n\nFirst line\n\nSecond line\n\nThird line\n")
    world.settle()


def test_a_changed_line_is_an_act_and_causes_no_write(world: World) -> None:
    world.edit(A, "status: unassigned", "status: queued")
    saved = world.tree.stamp(A)
    world.settle()
    stands = world.tree.stamp(A)
    assert world.at(A).status is IssueStatus.QUEUED
    assert saved is not None
    assert stands is not None
    assert stands[:6] == saved[:6]
    assert world.subjects()[-1].startswith("Alice Doe: Alice Doe queues")


def test_several_facts_in_one_save_are_all_done_in_the_order_that_works(world: World) -> None:
    text = world.read(A).replace(
        "status: unassigned", "status: queued\nassignee: @ash\nlabels: auth, network"
    )
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.save(A, text)
    world.settle()
    assert world.at(A).assignee == "ash"
    assert world.at(A).status is IssueStatus.ASSIGNED
    assert world.at(A).labels == ("auth", "network")


def test_words_that_people_use_are_understood(world: World) -> None:
    world.edit(A, "status: unassigned", "status: Won't do")
    world.edit(A, "priority: medium", "priority: P1")
    world.settle()
    assert (world.at(A).status, world.at(A).priority) == (IssueStatus.CANCELLED, Priority.HIGH)


def test_a_refusal_waits_for_two_seconds_of_quiet_and_then_stands_on_its_line(world: World) -> None:
    world.edit(A, "status: unassigned", "status: in_review")
    saved = world.read(A)
    world.advance(1.9)
    assert world.read(A) == saved
    assert not world.happened("EditRefused")
    world.advance(0.3)
    assert world.field(A, "status").startswith('unassigned # dispatchd: kept "unassigned"')
    world.settle()
    assert len(world.happened("EditRefused")) == 1
    authors = [subject.partition(":")[0] for subject in world.subjects()[-2:]]
    assert authors == ["Alice Doe", "dispatchd"]


def test_nothing_is_written_while_another_fact_of_the_save_is_held(world: World) -> None:
    world.edit(A, "status: unassigned", "status: in_review\nid: i-zzzz")
    world.edit(A, "priority: medium", "priority: hi")
    saved = world.read(A)
    world.advance(29.0)
    assert world.read(A) == saved
    world.settle()
    assert "# dispatchd:" in world.field(A, "status")


def test_an_answer_goes_when_the_line_is_next_edited_validly(world: World) -> None:
    world.edit(A, "status: unassigned", "status: in_review # hm")
    world.settle()
    assert world.field(A, "status").startswith("unassigned # hm # dispatchd:")
    line = f"status: {world.field(A, 'status')}"
    world.edit(A, line, line.replace("unassigned", "queued", 1))
    world.settle()
    assert world.field(A, "status") == "queued # hm"
    assert world.problems() == []


def test_a_refused_state_is_forced_by_its_mark(world: World) -> None:
    world.edit(A, "status: unassigned", "status: in_review!")
    world.settle()
    assert world.at(A).status is IssueStatus.IN_REVIEW
    assert [event.forced for event in world.happened("IssueMoved")] == [True]
    assert world.field(A, "status") == "in_review"


@pytest.mark.parametrize("typed", ["", "q", "que", "queu"])
def test_the_beginning_of_a_value_is_somebody_typing_for_thirty_seconds(world: World, typed: str) -> None:
    world.edit(A, "status: unassigned", f"status: {typed}")
    saved = world.read(A)
    world.advance(29.5)
    assert world.read(A) == saved
    assert not world.happened("EditRefused")
    world.edit(A, f"status: {typed}\n", "status: queued\n")
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert not world.happened("EditRefused")


@pytest.mark.parametrize("typed", ["", "que"])
def test_what_stays_half_typed_for_longer_is_answered(world: World, typed: str) -> None:
    world.edit(A, "status: unassigned", f"status: {typed}")
    world.advance(31.0)
    world.settle()
    assert "# dispatchd:" in world.field(A, "status")


def test_a_request_while_somebody_types_is_not_written_over_the_typing(world: World) -> None:
    world.edit(A, "status: unassigned", "status: que")
    world.advance(1.0)
    saved = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=critical",))
    world.advance(20.0)
    assert world.read(A) == saved
    world.edit(A, "status: que\n", "status: queued\n")
    world.settle()
    assert (world.field(A, "status"), world.field(A, "priority")) == ("queued", "critical")


def test_removing_a_line_clears_an_optional_key_and_brings_back_a_needed_one(world: World) -> None:
    world.edit(A, "priority: medium", "priority: medium\nrole: coder")
    world.settle()
    world.edit(A, "role: coder\n", "")
    world.edit(A, "priority: medium\n", "")
    world.settle()
    assert world.at(A).role is None
    assert world.field(A, "priority") == "medium"
    assert "role" not in world.read(A)


def test_074_a_changed_id_is_put_back_and_said_so(world: World) -> None:
    known = world.at(A).id
    world.edit(A, known, "i-0000")
    world.settle()
    assert world.field(A, "id").startswith(f"{known} # dispatchd:")
    assert len(world.happened("IssueOpened")) == 1


def test_a_removed_id_comes_back(world: World) -> None:
    known = world.at(A).id
    world.edit(A, f"id: {known}\n", "")
    world.settle()
    assert world.field(A, "id") == known
    assert len(world.happened("IssueOpened")) == 1


def test_the_rev_is_put_back_silently(world: World) -> None:
    rev = world.field(A, "rev")
    world.edit(A, rev, "r00000000")
    world.edit(A, "status: unassigned", "status: queued")
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert "dispatchd:" not in world.read(A)


def test_edit_save_edit_back_save_is_two_changes(world: World) -> None:
    world.edit(A, "priority: medium", "priority: high")
    world.advance(1.0)
    world.edit(A, "priority: high", "priority: medium")
    world.settle()
    assert [(event.before, event.after) for event in world.happened("FactSet")] == [
        ("medium", "high"),
        ("high", "medium"),
    ]


@pytest.mark.parametrize("seconds", [0.5, 3.0, 100.0])
@pytest.mark.parametrize("how", ["emptied", "without front matter", "without rev"])
def test_what_was_taken_out_and_put_back_is_there_again(world: World, how: str, seconds: float) -> None:
    before = world.read(A)
    rev = f"rev: {world.field(A, 'rev')}\n"
    after = {
        "emptied": "",
        "without front matter": "Other text\n",
        "without rev": before.replace(rev, "").replace("Second line\n\n", ""),
    }
    world.save(A, after[how])
    world.advance(seconds)
    world.save(A, before)
    world.settle()
    assert world.read(A) == before or world.read(A).partition("---\n\n")[2] == before.partition("---\n\n")[2]
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert not world.happened("ThreadOpened")


def test_a_fact_set_while_the_front_matter_was_away_stays(world: World) -> None:
    before = world.read(A)
    world.save(A, "Other text\n")
    world.settle()
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=critical",))
    world.settle()
    world.save(A, before)
    world.settle()
    assert world.at(A).priority is Priority.CRITICAL
    assert "First line\n\nSecond line" in world.read(A)


def test_033_a_stale_buffer_keeps_what_the_daemon_changed_meanwhile(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=critical", "labels+=auth"))
    world.settle()
    world.save(A, buffer.replace("Second line", "Second line, longer"))
    world.settle()
    assert world.at(A).priority is Priority.CRITICAL
    assert world.at(A).labels == ("auth",)
    assert world.field(A, "priority") == "critical"
    assert "Second line, longer" in world.read(A)
    assert not world.happened("ThreadOpened")


def test_034_two_values_for_one_fact_keep_the_persons_and_show_the_other(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=critical",))
    world.settle()
    world.save(A, buffer.replace("priority: medium", "priority: low"))
    world.settle()
    assert world.at(A).priority is Priority.LOW
    (thread,) = world.happened("ThreadOpened")
    assert "critical" in thread.thread.turns[0].text
    assert "low" in thread.thread.turns[0].text


def test_labels_of_a_stale_buffer_and_of_others_are_united(world: World) -> None:
    world.edit(A, "priority: medium", "priority: medium\nlabels: [one, two]")
    world.settle()
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("labels+=three", "labels-=one"))
    world.settle()
    world.save(A, buffer.replace("[one, two]", "[one, two, four]"))
    world.settle()
    assert set(world.at(A).labels) == {"two", "three", "four"}


def test_two_edits_of_different_paragraphs_are_both_there(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.settle()
    world.edit(A, "First line", "First line, by one")
    world.settle()
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=low",))
    world.settle()
    world.save(A, buffer.replace("Third line", "Third line, by another"))
    world.settle()
    assert "First line, by one" in world.read(A)
    assert "Third line, by another" in world.read(A)
    assert not world.happened("ThreadOpened")


def test_two_edits_of_one_paragraph_keep_the_last_and_put_the_other_into_a_thread(world: World) -> None:
    buffer = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.settle()
    world.edit(A, "Second line", "Second line as one has it")
    world.settle()
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=low",))
    world.settle()
    world.save(A, buffer.replace("Second line", "Second line as another has it"))
    world.settle()
    assert "as another has it" in world.read(A)
    (path,) = world.paths("inbox/")
    assert "Second line as one has it" in world.read(path)
    assert "Second line as another has it" in world.read(path)
    world.edit(path, "- [ ] Keep what stands", "- [x] Keep what stands")
    world.settle()
    assert world.paths("inbox/") == []


def test_071_another_editors_quoting_and_order_is_no_event_and_stays(world: World) -> None:
    events = len(world.events())
    text = world.read(A).replace("status: unassigned\n", "").replace("priority: medium", 'priority: "medium"')
    world.save(A, text.replace("mood: good # mine\n", "mood: good # mine\nstatus:   'unassigned'\n"))
    saved = world.read(A)
    world.settle()
    assert world.read(A) == saved
    assert len(world.events()) == events + len(world.happened("ProseRevised"))
    assert world.on_branch(A) == saved


def test_040_the_same_bytes_saved_again_are_nothing(world: World) -> None:
    events, commits = len(world.events()), len(world.commits())
    for _ in range(3):
        world.save(A, world.read(A), by_rename=True)
        world.advance(3.0)
    world.settle()
    assert (len(world.events()), len(world.commits())) == (events, commits)
