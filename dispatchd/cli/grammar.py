"""The shape of the command line: nouns and verbs, loaded when they are named, each with examples in its help.

Which commands there are stands in `program`; what they do stands in one file for each group.
"""

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import click

from dispatchd.cli.completing import completed
from dispatchd.cli.in_a_file import IN_A_FILE

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_A_SENTENCE: Final = 1000
"""More characters than any first sentence has."""


class Verb(click.Command):
    """A command whose help ends in examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params = list(completed(self.params))
        self.examples = tuple(examples)

    def invoke(self, ctx: click.Context) -> Any:
        """Carry it out, unless it was given words that nothing could keep."""
        for given in ctx.params.values():
            for word in given if isinstance(given, tuple) else (given,):
                if isinstance(word, str) and not _is_text(word):
                    shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                    raise click.UsageError(
                        f'"{shown}" holds bytes that are no UTF-8. Write it as text.', ctx=ctx
                    )
        return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print which edit does the same, then the examples, line by line as they are typed."""
        edit = IN_A_FILE.get(ctx.command_path.partition(" ")[2])
        if edit is not None:
            with formatter.section("In a file"):
                formatter.write_text(edit)
        write_examples(formatter, self.examples)
        super().format_epilog(ctx, formatter)


class Noun(click.Group):
    """A group of verbs; it has examples too."""

    command_class = Verb

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params = list(completed(self.params))
        self.examples = tuple(examples)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each verb with its whole first sentence: cut short, it would leave out what tells it from its neighbours."""
        verbs = [(name, verb) for name in self.list_commands(ctx) if (verb := self.get_command(ctx, name))]
        rows = [(name, verb.get_short_help_str(_A_SENTENCE)) for name, verb in verbs if not verb.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the examples, line by line as they are typed."""
        write_examples(formatter, self.examples)
        super().format_epilog(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that *args* begin with; a misspelt one is answered with those that are close."""
        return resolve_or_suggest(self, ctx, args) or super().resolve_command(ctx, args)


class Entry(NamedTuple):
    """Where a command is defined, and its line in the overview."""

    module: str
    attribute: str
    help: str


class LazyProgram(click.Group):
    """A group that loads a command's module when the command is named, and not for the overview."""

    def __init__(self, *args: Any, sections: Mapping[str, Mapping[str, Entry]], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.sections = sections

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the order of the overview."""
        return [name for section in self.sections.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command called *cmd_name*, loaded now."""
        for section in self.sections.values():
            if (entry := section.get(cmd_name)) is not None:
                module = importlib.import_module(f"dispatchd.cli.{entry.module}")
                return cast("click.Command", getattr(module, entry.attribute))
        return None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """The commands that begin so, with their lines in the overview; none is loaded for it."""
        from click.shell_completion import CompletionItem

        begun = [
            CompletionItem(name, help=entry.help)
            for section in self.sections.values()
            for name, entry in section.items()
            if name.startswith(incomplete)
        ]
        return begun or click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that *args* begin with; a misspelt one is answered with those that are close."""
        return resolve_or_suggest(self, ctx, args, OTHER_WORDS) or super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The overview, by what one comes for."""
        for title, section in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.help) for name, entry in section.items()])


OTHER_WORDS: Final[Mapping[str, str]] = {
    "add": 'issue new "TITLE"',
    "approve": "gate approve EPIC",
    "assign": "issue set ID assignee=NAME",
    "board": "status",
    "create": 'issue new "TITLE"',
    "find": 'issue list --text "WORDS"',
    "grep": 'issue list --text "WORDS"',
    "list": "issue list",
    "logs": "agent logs NAME",
    "ls": "issue list",
    "new": 'issue new "TITLE"',
    "next": "waiting --next",
    "reject": "gate reject EPIC",
    "search": 'issue list --text "WORDS"',
    "show": "issue show ID",
    "start": "up",
    "stop": "down",
    "todo": "waiting",
    "version": "--version",
}
"""What people type who come from elsewhere, and what does it here."""
NO_WORDS: Final[Mapping[str, str]] = {}
_MANY_LETTERS: Final = 0.8
"""Of two words that have this part of their letters in common, in order, one is the other mistyped."""
MOST_NAMED: Final = 12
"""So many commands can be named in one line; of more, the help tells."""


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Add a section of *examples* to a help text."""
    if not examples:
        return
    with formatter.section("Examples"):
        for example in examples:
            formatter.write(f"{' ' * formatter.current_indent}{example}\n")


def _is_slip(typed: str, command: str) -> bool:
    """Whether *typed* may well be *command* mistyped: two short words share many letters by chance, the first seldom."""
    import difflib

    return typed[0] == command[0] or difflib.SequenceMatcher(None, typed, command).ratio() > _MANY_LETTERS


def resolve_or_suggest(
    group: click.Group, ctx: click.Context, args: list[str], other_words: Mapping[str, str] = NO_WORDS
) -> tuple[str | None, click.Command | None, list[str]] | None:
    """Raise with a suggestion when the first of *args* names no command of *group*; None where click may go on.

    *other_words* has what people try, and the words that do it here.
    """
    name = args[0]
    if name.startswith("-") or group.get_command(ctx, name) is not None:
        return None
    import difflib

    known = group.list_commands(ctx)
    close = [each for each in difflib.get_close_matches(name, known, n=3) if _is_slip(name, each)]
    if name in other_words:
        hint = f"Here it is `{ctx.command_path} {other_words[name]}`."
    elif close:
        hint = f"Did you mean {' or '.join(close)}?"
    else:
        hint = f"There are: {', '.join(known)}." if len(known) <= MOST_NAMED else ""
    raise click.UsageError(f'"{ctx.command_path}" has no command "{name}". {hint}'.rstrip(), ctx=ctx)
