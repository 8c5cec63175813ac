"""`config`: see and change the settings of the workspace."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Screen, Style, visible
from dispatchd.cli.writing import json_option, show_written_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatchd.application.settings import Setting
    from dispatchd.cli.invocation import Invocation


@click.group(cls=Noun, examples=("dispatchd config list", "dispatchd config set workspace.start_after 1m"))
def config() -> None:
    """See and change the settings in config.toml."""


@config.command("list", examples=("dispatchd config list", "dispatchd config list --json"))
@json_option
@click.pass_obj
def list_settings(invocation: "Invocation", as_json: bool) -> None:
    """Every setting, its value, and where that comes from."""
    settings = invocation.composition.settings(invocation.workspace)
    if as_json:
        items = [{"key": each.key, "value": each.value, "from": each.origin} for each in settings]
        invocation.screen.show_json({"items": items})
        return
    columns = (
        Column(title="setting"),
        Column(title="value", gives_way=True),
        Column(title="from", style=Style.QUIET),
    )
    rows = [(each.key, each.words, each.origin) for each in settings]
    invocation.screen.show(*table(columns, rows, invocation.screen))


@config.command("get", examples=("dispatchd config get workspace.start_after",))
@click.argument("key")
@json_option
@click.pass_obj
def get_setting(invocation: "Invocation", key: str, as_json: bool) -> None:
    """The value of one setting, or of a whole table like people."""
    from dispatchd.application.settings import WAITS
    from dispatchd.cli.failures import Failed

    settings = invocation.composition.settings(invocation.workspace)
    found = [each for each in settings if each.key == key]
    if not found:
        inside = [each for each in settings if each.key.startswith(f"{key}.")]
        if not inside:
            raise Failed(f'there is no setting "{key}"; "dispatchd config list" shows those there are')
        _show_table(invocation, key, inside, as_json=as_json)
        return
    setting = found[0]
    if as_json:
        invocation.screen.show_json({"key": setting.key, "value": setting.value, "from": setting.origin})
    else:
        waits = [visible(setting.origin)] if WAITS in setting.origin else []
        invocation.screen.show(visible(setting.words), *waits)


@config.command(
    "set",
    examples=(
        "dispatchd config set workspace.approve_own false",
        "dispatchd config set people.bob bob@example.com",
        'dispatchd config set commands.test "make test"',
    ),
    context_settings={
        "ignore_unknown_options": True
    },  # a value may begin with a dash; what it may be is said of it
)
@click.argument("key")
@click.argument("value")
@json_option
@click.pass_obj
def set_setting(invocation: "Invocation", key: str, value: str, as_json: bool) -> None:
    """Change one setting; the rest of the file stays."""
    from dispatchd.application.requests.request import Verb

    result = invocation.perform(Verb.CONFIG_SET, key=key, value=value)
    if "elsewhere" in result and result["told"]:  # it is no setting of anybody's yet
        if as_json:
            show_written_json(invocation, result)
        else:
            invocation.screen.show(*(visible(str(line)) for line in result["told"]))
    elif as_json:
        invocation.screen.show_json({"key": key, "value": value, "from": "config.toml"})
    else:
        changed = f"{key} is {value} now." if result.get("told") else "Nothing had to change."
        invocation.screen.show(visible(changed))


def _show_table(invocation: "Invocation", key: str, inside: "Sequence[Setting]", *, as_json: bool) -> None:
    if as_json:
        value = {each.key.partition(".")[2]: each.value for each in inside if each.value is not None}
        invocation.screen.show_json({"key": key, "value": value, "from": "config.toml"})
        return
    from dispatchd.application.settings import WAITS

    rows = [
        (each.key.partition(".")[2], each.words, *([each.origin] if WAITS in each.origin else [""]))
        for each in inside
    ]
    # All of it, however narrow the terminal: whoever asks for one table wants to read it.
    whole = Screen(colour=invocation.screen.colour)
    invocation.screen.show(*table((Column(), Column(), Column()), rows, whole))
