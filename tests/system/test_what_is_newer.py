"""Without a daemon a look says how many files are newer than it, and of no file that nothing would make level."""

from tests.system.desk import Desk


def test_directly_after_init_nothing_is_newer(bare_desk: Desk) -> None:
    bare_desk.dispatchd("init")
    assert "newer" not in bare_desk.ask("issue", "list").err


def test_files_that_nothing_is_done_with_are_not_newer_and_documents_are(idle_desk: Desk) -> None:
    idle_desk.sync()
    idle_desk.save("notes.md", "Notes\n")
    idle_desk.save("misc/a.md", "A\n")
    idle_desk.save("issues/empty.md", "")
    assert "newer" not in idle_desk.ask("issue", "list").err
    idle_desk.save("issues/a.md", "A\n")
    idle_desk.save("config.toml", idle_desk.read("config.toml") + "\n# mine\n")
    assert "2 files are newer" in idle_desk.ask("issue", "list").err
    idle_desk.sync()
    assert "newer" not in idle_desk.ask("issue", "list").err


def test_what_changed_what_came_and_what_went_are_counted(idle_desk: Desk) -> None:
    for name in "abcd":
        idle_desk.save(f"issues/{name}.md", f"{name}\n")
    idle_desk.sync()
    assert "newer" not in idle_desk.ask("issue", "list").err
    idle_desk.save("issues/a.md", idle_desk.read("issues/a.md") + "\nMore.\n")
    assert "1 file is newer" in idle_desk.ask("issue", "list").err
    (idle_desk.tree / "issues" / "b.md").unlink()
    (idle_desk.tree / "issues" / "c.md").rename(idle_desk.tree / "issues" / "e.md")
    assert "4 files are newer" in idle_desk.ask("issue", "list").err
    idle_desk.sync()
    assert "newer" not in idle_desk.ask("issue", "list").err
