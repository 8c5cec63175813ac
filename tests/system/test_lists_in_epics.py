"""An epic written as a list, with the real daemon, a real git and a second clone."""

from tests.system.conftest import NewDesk
from tests.system.desk import BRISK, Desk

EPIC = "epics/login.md"
TEXT = """\
# Passwordless login

## Stages

### Build

1. Send the link by mail @coder !high #auth
   Watch the error rate for an hour.
2. Login page

Gate: review: Walk through the demo.

### Release

- Canary in one region
- All regions
"""


def titles(desk: Desk) -> list[str]:
    return sorted(item["title"] for item in desk.issues().values())


def test_a_tick_makes_linked_issues_whose_states_the_list_shows(new_desk: NewDesk) -> None:
    desk = new_desk("work")
    desk.init({**BRISK, "autosave_within": "100ms"})
    desk.up()
    desk.save(EPIC, TEXT)
    desk.sync()
    assert "2. Login page\n\n- [ ] Make these 2 issues\n\nGate: review" in desk.read(EPIC)
    desk.sed("0,/\\[ \\] Make these/s//[x] Make these/", EPIC)
    desk.sync()
    by_title = {item["title"]: item for item in desk.issues().values()}
    first, second = by_title["Send the link by mail"], by_title["Login page"]
    assert (first["role"], first["priority"], first["labels"]) == ("coder", "high", ["auth"])
    assert second["depends_on"] == [first["id"]]
    link = f"1. [Send the link by mail](../issues/{first['id']}-send-the-link-by-mail.md)"
    assert f"{link} · unassigned\n2. [Login page]" in desk.read(EPIC)
    assert (
        desk.path(f"issues/{first['id']}-send-the-link-by-mail.md")
        .read_text("utf-8")
        .endswith("---\n\nWatch the error rate for an hour.\n")
    )
    desk.dispatchd("issue", "set", first["id"], "status=queued")
    desk.sync()
    assert f"{link} · queued\n" in desk.read(EPIC)
    desk.is_level()


def test_two_clones_that_tick_the_same_box_make_its_issues_once(new_desk: NewDesk) -> None:
    desk = new_desk("work")
    desk.init()
    desk.save(EPIC, TEXT)
    desk.dispatchd("sync", "--wait")
    phone = desk.root.parent / "phone"
    desk.do("git", "clone", "-q", "--single-branch", "-b", "dispatch", desk.root, phone)
    desk.do("sed", "-i", "s/\\[ \\] Make these/[X] Make these/", EPIC, cwd=phone)
    bob = ("-c", "user.name=Bob", "-c", "user.email=bob@example.com", "-c", "commit.gpgSign=false")
    desk.do("git", *bob, "commit", "-qam", "Make both lists", cwd=phone)
    desk.sed("0,/\\[ \\] Make these/s//[x] Make these/", EPIC)
    desk.dispatchd("sync", "--wait")
    desk.tree_git("pull", "-q", "--no-rebase", "--no-edit", phone, "dispatch")
    desk.dispatchd("sync", "--wait")
    assert titles(desk) == ["All regions", "Canary in one region", "Login page", "Send the link by mail"]
    makers = [event["actor"] for event in desk.events() if event["type"] == "IssuesMade"]
    assert len(set(makers)) == 2
    assert desk.read(EPIC).count("· unassigned") == 4
    desk.is_level()


def test_an_outline_on_standard_input_becomes_an_epic_and_a_command_makes_its_issues(idle_desk: Desk) -> None:
    outline = "- Prepare\n  - [ ] Count\n  - [x] Ask\n- Move\n  1. Copy\n  2. Switch over !high\n"
    said = idle_desk.do("dispatchd", "epic", "new", "Cloud", "--from", "-", stdin=outline)
    epic = said.strip()
    shown = idle_desk.dispatchd("epic", "show", epic)
    assert "wanted  Switch over" in shown
    assert f"dispatchd epic make {epic} Move" in shown
    assert [stage["wanted"] for stage in idle_desk.json("epic", "show", epic)["stages"]] == [
        ["Count"],
        ["Copy", "Switch over"],
    ]
    told = idle_desk.dispatchd("epic", "make", epic)
    assert f"makes 2 issues of the list under “Move” of {epic}: Cloud" in told
    assert titles(idle_desk) == ["Copy", "Count", "Switch over"]
    assert "Nothing had to change." in idle_desk.dispatchd("epic", "make", epic)
    assert "Make these" not in idle_desk.read(idle_desk.only("epics/*-cloud.md"))
