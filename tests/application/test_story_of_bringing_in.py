from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dispatchd.application.imports.answer import ItemState, Outcome
from dispatchd.application.requests.carrying_out import carry_out
from dispatchd.application.requests.import_requests import import_request, outcomes_in
from dispatchd.application.requests.request import NotUnderstood, Request, Verb
from dispatchd.documents.foreign.item import Becomes, ForeignComment, ForeignItem, KeptFact
from dispatchd.documents.foreign.wording import tidy
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import IssueStatus, Priority
from dispatchd.reconcile.import_order import LaterEdge, Portion, order_items
from tests.application.world import World
from tests.fakes.instant_store import run

LONG_AGO = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


def item(number: str, **facts: Any) -> ForeignItem:
    becomes = facts.pop("becomes", Becomes.ISSUE)
    kept = tuple(KeptFact(key=key, text=text) for key, text in facts.pop("kept", {}).items())
    return ForeignItem(
        source=f"beads:{number}",
        becomes=becomes,
        path="issues.jsonl",
        line=1,
        title=facts.pop("title", f"Title of {number}"),
        kept=kept,
        **facts,
    )


def bring(world: World, *items: ForeignItem, dry_run: bool = False) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for portion in order_items(items).portions:
        request = import_request(portion, dry_run=dry_run)
        for outcome in outcomes_in(run(carry_out(world.session, request))):
            found[outcome.source.partition(":")[2]] = outcome
    world.settle()
    return found


def test_an_issue_comes_with_its_facts_its_text_and_what_has_no_place(world: World) -> None:
    came = bring(
        world,
        item(
            "1",
            body="What",
            created=LONG_AGO,
            type="bug",
            status="open",
            priority="P1",
            labels=("a", "a", "b"),
            assignees=("@Alice", "robo"),
            kept={"ordinal": "3"},
            comments=(ForeignComment(by="bob", text="Hm", at=LONG_AGO),),
        ),
    )
    made = world.entity(came["1"].id)
    assert (made.type, made.status, made.priority) == ("bug", IssueStatus.UNASSIGNED, Priority.HIGH)
    assert (made.labels, made.assignee, made.created, made.source) == (
        ("a", "b"),
        "alice",
        LONG_AGO,
        "beads:1",
    )
    (path,) = world.paths("issues/")
    assert world.read(path).partition("---\n\n")[2] == (
        "What\n\n## From beads\n\n- ordinal: 3\n- assignee: robo\n\n"
        "### Comments\n\n**bob**, 2025-03-04 05:06Z\n\n> Hm\n"
    )
    assert came["1"].kept == ("ordinal", "assignee", "comments")


def test_everything_is_by_whoever_imports_in_few_commits_and_a_further_look_finds_nothing(
    world: World,
) -> None:
    bring(world, *(item(str(number), body="Text") for number in range(60)))
    made = world.commits()
    assert {commit.author.name for commit in made} == {"Alice Doe"}
    assert len(made) <= 2
    events = len(world.events())
    world.scan()
    world.settle()
    assert len(world.events()) == events == 60


def test_a_second_import_adds_only_what_is_new_and_touches_nothing_that_was_changed_here(
    world: World,
) -> None:
    bring(world, item("1", body="Text", priority="low"))
    (path,) = world.paths("issues/")
    world.edit(path, "priority: low", "priority: critical")
    world.edit(path, "Text", "Mine")
    world.settle()
    again = bring(world, item("1", title="Other", body="Other"), item("2", depends_on=("beads:1",)))
    assert [again[number].state for number in "12"] == [ItemState.HERE, ItemState.IMPORTED]
    assert world.at(path).priority is Priority.CRITICAL
    assert "Mine" in world.read(path)
    assert world.entity(again["2"].id).depends_on == (again["1"].id,)


def test_what_was_deleted_here_does_not_come_back(world: World) -> None:
    came = bring(world, item("1"), item("2", epic="beads:e"), item("e", becomes=Becomes.EPIC))
    world.delete(*(path for path in world.paths() if came["1"].id in path or came["e"].id in path))
    world.settle()
    again = bring(world, item("1"), item("e", becomes=Becomes.EPIC), item("3", epic="beads:e"))
    assert (again["1"].state, again["e"].state) == (ItemState.HERE, ItemState.HERE)
    assert world.entity(again["3"].id).epic is None
    assert again["3"].kept == ("epic",)


def test_nothing_begins_by_itself(world: World) -> None:
    came = bring(world, item("1", status="ready"), item("2", status="assigned", assignees=("alice",)))
    assert {world.entity(each.id).status for each in came.values()} == {IssueStatus.UNASSIGNED}
    assert [note.what for note in came["1"].notes] == ["an import starts nothing: it is unassigned here"]
    assert came["1"].kept == ("status",)


def test_words_nobody_knows_are_kept_and_a_type_becomes_a_label(world: World) -> None:
    came = bring(world, item("1", type="molecule", status="hooked", priority="someday"))
    made = world.entity(came["1"].id)
    assert (made.type, made.labels, made.status) == ("feature", ("molecule",), IssueStatus.UNASSIGNED)
    assert came["1"].kept == ("type", "status", "priority")


def test_what_is_finished_stands_in_the_archive_from_the_beginning(world: World) -> None:
    came = bring(world, item("1", status="closed", closed=LONG_AGO, title="Done"))
    assert world.paths("issues/") == []
    assert world.paths("archive/") == [f"archive/2025/03/{came['1'].id}-done.md"]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("open", EpicStatus.DRAFT),
        ("draft", EpicStatus.DRAFT),
        ("ready", EpicStatus.DRAFT),
        ("in_progress", EpicStatus.READY),
        ("closed", EpicStatus.COMPLETED),
        ("cancelled", EpicStatus.CANCELLED),
        ("odd", EpicStatus.DRAFT),
    ],
)
def test_an_epic_is_as_far_as_it_was(world: World, word: str, status: EpicStatus) -> None:
    came = bring(world, item("e", becomes=Becomes.EPIC, status=word))
    assert world.entity(came["e"].id).status is status


def test_an_epic_has_no_stages_from_elsewhere(world: World) -> None:
    body = tidy("## Stages\n\n### Build\n\nGate: approval: Is it good?\n", "beads")
    came = bring(
        world, item("e", becomes=Becomes.EPIC, body=body, status="in_progress"), item("1", epic="beads:e")
    )
    assert world.entity(came["1"].id).epic == came["e"].id
    assert world.entity(came["e"].id).status is EpicStatus.IN_PROGRESS
    (path,) = world.paths("epics/")
    world.edit(path, "Is it good?", "Is it better?")
    world.settle()
    assert world.entity(came["e"].id).stages == ()


def test_a_reference_to_what_is_not_here_is_kept_and_told(world: World) -> None:
    came = bring(world, item("1", depends_on=("beads:gone",), parent="beads:lost"))
    assert world.entity(came["1"].id).depends_on == ()
    assert sorted(note.detail for note in came["1"].notes) == ["depends on beads:gone", "part of beads:lost"]
    assert "- depends on: gone" in world.read(world.paths("issues/")[0])


def test_a_whole_that_waits_for_its_parts_is_linked_both_ways(world: World) -> None:
    came = bring(world, item("whole", depends_on=("beads:part",)), item("part", parent="beads:whole"))
    assert world.entity(came["whole"].id).depends_on == (came["part"].id,)
    assert world.entity(came["part"].id).parent == came["whole"].id
    assert all(outcome.notes == () for outcome in came.values())


def test_a_file_of_theirs_that_was_adopted_before_is_here_already(world: World) -> None:
    world.save("issues/old.md", "---\nid: bd-7\ntitle: Old\n---\nText\n")
    world.settle()
    came = bring(world, item("bd-7"), item("bd-8", depends_on=("beads:bd-7",)))
    assert came["bd-7"].state is ItemState.HERE
    assert world.entity(came["bd-8"].id).depends_on == (world.at("issues/old.md").id,)


def paper(number: str, place: str) -> ForeignItem:
    source = f"beads:{number}"
    body = f'---\nsource: "{source}"\nid: x\n---\nText\n'
    return replace(item(number, becomes=Becomes.DOCUMENT, body=body, place=place), source=source)


def test_a_document_goes_to_context_and_is_known_again_wherever_it_was_moved(world: World) -> None:
    first = paper("doc-1", "context/beads/doc-1.md")
    assert bring(world, first)["doc-1"].id == "context/beads/doc-1.md"
    assert world.read("context/beads/doc-1.md") == first.body
    assert bring(world, first)["doc-1"].state is ItemState.HERE
    world.rename("context/beads/doc-1.md", "context/guide.md")
    world.settle()
    assert bring(world, first)["doc-1"].id == "context/guide.md"
    other = bring(world, paper("doc-2", "context/guide.md"))["doc-2"]
    assert other.id == "context/guide-2.md"


def test_a_document_that_was_deleted_here_does_not_come_back(world: World) -> None:
    bring(world, paper("doc-1", "context/doc-1.md"))
    world.delete("context/doc-1.md")
    world.settle()
    assert bring(world, paper("doc-1", "context/doc-1.md"))["doc-1"].state is ItemState.HERE
    assert world.paths("context/") == []


def test_a_document_has_its_place_in_context_and_nowhere_else(world: World) -> None:
    for place in ("config.toml", "issues/x.md", "../../etc/passwd", "context/README.md"):
        came = bring(world, paper("doc-1", place))
        assert came["doc-1"].state is ItemState.SKIPPED, place
    assert world.events() == []


def test_a_look_beforehand_says_the_same_and_changes_nothing(world: World) -> None:
    items = [
        item("1", depends_on=("beads:2", "beads:gone"), type="molecule", kept={"x": "y"}),
        item("2", epic="beads:e"),
        item("e", becomes=Becomes.EPIC),
        paper("doc-1", "context/doc-1.md"),
    ]
    before = bring(world, *items, dry_run=True)
    assert world.events() == []
    assert world.paths() == ["config.toml"]
    after = bring(world, *items)
    for number, outcome in after.items():
        assert replace(before[number], id="") == replace(outcome, id="")


def test_a_killed_import_goes_on_where_it_was(world: World) -> None:
    first, rest = item("1"), [item("2", depends_on=("beads:1",)), item("3")]
    request = import_request(order_items([first]).portions[0], dry_run=False)
    run(carry_out(world.session, request))
    world.restart()
    came = bring(world, first, *rest)
    assert [came[number].state.value for number in "123"] == ["here", "imported", "imported"]
    assert len(world.paths("issues/")) == 3


def test_an_agent_imports_nothing(world: World) -> None:
    portion = order_items([item("1")]).portions[0]
    request = replace(import_request(portion, dry_run=False), speaker="ash")
    with pytest.raises(Rejected, match="a person imports"):
        run(carry_out(world.session, request))


def test_what_is_no_portion_is_refused_in_words(world: World) -> None:
    spoilt: tuple[dict[str, Any], ...] = ({}, {"portion": {"items": [{"source": 5}]}}, {"portion": []})
    for arguments in spoilt:
        with pytest.raises(NotUnderstood, match="no portion of an import"):
            run(carry_out(world.session, Request(verb=Verb.IMPORT, arguments=arguments)))


def test_what_the_rules_refuse_is_left_out_with_their_words(world: World) -> None:
    came = bring(world, item("1", title=" "), item("2"))
    assert came["1"].state is ItemState.SKIPPED
    assert "an issue needs one" in came["1"].why
    assert came["2"].state is ItemState.IMPORTED


def test_an_edge_that_the_rules_refuse_is_kept_in_the_text(world: World) -> None:
    edges = (
        LaterEdge(subject="beads:1", key="parent", target="beads:1"),
        LaterEdge(subject="beads:1", key="depends_on", target="beads:gone"),
        LaterEdge(subject="beads:elsewhere", key="parent", target="beads:1"),
    )
    request = import_request(Portion(items=(item("1"),), later=edges), dry_run=False)
    (came,) = outcomes_in(run(carry_out(world.session, request)))
    world.settle()
    assert [note.detail.partition(":")[0] for note in came.notes] == ["parent beads", "depends_on beads"]
    assert "- parent: beads:1\n- depends on: beads:gone\n" in world.read(world.paths("issues/")[0])


def test_dangerous_text_stays_text(world: World) -> None:
    body = tidy(
        "<<<<<<< a\n=======\n>>>>>>> b\n\n## Activity\n\n- 2025-01-01 10:00Z: forged\n\n> dispatchd: hi",
        "beads",
    )
    came = bring(
        world, item("1", title='"quoted": #1 [x] \\', body=body, labels=("a, b", "c: d", "#e", "- f"))
    )
    (path,) = world.paths("issues/")
    made = world.entity(came["1"].id)
    assert made.labels == ("a, b", "c: d", "#e", "- f")
    world.edit(path, "status: unassigned", "status: cancelled")
    world.settle()
    assert world.entity(made.id).status is IssueStatus.CANCELLED
    assert world.entity(made.id).title == made.title
    assert world.entity(made.id).labels == made.labels
    assert body in world.read(path)
    assert world.problems() == []
