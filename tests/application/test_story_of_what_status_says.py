"""What the status says of work that stands still."""

from contextlib import closing

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.held import Held
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.status_view import view_of
from dispatchd.application.workspace_status import Running, status_of
from dispatchd.documents.status_document import render_status
from dispatchd.domain.agent_run import Work, WorkPhase
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.starting import obstacles
from tests.application.world import World

EPIC = "epics/e.md"
STAGES = "# Login\n\n## Stages\n\n### Design\n\n- One\n- Two\n\nGate: approval: Right?\n"


def held(world: World) -> list[Held]:
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        return list(status_of(model).held)


def running(world: World) -> list[Running]:
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        return list(status_of(model).running)


def test_a_draft_that_wants_issues_is_mentioned(world: World) -> None:
    world.save(EPIC, f"---\nid: e-3fq9\n---\n\n{STAGES}")
    world.settle()
    assert [(each.id, each.why) for each in held(world)] == [
        ("e-3fq9", "a draft that wants 2 issues; status: ready starts it")
    ]


def test_a_rejected_gate_is_mentioned_until_it_asks_again(world: World) -> None:
    world.save(EPIC, "---\nid: e-3fq9\nstatus: ready\n---\n\n" + STAGES.replace("- One\n- Two\n\n", ""))
    world.settle()
    world.edit(EPIC, "- [ ] Reject:", "- [x] Reject: too vague")
    world.settle()
    assert [(each.title, each.why) for each in held(world)] == [
        ("Login", 'Design was rejected: too vague; finish an issue of it, or tick "Ask again"')
    ]
    world.edit(EPIC, "- [ ] Ask again", "- [x] Ask again")
    world.settle()
    assert held(world) == []


def test_the_status_page_says_what_could_be_queued(world: World) -> None:
    world.save("issues/a.md", "---\nid: i-7k2m\n---\n\nA\n")
    world.settle()
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        page = render_status(view_of(status_of(model), "No daemon runs."))
    assert "nothing is queued; 1 unassigned: dispatchd issue list --status unassigned" in page
    assert "four things" not in page


def test_the_page_teaches_until_some_issues_are_done(world: World) -> None:
    def page() -> str:
        with closing(open_read_only(world.store.folder / "state.db")) as model:
            return render_status(view_of(status_of(model), "No daemon runs."))

    for count, letter in enumerate("abcde"):
        assert ("four things" in page()) is (count < 5)
        world.save(f"issues/{letter}.md", f"---\nid: i-{letter * 4}\nstatus: done\n---\n\nA\n")
        world.settle()
    assert page().endswith("5 done.\n\nNothing waits for you, and nothing runs.\n")


def test_work_that_nobody_is_named_for_says_so(world: World) -> None:
    world.save("issues/a.md", "---\nid: i-7k2m\nstatus: in_progress\n---\n\nA\n")
    world.settle()
    assert [each.who for each in running(world)] == ["in progress, nobody assigned"]


def test_a_slip_in_a_state_is_told_by_the_state_that_was_meant(world: World) -> None:
    world.save("issues/a.md", "---\nid: i-7k2m\n---\n\nA\n")
    world.settle()
    world.edit("issues/a.md", "status: unassigned", "status: queud")
    world.settle()
    assert "did you mean queued?" in world.field("issues/a.md", "status")


def test_every_mark_that_is_wrong_is_told_at_once(world: World) -> None:
    world.save(EPIC, f"---\nid: e-3fq9\n---\n\n{STAGES}".replace("- Two", "- Two @codr !hihg"))
    world.settle()
    told = next(line for line in world.read(EPIC).split("\n") if "dispatchd:" in line)
    assert "@codr" in told
    assert "!hihg" in told
    world.save(EPIC, world.read(EPIC).replace("!hihg", "!high").replace("@codr", "@coder"))
    world.settle()
    assert "dispatchd:" not in world.read(EPIC)


def upcoming(world: World) -> dict[str, str]:
    """What stands below Next, and with which remark."""
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        return {each.id: each.remark for each in status_of(model).next}


def card(world: World, name: str, role: str, engine: str) -> None:
    world.save(
        f"agents/{name}/agent.md", f"---\nname: {name}\nrole: {role}\nengine: {engine}\n---\n\nWorks.\n"
    )


def test_what_nobody_begins_is_not_next_without_saying_why(world: World) -> None:
    wanted = {
        "i-aaaa": "",
        "i-bbbb": "role: security\n",
        "i-cccc": "assignee: elm\n",
        "i-dddd": "role: docs\n",
    }
    for issue, line in wanted.items():
        world.save(f"issues/{issue}.md", f"---\nid: {issue}\nstatus: queued\n{line}---\n\nDo it.\n")
    world.settle()
    remarks = {"i-aaaa": "", "i-bbbb": "for security", "i-dddd": "for docs"}
    assert remarks.items() <= upcoming(world).items()
    card(world, "ash", "coder", "claude")
    card(world, "elm", "test", "claude")
    card(world, "oak", "docs", "scripted")
    world.edit("agents/oak/agent.md", "role: docs\n", "role: docs\npaused: true\n")
    world.settle()
    assert upcoming(world) == {
        "i-aaaa": "",
        "i-bbbb": "for security; there is no security",
        "i-cccc": "for elm",
        "i-dddd": "for docs; every docs is paused",
    }
    world.store.look(lambda work: work.set_note("engine.missing.claude", "claude i-7k2m"))
    away = {
        "i-aaaa": "claude is not installed",
        "i-bbbb": "for security; there is no security",
        "i-cccc": "for elm; claude is not installed",
        "i-dddd": "for docs; every docs is paused",
    }
    assert upcoming(world) == away
    card(world, "birch", "coder", "scripted")
    world.settle()
    assert upcoming(world) == {**away, "i-aaaa": ""}


def hold(world: World, issue: EntityId) -> None:
    made = Work(issue=issue, agent="ash", branch="b", base="c", turns=1, held=True)
    world.store.look(lambda work: work.runs.save_work(made))


def obstacles_of(world: World, issue: EntityId) -> str:
    """What `why` says of it."""

    def told(work: UnitOfWork) -> str:
        found = work.issue(issue)
        assert found is not None
        return " ".join(obstacles(work, found))

    return world.store.look(told)


def test_held_work_says_so_wherever_it_stands(world: World) -> None:
    for issue, lines in {
        "i-aaaa": "status: queued\nassignee: ash\n",
        "i-bbbb": "status: in_progress\nassignee: ash\n",
        "i-cccc": "status: queued\ndepends_on: [i-bbbb]\n",
    }.items():
        world.save(f"issues/{issue}.md", f"---\nid: {issue}\n{lines}---\n\nDo it.\n")
    card(world, "ash", "coder", "claude")
    world.settle()
    for issue in ("i-aaaa", "i-bbbb", "i-cccc"):
        hold(world, EntityId(issue))
    told = "held; to go on: dispatchd agent start {}"
    assert upcoming(world) == {"i-aaaa": f"for ash; {told.format('i-aaaa')}"}
    assert [each.doing for each in running(world)] == [told.format("i-bbbb")]
    assert [each.why for each in held(world)] == [told.format("i-cccc")]
    assert "is held" in obstacles_of(world, EntityId("i-aaaa"))


def test_what_runs_says_why_its_agent_begins_nothing(world: World) -> None:
    world.save("issues/i-aaaa.md", "---\nid: i-aaaa\nstatus: in_progress\nassignee: ash\n---\n\nDo it.\n")
    card(world, "ash", "coder", "claude")
    world.settle()
    made = Work(
        issue=EntityId("i-aaaa"),
        agent="ash",
        branch="b",
        base="c",
        turns=1,
        bounces=1,
        phase=WorkPhase.BOUNCED,
    )
    world.store.look(lambda work: work.runs.save_work(made))
    assert [each.doing for each in running(world)] == ["came back (1)"]
    world.store.look(lambda work: work.set_note("money.spent", "today"))
    assert [each.doing for each in running(world)] == ["came back (1); the day's money is spent"]
