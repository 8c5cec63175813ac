"""`completion`: the script by which a shell completes our commands, ids, states and names."""

import click

from dispatchd.cli.grammar import Verb

PROGRAM = "dispatchd"
VARIABLE = "_DISPATCHD_COMPLETE"
INSTALL = {
    "bash": "To install: dispatchd completion bash > ~/.local/share/bash-completion/completions/dispatchd",
    "zsh": "To install: dispatchd completion zsh > ~/.zfunc/_dispatchd, and before compinit in ~/.zshrc: fpath+=~/.zfunc",
    "fish": "To install: dispatchd completion fish > ~/.config/fish/completions/dispatchd.fish",
}


@click.command(
    cls=Verb,
    examples=(
        "dispatchd completion bash > ~/.local/share/bash-completion/completions/dispatchd",
        "dispatchd completion zsh > ~/.zfunc/_dispatchd",
        "dispatchd completion fish > ~/.config/fish/completions/dispatchd.fish",
    ),
)
@click.argument("shell", type=click.Choice(sorted(INSTALL)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options, ids, states, people and labels.

    Zsh and fish show titles beside ids; bash shows words alone.

    A comment at its top says where to put it. To try it at once: eval "$(dispatchd completion bash)".
    """
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    if script is None:  # click's own list of shells, of which the choice above names three
        raise click.UsageError(f"{shell} is not known to this version of click", ctx=ctx)
    text = script(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    lines = text.split("\n")
    # Zsh reads the names that a script completes from its first line, up to the end of it.
    lines.insert(1 if lines[0].startswith("#compdef") else 0, f"# {INSTALL[shell]}")
    ctx.obj.screen.show("\n".join(lines).rstrip("\n"))
