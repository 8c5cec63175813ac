"""What is said before a save is what the save is answered with, and asking leaves no trace."""

import pytest

from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.meaning import Foresight, Meaning, Weight
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentPath
from tests.application.who_and_what import alice_here
from tests.application.world import World
from tests.fakes.fake_ids import SeededIds

ISSUE, OTHER, EPIC, PROPOSAL = "issues/login.md", "issues/mail.md", "epics/e.md", "proposals/p.md"


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save("agents/ash/agent.md", "---\nname: ash\n---\n")
    world.save(
        EPIC, "---\nid: e-3fq9\nstatus: ready\n---\n\n# E\n\n## Stages\n\n### One\n\nGate: approval: ok?\n"
    )
    world.save(OTHER, "---\nid: i-2b9x\nstatus: queued\n---\n\nMail\n")
    world.settle()
    world.save(
        ISSUE,
        "---\nid: i-7k2m\ntitle: Login\nstatus: queued\npriority: high\ndepends_on: [i-2b9x]\n---\n\nLogin\n",
    )
    world.save(PROPOSAL, '---\nid: p-9xw4\nvoters: ["@alice", "@bob"]\n---\n\n# P\n')
    world.settle()


def foreseen(world: World, path: str, text: str) -> Meaning:
    def look(work: object) -> Meaning:
        by = Circumstance(
            actor=alice_here(work),  # type: ignore[arg-type]
            at=world.clock.now(),
            provenance=Provenance(channel=Channel.SAVE),
        )
        asked = Foresight(kinds=KINDS, ids=SeededIds(), by=by, work=work)  # type: ignore[arg-type]
        return asked.of(DocumentPath(path), text)

    return world.store.look(look)


EDITS = [
    (ISSUE, "status: queued", "status: in_review"),
    (ISSUE, "status: queued", "status: nonsense"),
    (ISSUE, "status: queued", "status: assigned"),
    (ISSUE, "status: queued", "status: done!"),
    (ISSUE, "status: queued", "status: cancelled"),
    (ISSUE, "priority: high", "priority: hihg"),
    (ISSUE, "priority: high", "priority: low"),
    (ISSUE, "priority: high", "assignee: nobody\npriority: high"),
    (ISSUE, "priority: high", "assignee: ash\npriority: high"),
    (ISSUE, "priority: high", "epic: e-3fq9\nstage: One\npriority: high"),
    (ISSUE, "priority: high", "epic: e-3fq9\nstage: Two\npriority: high"),
    (ISSUE, "priority: high", "epic: e-zzzz\npriority: high"),
    (ISSUE, "[i-2b9x]", "[i-2b9x, i-zzzz]"),
    (ISSUE, "[i-2b9x]", "[i-7k2m]"),
    (ISSUE, "id: i-7k2m", "id: i-0000"),
    (ISSUE, "priority: high", "priority: high\npriority: low"),
    (ISSUE, "priority: high", "mine: {a: b"),
    (OTHER, "status: queued", "status: queued\ndepends_on: i-7k2m"),
    (EPIC, "- [ ] Approve", "- [x] Approve"),
    (EPIC, "- [ ] Reject:", "- [x] Reject:"),
    (EPIC, "- [ ] Approve\n- [ ] Reject:", "- [x] Approve\n- [x] Reject: no"),
    (EPIC, "Gate: approval", "Gate: blessing"),
    (EPIC, "# E", "# Another\n\n```\nGate: approval: in code\n```"),
    (PROPOSAL, "### @bob\n\n- [ ] Approve", "### @bob\n\n- [x] Approve"),
    (PROPOSAL, "### @alice\n\n- [ ] Approve", "### @alice\n\n- [x] Approve"),
]


@pytest.mark.parametrize(("path", "before", "after"), EDITS, ids=[after for _, _, after in EDITS])
def test_what_is_foreseen_is_what_the_save_is_answered_with(
    world: World, path: str, before: str, after: str
) -> None:
    text = world.read(path)
    assert before in text
    text = text.replace(before, after, 1)
    meaning = foreseen(world, path, text)
    said = {(remark.what, remark.hint) for remark in meaning.remarks}
    known = len(world.events())
    world.save(path, text)
    world.settle()
    assert said == {(problem.what, problem.hint) for problem in world.problems()}
    came = {type(recorded.event).__name__ for recorded in world.events()[known:]}
    assert bool(meaning.acts) == bool(came - {"EditRefused", "ProseRevised"})


def test_asking_leaves_no_trace(world: World) -> None:
    before = (world.told(), world.problems(), world.read(EPIC))
    foreseen(world, EPIC, world.read(EPIC).replace("- [ ] Approve", "- [x] Approve"))
    world.settle()
    assert (world.told(), world.problems(), world.read(EPIC)) == before


def test_what_is_still_being_typed_is_no_remark(world: World) -> None:
    for unfinished in ("status: ", "status: qu", "status: in_pro"):
        text = world.read(ISSUE).replace("status: queued", unfinished)
        assert foreseen(world, ISSUE, text).remarks == ()


def test_a_refusal_that_stands_is_said_again_until_its_line_is_mended(world: World) -> None:
    world.edit(ISSUE, "status: queued", "status: in_review")
    world.settle()
    (remark,) = foreseen(world, ISSUE, world.read(ISSUE)).remarks
    assert (remark.key, remark.weight) == ("status", Weight.REFUSED)
    assert "status: queued # dispatchd:" in world.read(ISSUE).splitlines()[remark.line - 1]
    line = world.read(ISSUE).splitlines()[remark.line - 1]
    assert foreseen(world, ISSUE, world.read(ISSUE).replace(line, "status: cancelled")).remarks == ()


def test_a_new_file_is_told_what_of_it_would_be_left_out(world: World) -> None:
    meaning = foreseen(world, "issues/new.md", "---\nstatus: later\nepic: e-zzzz\n---\n\nNew\n")
    assert [remark.line for remark in meaning.remarks] == [2, 3]
    assert all(remark.weight is Weight.REFUSED for remark in meaning.remarks)
    assert foreseen(world, "issues/new.md", "Just text\n").remarks == ()


def test_an_open_end_of_the_front_matter_is_all_that_is_said(world: World) -> None:
    text = world.read(ISSUE).replace("---\n\nLogin", "\nLogin").replace("high", "hihg")
    (remark,) = foreseen(world, ISSUE, text).remarks
    assert remark.weight is Weight.UNREADABLE


def test_a_file_where_none_belongs_and_a_config_are_read_too(world: World) -> None:
    (misplaced,) = foreseen(world, "notes.md", "Hello\n").remarks
    assert "issues/" in misplaced.message
    (broken,) = foreseen(world, "config.toml", "[people\n").remarks
    assert broken.line == 1
