"""What a check was run on can be looked at afterwards, whatever becomes of the branch."""

from tests.application.flow_world import PATH, FlowWorld
from tests.application.world import World


def test_every_commit_that_evidence_names_is_kept_and_the_page_names_what_was_handed_in(world: World) -> None:
    way = FlowWorld(world)
    way.hand_in("yew", summary="Login answers within thirty seconds.")
    assert way.look()
    way.judge("oak", "approve")
    tried = []
    for tests in ({"tests/new": "old"}, {"tests/new": "new"}):
        way.through(("elm", tests))
        way.judge("oak", "approve")
        tried.append(way.head)
        assert way.look()
    reds = [each for each in way.flow.records if each.evidence is not None]
    assert [each.evidence.handed_in for each in reds if each.evidence] == tried
    kept = set(way.repository.kept.values())
    assert {each.evidence.commit for each in reds if each.evidence} < kept
    assert set(tried) < kept
    page = reds[0].evidence.page if reds[0].evidence else ""
    assert way.repository.kept[page.removesuffix(".md")] == tried[0]
    way.world.settle()
    assert f"- handed in: `{tried[0]}`\n" in way.world.read(page)


CHECKED = """\
[[phase]]
name = "build"
role = "coder"
check = "test"
otherwise = "build"
iterations = 3

[[phase]]
name = "harden"
role = "security"
"""


def test_work_that_begins_afresh_writes_over_no_page_of_before(world: World) -> None:
    for name in ("first", "second"):
        world.save(f"workflows/{name}.toml", CHECKED)
    way = FlowWorld(world, "first")
    pages = []
    for number in range(2):
        if number:
            world.settle()
            world.edit(PATH, "workflow: first", "workflow: second")
            world.settle()
        way.through(("ash", {"code": f"new {number}"}))
        (record,) = way.flow.records
        assert record.evidence is not None
        pages.append(record.evidence.page)
    issue = way.work().issue
    assert pages == [f"evidence/{issue}/01-build.md", f"evidence/{issue}/02-build.md"]
    world.settle()
    for page in pages:
        assert way.repository.kept[page.removesuffix(".md")] in world.read(page)
