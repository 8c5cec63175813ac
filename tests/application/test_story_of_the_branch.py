import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import IssueStatus
from tests.application.who_and_what import ALICE
from tests.application.world import BOB, World

A, B = "issues/a.md", "issues/b.md"


@pytest.fixture(autouse=True)
def _issues(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n")
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.settle()


def acting(world: World, kind: str) -> list[str]:
    return [
        recorded.circumstance.actor.handle
        for recorded in world.events()
        if type(recorded.event).__name__ == kind
    ]


def test_each_event_stands_in_one_commit_by_its_actor(world: World) -> None:
    world.edit(A, "unassigned", "queued")
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.settle()
    authors = {commit.author.name for commit in world.commits()}
    assert authors == {"Alice Doe", "ash", "dispatchd"}


def test_a_commit_that_arrives_is_an_act_of_its_author(world: World) -> None:
    world.commit({A: world.read(A).replace("unassigned", "queued")}, BOB)
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert acting(world, "IssueMoved") == ["bob"]


def test_a_commit_that_adds_a_file_opens_an_issue_of_its_author_with_the_same_id_everywhere(
    world: World,
) -> None:
    world.commit({"issues/new.md": "New one\n"}, BOB)
    world.settle()
    assert acting(world, "IssueOpened")[-1] == "bob"
    assert world.field("issues/new.md", "id") == world.at("issues/new.md").id


def test_a_persons_commit_of_what_was_already_saved_is_that_same_act(world: World) -> None:
    world.edit(A, "unassigned", "queued")
    world.advance(0.5)
    assert world.at(A).status is IssueStatus.QUEUED
    world.commit({A: world.read(A)}, ALICE, writes_files=False)
    world.settle()
    assert acting(world, "IssueMoved") == ["alice"]


def test_a_persons_commit_made_before_the_save_was_looked_at_is_one_act(world: World) -> None:
    world.edit(A, "unassigned", "queued")
    world.commit({A: world.read(A)}, ALICE, writes_files=False)
    world.settle()
    assert acting(world, "IssueMoved") == ["alice"]


def test_a_persons_commit_is_not_overtaken_by_an_older_text_that_still_waited(world: World) -> None:
    world.ask(Verb.SET, id="i-aaaa", changes=("status=queued",))
    world.round()
    world.edit(A, "Second", "Second, longer")
    world.commit({A: world.read(A)}, ALICE, writes_files=False)
    world.settle()
    assert world.on_branch(A) == world.read(A)


def test_what_was_written_after_a_person_staged_stays_to_be_committed(world: World) -> None:
    world.edit(A, "Second", "Second, longer")
    staged = world.read(A)
    world.ask(Verb.SET, id="i-aaaa", changes=("status=queued",))
    world.advance(0.5)
    world.commit({A: staged}, ALICE, writes_files=False)
    world.settle()
    assert world.field(A, "status") == "queued"
    assert "status: queued" in (world.on_branch(A) or "")


def test_a_commit_and_a_save_of_other_lines_are_both_there(world: World) -> None:
    arrived = world.read(A).replace("First", "First, by Bob")
    world.edit(A, "Second", "Second, by Alice")
    world.settle()
    world.commit({A: arrived.replace("Second", "Second, by Alice")}, BOB)
    world.settle()
    assert "First, by Bob" in world.read(A)
    assert "Second, by Alice" in world.read(A)


def test_a_commit_that_deletes_a_file_deletes(world: World) -> None:
    world.commit({A: None}, BOB)
    world.deleted.add(A)
    world.settle()
    assert world.entity("i-aaaa").removed
    assert acting(world, "EntityRemoved") == ["bob"]


def test_a_commit_that_deletes_very_many_asks_first(world: World) -> None:
    paths = [f"issues/many/{number}.md" for number in range(20)]
    for path in paths:
        world.save(path, f"Text of {path}\n")
    world.settle()
    world.commit(dict.fromkeys(paths), BOB)
    world.settle()
    assert not world.happened("EntityRemoved")
    (inbox,) = world.paths("inbox/")
    world.edit(inbox, "- [ ] Restore them", "- [x] Restore them")
    world.settle()
    assert world.paths("issues/many/") == sorted(paths)


def test_a_refusal_of_what_came_by_commit_is_written_in_the_file(world: World) -> None:
    world.commit({A: world.read(A).replace("unassigned", "in_review")}, BOB)
    world.settle()
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert "dispatchd: kept" in world.read(A)


def test_085_a_travel_through_history_reverses_no_state_but_may_change_prose(world: World) -> None:
    before, head = world.read(A), world.log.head()
    world.edit(A, "unassigned", "queued")
    world.edit(A, "Second", "Second, longer")
    world.settle()
    world.travel(head)
    world.save(A, before)
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert world.field(A, "status") == "queued"
    assert "longer" not in world.read(A)
    assert any("moved through its history" in line for line in world.told())
    assert len(world.happened("IssueMoved")) == 1


def test_a_file_that_git_took_away_on_a_travel_comes_back(world: World) -> None:
    head = world.log.head()
    world.save("issues/later.md", "Later\n")
    world.settle()
    world.travel(head)
    world.tree.delete("issues/later.md")
    world.hints.add(DocumentPath("issues/later.md"))
    world.settle()
    assert not world.happened("EntityRemoved")
    assert "Later\n" in world.read("issues/later.md")


def test_087_a_stash_of_a_file_is_a_travel_of_that_file_alone(world: World) -> None:
    committed = world.read(A)
    world.edit(A, "unassigned", "queued")
    world.settle()
    world.save(A, committed)
    world.branch.person_touches_index()
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert world.field(A, "status") == "queued"


def test_a_commit_that_says_it_reverts_changes_prose_alone(world: World) -> None:
    before = world.read(A)
    world.edit(A, "unassigned", "queued")
    world.edit(A, "Second", "Second, longer")
    world.settle()
    world.commit({A: before}, BOB, is_revert=True)
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert "longer" not in world.read(A)


def test_084_nothing_is_read_or_written_while_git_works_in_the_tree(world: World) -> None:
    world.log.open_operation = "a merge is open in .dispatch"
    world.edit(A, "unassigned", "queued")
    world.ask(Verb.SET, id="i-bbbb", changes=("priority=high",))
    before = world.read(B)
    world.advance(30.0)
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert world.read(B) == before
    world.log.open_operation = None
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert world.field(B, "priority") == "high"


def test_092_commits_by_others_in_a_loop_do_not_keep_ours_away(world: World) -> None:
    for number in range(15):
        world.edit(A, f"priority: {world.field(A, 'priority')}", f"priority: {['high', 'low'][number % 2]}")
        world.commit({"context/notes.md": f"note {number}\n"}, BOB)
        world.advance(0.7)
    world.settle()
    assert len(world.happened("FactSet")) == 15


def test_prose_is_told_once_however_often_its_commit_has_to_wait(world: World) -> None:
    world.edit(A, "Second", "Second, longer")
    world.advance(59.0)
    for number in range(8):
        world.branch.locked_since = world.clock.now()
        world.advance(2.0)
        world.branch.locked_since = None
        world.commit({"context/notes.md": f"note {number}\n"}, BOB)
        world.advance(0.5)
    world.settle()
    assert len(world.happened("ProseRevised")) == 1


def test_the_daemons_commit_holds_the_saved_text_before_its_answer(world: World) -> None:
    world.edit(A, "status: unassigned", "status: in_review")
    saved = world.read(A)
    world.settle()
    texts = [world.log.read(commit.oid, DocumentPath(A)) for commit in world.commits()[-2:]]
    assert texts == [saved.encode(), world.read(A).encode()]


def test_a_config_that_cannot_be_read_stays_and_the_last_good_one_is_in_force(world: World) -> None:
    good = world.read("config.toml")
    world.save("config.toml", good + "[workspace]\ntypes = [\n")
    world.settle()
    assert world.problems()
    (inbox,) = world.paths("inbox/")
    assert "config.toml" in world.read(inbox)
    world.edit(A, "unassigned", "queued")
    world.settle()
    assert acting(world, "IssueMoved") == ["alice"]
    world.save("config.toml", good + '[workspace]\ntypes = ["chapter"]\n')
    world.settle()
    assert world.problems() == []
    assert world.paths("inbox/") == []
    world.edit(A, "title: A", "title: A\ntype: chapter")
    world.settle()
    assert world.at(A).type == "chapter"


def test_a_setting_by_request_goes_into_the_file_and_counts_at_once(world: World) -> None:
    world.ask(Verb.CONFIG_SET, key="workspace.types", value='["chapter"]')
    world.ask(Verb.SET, id="i-aaaa", changes=("type=chapter",))
    world.settle()
    assert world.at(A).type == "chapter"
    assert "chapter" in world.read("config.toml")


def test_053_a_hundred_edits_while_nobody_watches_come_to_what_they_would_have_come_to(world: World) -> None:
    watched = World()
    for each in (world, watched):
        for number in range(60):
            each.save(f"issues/n{number}.md", f"---\nid: i-xx{number:02}\n---\n\nText {number}\n")
        each.settle()
    world.crash()
    for each in (watched, world):
        for number in range(40):
            each.edit(f"issues/n{number}.md", "unassigned", "queued")
            each.edit(f"issues/n{number}.md", f"Text {number}", f"Text {number}, longer")
        for number in range(40, 48):
            each.rename(f"issues/n{number}.md", f"issues/moved/n{number}.md")
        each.delete("issues/n50.md", "issues/n51.md")
        for number in range(10):
            each.save(f"issues/new{number}.md", f"---\nid: i-yy{number:02}\n---\nNew {number}\n")
        if each is watched:
            each.settle()
    world.start()
    world.settle()
    texts = [
        {
            path: [line for line in each.read(path).splitlines() if line[:4] not in {"crea", "rev:"}]
            for path in each.paths("issues/")
            if path not in {A, B}
        }
        for each in (world, watched)
    ]
    assert texts[0] == texts[1]
    facts = [sorted(str(event) for event in each.happened("IssueMoved")) for each in (world, watched)]
    assert facts[0] == facts[1]
    watched.store.remove()


def test_099_starting_again_and_again_adds_nothing(world: World) -> None:
    world.edit(A, "unassigned", "queued")
    world.settle()
    before = (len(world.events()), len(world.commits()))
    for _ in range(10):
        world.restart()
        world.advance(1.0)
    world.settle()
    assert (len(world.events()), len(world.commits())) == before


def test_a_branch_set_back_beneath_files_that_stayed_holds_them_again(world: World) -> None:
    head = world.log.head()
    world.ask(Verb.SET, id="i-aaaa", changes=("status=done",))
    world.settle()
    text = world.read(A)
    world.travel(head)
    world.settle()
    assert world.on_branch(A) == world.read(A) == text
