from pathlib import Path

import pytest

from dispatchd.adapters.system.environment import read_environment


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vim"}, ("code", "--wait")),
        ({"VISUAL": "  ", "EDITOR": "vim"}, ("vim",)),
        ({"EDITOR": "'/opt/my editor/run' -n"}, ("/opt/my editor/run", "-n")),
        ({"EDITOR": "it's"}, ("it's",)),
        ({}, ("vi",)),
    ],
)
def test_the_editor_is_visual_then_editor_then_vi(variables: dict[str, str], words: tuple[str, ...]) -> None:
    assert read_environment(variables).editor == words


def test_user_settings_follow_xdg_and_ignore_a_relative_folder() -> None:
    assert read_environment({"HOME": "/home/a"}).user_config == Path("/home/a/.config/dispatchd/config.toml")
    absolute = read_environment({"HOME": "/home/a", "XDG_CONFIG_HOME": "/etc/a"})
    assert absolute.user_config == Path("/etc/a/dispatchd/config.toml")
    relative = read_environment({"HOME": "/home/a", "XDG_CONFIG_HOME": "here", "XDG_RUNTIME_DIR": "run"})
    assert relative.user_config == Path("/home/a/.config/dispatchd/config.toml")
    assert relative.runtime_dir is None


def test_settings_are_the_variables_that_name_a_section_and_a_key() -> None:
    variables = {
        "DISPATCHD_WORKSPACE_START_AFTER": "5s",
        "DISPATCHD_LOG_LEVEL": "debug",
        "DISPATCHD_": "x",
        "DISPATCHD_ALONE": "x",
        "OTHER_A_B": "x",
    }
    assert read_environment(variables).settings == {"workspace.start_after": "5s", "log.level": "debug"}


@pytest.mark.parametrize(("value", "asked"), [("1", True), ("0", True), ("", False)])
def test_no_color_counts_when_it_is_set_and_not_empty(value: str, asked: bool) -> None:
    assert read_environment({"NO_COLOR": value}).no_color is asked


def test_the_login_name_comes_from_the_environment_else_from_the_system() -> None:
    assert read_environment({"USER": "alice"}).login == "alice"
    assert read_environment({"LOGNAME": "bob", "USER": "alice"}).login == "bob"
    assert read_environment({}).login


def test_without_variables_given_it_reads_those_of_the_process() -> None:
    assert read_environment().home.is_dir()
