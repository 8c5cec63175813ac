"""`cp issues/login.md issues/copy.md` while an agent works on the first: the copy is an issue of its own."""

from tests.application.flow_world import PATH
from tests.application.office import Office
from tests.application.world import World

COPY = "issues/copy.md"


def test_a_copy_of_an_issue_at_work_is_at_its_beginning_and_can_be_worked_on(world: World) -> None:
    office = Office(world, "")
    office.asks("Tabs or spaces?", "Tabs", "Spaces")
    original = office.file
    assert "status: in_progress\n" in original
    assert "assignee: ash\n" in original
    assert "ash asks: [Tabs or spaces?]" in original
    world.save(COPY, original)
    world.settle()
    text = world.read(COPY)
    assert '# dispatchd: "in_progress" is the work on i-7k2m, not on this copy; "queued" has it' in text
    assert "is a copy of i-7k2m (issues/login.md)" in text
    assert "status: unassigned" in text
    assert "assignee:" not in text
    assert "ash asks" not in text
    assert "## Activity" not in text
    assert "Do it." in text
    assert office.file == original
    world.edit(COPY, text[text.index("status:") : text.index("\npriority")], "status: queued")
    world.settle()
    assert "status: queued\n" in world.read(COPY)


def test_what_people_have_written_goes_along_with_a_copy(world: World) -> None:
    office = Office(world, "")
    office.asks("Tabs or spaces?", "Tabs", "Spaces")
    world.save(PATH, office.file + "\nThe file has both.\n")
    world.advance(120)
    world.settle()
    original = office.file
    assert "**Alice Doe**: The file has both." in original
    world.save(COPY, original)
    world.settle()
    text = world.read(COPY)
    assert "ash asks" not in text
    assert text.count("**Alice Doe**: The file has both.") == 1


def test_a_copy_of_what_nobody_works_on_is_taken_as_it_is(world: World) -> None:
    Office(world, "")
    world.save(
        "issues/mine.md", "---\nid: i-9m2e\ntitle: Mine\nstatus: in_progress\nassignee: alice\n---\n\nI do.\n"
    )
    world.settle()
    world.save(COPY, world.read("issues/mine.md"))
    world.settle()
    assert "status: in_progress\n" in world.read(COPY)
    assert "assignee: alice\n" in world.read(COPY)
