import itertools

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

LOGIN = "issues/login timeout.md"


def test_a_dropped_file_becomes_an_issue_below_its_facts_with_its_text_and_name_untouched(
    world: World,
) -> None:
    world.save(LOGIN, "Login times out on slow networks\n")
    world.settle()
    head, _, body = world.read(LOGIN).partition("---\n\n")
    assert [line.partition(":")[0] for line in head.splitlines()[1:]] == [
        "id",
        "title",
        "status",
        "priority",
        "created",
        "rev",
    ]
    assert body == "Login times out on slow networks\n"
    assert world.at(LOGIN).title == "login timeout"
    assert world.subjects()[0].startswith("Alice Doe: Alice Doe opens i-")


def test_a_new_file_is_left_alone_until_it_has_been_quiet_for_two_seconds(world: World) -> None:
    for number in range(12):
        world.save(LOGIN, "word " * (number + 1))
        world.advance(1.0)
        assert world.read(LOGIN) == "word " * (number + 1)
    assert world.events() == []
    world.settle()
    assert len(world.happened("IssueOpened")) == 1


def test_024_an_empty_file_is_not_taken_for_anything_until_it_has_text(world: World) -> None:
    world.save(LOGIN, "")
    world.advance(30.0)
    assert world.events() == []
    world.save(LOGIN, "Now there is text\n")
    world.settle()
    assert len(world.happened("IssueOpened")) == 1


def test_a_state_the_file_already_has_is_taken_as_it_is(world: World) -> None:
    world.save(LOGIN, "---\nstatus: fixed\ntitle: Fix #123 for real\n---\nText\n")
    world.settle()
    assert world.at(LOGIN).status is IssueStatus.DONE
    assert world.at(LOGIN).title == "Fix #123 for real"


def test_a_well_formed_unknown_id_is_kept_and_a_foreign_one_becomes_the_source(world: World) -> None:
    world.save("issues/own.md", "---\nid: i-7k2m\n---\nA\n")
    world.save("issues/other.md", "---\nid: TASK-12\n---\nB\n")
    world.settle()
    assert world.at("issues/own.md").id == "i-7k2m"
    assert world.at("issues/other.md").source == "TASK-12"
    assert world.at("issues/other.md").id.startswith("i-")


def test_a_value_that_is_no_word_is_answered_on_its_line_and_the_rest_is_taken(world: World) -> None:
    world.save(LOGIN, "---\nstatus: purple\npriority: high\n---\nText\n")
    world.settle()
    assert world.at(LOGIN).priority == "high"
    assert world.at(LOGIN).status is IssueStatus.UNASSIGNED
    assert "# dispatchd:" in world.field(LOGIN, "status")


def test_a_slip_in_a_new_file_is_answered_with_the_word_that_was_meant(world: World) -> None:
    world.save(LOGIN, "---\npriority: hgih\n---\nText\n")
    world.settle()
    assert (
        world.read(LOGIN).count('priority: medium # dispatchd: did you mean high? "hgih" is no priority\n')
        == 1
    )


def test_files_that_name_each_other_are_adopted_together_whatever_their_order(world: World) -> None:
    world.save("issues/a.md", "---\nid: i-aaaa\ndepends_on: [i-bbbb]\nepic: e-3fq9\n---\nA\n")
    world.save("issues/b.md", "---\nid: i-bbbb\n---\nB\n")
    world.save("epics/e.md", "---\nid: e-3fq9\n---\nE\n")
    world.settle()
    assert world.at("issues/a.md").depends_on == ("i-bbbb",)
    assert world.at("issues/a.md").epic == "e-3fq9"
    assert world.problems() == []


def test_a_reference_to_nothing_is_left_out_and_answered_in_the_file(world: World) -> None:
    world.save("issues/a.md", "---\ndepends_on: [i-zzzz]\n---\nA\n")
    world.settle()
    assert world.at("issues/a.md").depends_on == ()
    assert "dispatchd: " in world.read("issues/a.md")
    assert "i-zzzz" in world.read("issues/a.md")


def test_one_reference_to_nothing_does_not_take_the_others_with_it(world: World) -> None:
    world.save("issues/b.md", "---\nid: i-bbbb\n---\nB\n")
    world.save("issues/a.md", "---\ndepends_on: [i-bbbb, i-zzzz]\n---\nA\n")
    world.settle()
    assert world.at("issues/a.md").depends_on == ("i-bbbb",)
    assert "i-zzzz" in world.read("issues/a.md")


def test_a_chain_of_new_files_is_adopted_in_one_round_whatever_their_names(world: World) -> None:
    ids = [f"i-{number:04}" for number in range(40)]
    for number, (one, before) in enumerate(itertools.pairwise(ids)):
        world.save(
            f"issues/{number:02}.md", f"---\nid: {one}\ndepends_on: [{before}, {ids[-1]}]\n---\nText\n"
        )
    world.save("issues/40.md", f"---\nid: {ids[-1]}\n---\nText\n")
    world.advance(2.3)
    assert len(world.happened("IssueOpened")) == 40
    assert not world.happened("EditRefused")
    assert world.at("issues/00.md").depends_on == (ids[1], ids[-1])
    world.settle()


def test_members_of_a_set_that_name_nothing_count_for_nothing_and_stay(world: World) -> None:
    for number in ("aaaa", "bbbb", "cccc"):
        world.save(f"issues/{number}.md", f"---\nid: i-{number}\ndepends_on: []\n---\nText\n")
    world.settle()
    path = "issues/aaaa.md"
    world.edit(path, "depends_on: []", "depends_on: [i-bbbb, i-zzzz, TASK-9, i-cccc]")
    world.settle()
    assert world.at(path).depends_on == ("i-bbbb", "i-cccc")
    line = next(line for line in world.read(path).splitlines() if line.startswith("depends_on"))
    assert line.startswith("depends_on: [i-bbbb, i-zzzz, TASK-9, i-cccc] # dispatchd: ")
    assert "i-zzzz" in line
    assert "TASK-9" in line


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_057_line_endings_marks_and_the_missing_last_newline_stay(
    world: World, ending: str, mark: str
) -> None:
    body = ending.join(["One", "", "two  ", "- [ ] theirs"])
    world.save(LOGIN, (mark + body).encode())
    world.settle()
    world.edit(LOGIN, "status: unassigned", "status: queued")
    world.settle()
    text = world.read(LOGIN)
    assert text.startswith(mark + "---")
    assert text.endswith(body)
    assert ("\r\n" in text) == (ending == "\r\n")
    assert text.count("\n") == text.count(ending)


def test_a_file_in_no_known_folder_a_template_and_a_dropping_are_left_as_they_are(world: World) -> None:
    for path in ("notes.md", "issues/_template.md", "issues/.a.md.swp", "issues/README.md"):
        world.save(path, "Text\n")
    world.settle()
    assert not world.happened("IssueOpened")
    assert all(
        world.read(path) == "Text\n" for path in ("notes.md", "issues/_template.md", "issues/README.md")
    )


def test_a_message_dropped_into_an_agents_inbox_waits_for_send(world: World) -> None:
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.settle()
    path = "agents/ash/inbox/please.md"
    world.save(path, "Please look at the mail queue first.\n")
    world.settle()
    assert "- [ ] Send" in world.read(path)
    world.edit(path, "- [ ] Send", "- [x] Send")
    world.settle()
    assert [turn.text for turn in world.at(path).turns] == ["Please look at the mail queue first."]


def test_every_kind_of_document_is_adopted_from_a_plain_text(world: World) -> None:
    paths = {"issues/a.md": "i-", "epics/b.md": "e-", "proposals/c.md": "p-"}
    for path in paths:
        world.save(path, f"Text of {path}\n")
    world.settle()
    for path, prefix in paths.items():
        assert world.at(path).id.startswith(prefix)
        assert f"Text of {path}\n" in world.read(path)


def test_a_parent_that_is_nowhere_is_answered_like_any_other_fact(world: World) -> None:
    world.save("issues/a.md", "---\nid: i-7k2m\nparent: i-zzzz\n---\n\nA\n")
    world.settle()
    assert "no issue is called i-zzzz" in world.field("issues/a.md", "parent")
    assert world.entity("i-7k2m").parent is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-10:00", "9999-12-31", "soon"])
@pytest.mark.parametrize("key", ["created", "deadline"])
def test_a_moment_outside_the_calendar_ends_nothing(world: World, key: str, text: str) -> None:
    world.save("proposals/p.md", f"---\ntitle: P\n{key}: {text}\n---\n\nWhy\n")
    world.commit({"proposals/q.md": f"---\ntitle: Q\n{key}: {text}\n---\n\nWhy\n"})
    world.settle()
    assert len(world.happened("ProposalOpened")) + len(world.problems()) >= 2
    assert "Why" in world.read("proposals/p.md")
