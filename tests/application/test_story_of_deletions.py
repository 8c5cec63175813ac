import pytest

from dispatchd.application.ports.dispatch_tree import TreeGone
from dispatchd.application.removal import ALL_OF_THEM, RESTORE_THEM
from dispatchd.application.requests.request import Verb
from dispatchd.application.restoring import restore_all
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.proposal import ProposalStatus
from dispatchd.domain.thread import ThreadStatus
from tests.application.world import World
from tests.fakes.instant_store import run

A, B, C = "issues/a.md", "issues/b.md", "issues/c.md"


def issue(number: str, text: str = "Text") -> str:
    return f"---\nid: i-{number}\ntitle: Issue {number}\n---\n\n{text} {number}\n"


@pytest.fixture(autouse=True)
def _issues(world: World) -> None:
    world.save(A, issue("aaaa"))
    world.save(B, issue("bbbb"))
    world.settle()


def test_a_deleted_open_issue_is_cancelled_and_restored_on_request(world: World) -> None:
    before = world.read(A)
    world.delete(A)
    world.settle()
    assert world.entity("i-aaaa").removed
    assert world.entity("i-aaaa").status is IssueStatus.CANCELLED
    assert world.on_branch(A) is None
    world.ask(Verb.RESTORE, id="i-aaaa")
    world.settle()
    assert world.read(A) == before
    assert world.at(A).status is IssueStatus.UNASSIGNED


def test_a_file_that_is_away_at_every_look_and_was_there_in_between_is_not_gone(world: World) -> None:
    text = world.read(A)
    world.delete(A)
    for _ in range(8):
        world.advance(1.5)
        world.hint(A)  # an editor has put it back and taken it away again
    assert not world.entity("i-aaaa").removed
    world.save(A, text)
    world.settle()
    assert not world.entity("i-aaaa").removed


def test_a_file_is_not_gone_before_what_the_watcher_heard_meanwhile_was_listened_to(world: World) -> None:
    world.delete(A)
    world.round()
    world.session.observing.listened = world.clock.monotonic()
    world.pass_time(60)
    run(world.session.take())
    assert not world.entity("i-aaaa").removed
    world.session.observing.listened = world.clock.monotonic()
    run(world.session.take())
    assert world.entity("i-aaaa").removed


def test_a_deleted_finished_issue_only_loses_its_file(world: World) -> None:
    world.edit(A, "unassigned", "done")
    world.settle()
    world.delete(A)
    world.settle()
    assert world.entity("i-aaaa").status is IssueStatus.DONE
    assert world.entity("i-aaaa").removed


def test_a_deleted_file_that_is_saved_again_is_the_same_issue(world: World) -> None:
    text = world.read(A)
    world.delete(A)
    world.settle()
    world.save(C, text)
    world.settle()
    assert world.at(C).id == "i-aaaa"
    assert world.at(C).status is IssueStatus.UNASSIGNED
    assert not world.entity("i-aaaa").removed


def test_what_a_deletion_means_is_each_kinds_own(world: World) -> None:
    world.save(
        "epics/e.md", "---\nid: e-3fq9\nstatus: ready\n---\n\n## Stages\n\n### One\n\nGate: approval\n"
    )
    world.save("proposals/p.md", '---\nid: p-9xw4\nvoters: ["@alice"]\n---\nText\n')
    asked = world.ask(Verb.ASK, speaker="ash", question="Which?", options=("x", "y"))
    world.settle()
    thread = asked["subject"]
    (inbox,) = world.paths("inbox/")
    world.edit(A, "status: unassigned", "status: unassigned\nepic: e-3fq9")
    world.settle()
    world.delete("epics/e.md", "proposals/p.md", inbox)
    world.settle()
    assert world.entity("e-3fq9").status is EpicStatus.CANCELLED
    assert world.entity("p-9xw4").status is ProposalStatus.WITHDRAWN
    assert world.entity(thread).status is ThreadStatus.DISMISSED
    assert not world.entity("i-aaaa").removed


def test_an_agents_card_the_config_and_a_decision_come_back_with_a_notice(world: World) -> None:
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.save("proposals/p.md", '---\nvoters: ["@alice"]\n---\nText\n')
    world.settle()
    world.edit("proposals/p.md", "### @alice\n\n- [ ] Approve", "### @alice\n\n- [x] Approve")
    world.settle()
    (decision,) = world.paths("decisions/")
    kept = {path: world.read(path) for path in ("agents/ash/agent.md", "config.toml", decision)}
    inbox = len(world.paths("inbox/"))
    world.delete(*kept)
    world.settle()
    assert {path: world.read(path) for path in kept} == kept
    assert len(world.paths("inbox/")) == inbox + 3


def test_a_context_file_is_gone_when_it_is_deleted(world: World) -> None:
    world.save("context/house.md", "How we work\n")
    world.settle()
    assert world.on_branch("context/house.md") == "How we work\n"
    world.delete("context/house.md")
    world.settle()
    assert world.on_branch("context/house.md") is None
    assert world.paths("context/") == []


def test_an_agent_cannot_bring_back_what_a_person_deleted(world: World) -> None:
    world.delete(A)
    world.settle()
    with pytest.raises(Rejected):
        world.ask(Verb.RESTORE, speaker="ash", id="i-aaaa")


def many(world: World, count: int = 20) -> list[str]:
    paths = [f"issues/many/{number}.md" for number in range(count)]
    for number, path in enumerate(paths):
        world.save(path, issue(f"xx{number:02}"))
    world.settle()
    return paths


def answer(world: World, option: str) -> None:
    (path,) = world.paths("inbox/")
    world.edit(path, f"- [ ] {option}", f"- [x] {option}")
    world.settle()


def test_mass_deletion_stops_and_asks_and_restores_them(world: World) -> None:
    paths = many(world)
    texts = {path: world.read(path) for path in paths}
    world.delete(*paths)
    world.settle()
    assert not world.happened("EntityRemoved")
    answer(world, RESTORE_THEM)
    assert {path: world.read(path) for path in paths} == texts
    assert not world.happened("EntityRemoved")


def test_mass_deletion_is_done_when_a_person_says_so(world: World) -> None:
    paths = many(world)
    world.delete(*paths)
    world.settle()
    answer(world, ALL_OF_THEM)
    assert len(world.happened("EntityRemoved")) == 20
    assert all(world.on_branch(path) is None for path in paths)


def test_deletions_one_after_the_other_within_ten_seconds_are_taken_back_and_asked_about(
    world: World,
) -> None:
    paths = many(world)
    for path in paths:
        world.delete(path)
        world.advance(0.4)
    world.settle()
    standing = [f"i-xx{number:02}" for number in range(20) if not world.entity(f"i-xx{number:02}").removed]
    assert len(standing) == 20
    answer(world, RESTORE_THEM)
    assert world.paths("issues/many/") == sorted(paths)


def test_files_that_come_back_by_themselves_end_the_question(world: World) -> None:
    paths = many(world)
    texts = {path: world.read(path) for path in paths}
    world.delete(*paths)
    world.settle()
    assert len(world.paths("inbox/")) == 1
    for path, text in texts.items():
        world.save(path, text)
    world.settle()
    assert world.paths("inbox/") == []
    assert not world.happened("EntityRemoved")


def test_what_was_deleted_comes_back_with_its_text_where_another_file_has_its_place(world: World) -> None:
    world.edit(A, "Text", "Text that was long and dear")
    world.settle()
    text = world.read(A)
    world.delete(A)
    world.settle()
    world.save(A, "Something else\n")
    world.settle()
    world.ask(Verb.RESTORE, id="i-aaaa")
    world.settle()
    path = next(path for path in world.paths("issues/") if "id: i-aaaa" in world.read(path))
    assert path != A
    assert world.read(path) == text
    assert "Something else" in world.read(A)


def test_an_emptied_folder_of_five_asks_too(world: World) -> None:
    paths = many(world, 5)
    world.delete(*paths)
    world.settle()
    assert not world.happened("EntityRemoved")
    answer(world, RESTORE_THEM)


def test_a_few_deletions_in_peace_are_deletions(world: World) -> None:
    paths = many(world, 12)
    for path in paths[:8]:
        world.delete(path)
        world.advance(15.0)
    world.settle()
    assert len(world.happened("EntityRemoved")) == 8


def test_035_an_edit_beats_a_deletion(world: World) -> None:
    world.delete(A)
    world.advance(1.0)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=critical",))
    world.settle()
    assert world.entity("i-aaaa").priority == "critical"


def test_deleting_what_an_agent_works_on_brings_it_back_with_a_question(world: World) -> None:
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.edit(A, "status: unassigned", "status: queued\nassignee: ash")
    world.settle()
    world.edit(A, "status: assigned", "status: in_progress")
    world.settle()
    world.delete(A)
    world.settle()


def test_049_a_tree_that_is_gone_halts_everything_and_deletes_nothing(world: World) -> None:
    tree = world.tree
    folder, name = tree.disk.parent("/work/.dispatch")
    root = folder.entries[name]
    tree.remove_root()
    with pytest.raises(TreeGone):
        world.scan()
    tree.disk.place(folder, name, root)
    world.scan()
    world.settle()
    assert not world.happened("EntityRemoved")


def test_049_a_tree_that_goes_file_by_file_before_its_folder_leaves_no_questions_when_it_is_restored(
    world: World,
) -> None:
    world.save("README.md", "How it works.\n")
    paths = [f"issues/many/{number}.md" for number in range(12)]
    for path in paths:
        world.save(path, f"Text of {path}\n")
    world.settle()
    texts = {path: world.read(path) for path in paths}
    world.delete("README.md", *paths)
    world.advance(5.0)
    assert world.paths("inbox/")
    folder, name = world.tree.disk.parent("/work/.dispatch")
    root = folder.entries[name]
    world.tree.remove_root()
    with pytest.raises(TreeGone):
        world.scan()
    world.tree.disk.place(folder, name, root)
    run(restore_all(world.session))
    world.scan()
    world.settle()
    assert world.paths("inbox/") == []
    assert {path: world.read(path) for path in paths} == texts
    assert not world.happened("EntityRemoved")
    for path in ("README.md", *paths):
        world.deleted.discard(path)
