"""`config.toml`: people, commands and settings, read into typed values and changed one setting at a time.

A setting that cannot be read is a problem with its line, and stays what it was (`config_merge.with_last_good`); a table or key nobody knows stays
where it is and is a problem too. What is written here is a person's: one changed setting changes one line.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Final, TypeVar

import tomlkit
from tomlkit.exceptions import TOMLKitError

from dispatchd.documents.config_values import (
    KINDS_TOLD,
    AgentSettings,
    BudgetSettings,
    Config,
    CoordinatorSettings,
    NotifySettings,
    ShareSettings,
    SyncSettings,
    WorkspaceSettings,
)
from dispatchd.documents.named_checks import missing_checks
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.setting_kinds import (
    MONEY,
    NO_LIMIT,
    NO_TEXTS,
    NOT_SET,
    TEXT,
    TEXTS,
    BadSetting,
    Setting,
    SettingKind,
    kind_of_default,
    write_duration,
)
from dispatchd.documents.toml_text import load_toml
from dispatchd.documents.vocabulary import closest
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected

Settings = TypeVar(
    "Settings",
    WorkspaceSettings,
    AgentSettings,
    CoordinatorSettings,
    BudgetSettings,
    ShareSettings,
    NotifySettings,
    SyncSettings,
)
_TABLES: Final = {
    "workspace": WorkspaceSettings,
    "agents": AgentSettings,
    "coordinator": CoordinatorSettings,
    "budget": BudgetSettings,
    "share": ShareSettings,
    "notify": NotifySettings,
    "sync": SyncSettings,
}
_OPEN_TABLES: Final[Mapping[str, SettingKind]] = {"people": TEXTS, "commands": TEXT}
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {"notify.now": KINDS_TOLD, "notify.digest": KINDS_TOLD}
_STAYS: Final = "stays what it was"
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_HEADER: Final = re.compile(r"^\s*\[\s*([\w\".' -]+?)\s*\]")
_KEY: Final = re.compile(r"^\s*(?:\"([^\"]+)\"|'([^']+)'|([\w-]+))\s*(?:=|\.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReading:
    """What the file says. `config` is None where it is no TOML at all: what held before stays in force.

    `unread` names the settings, and tables, whose values cannot be read; here they have their defaults.
    """

    config: Config | None
    problems: tuple[DocumentProblem, ...] = ()
    unread: frozenset[str] = frozenset()


@lru_cache(maxsize=4)
def read_config(text: str) -> ConfigReading:
    """Read `config.toml`. The same text is asked about again and again, and always means the same."""
    try:
        tables = load_toml(text)
    except tomllib.TOMLDecodeError as error:
        return ConfigReading(config=None, problems=(_no_toml(str(error), text),))
    reader = _Reader(tables, _key_lines(text))
    config = Config(
        people=reader.people(),
        commands=reader.commands(),
        workspace=reader.settings("workspace", WorkspaceSettings()),
        agents=reader.settings("agents", AgentSettings()),
        coordinator=reader.settings("coordinator", CoordinatorSettings()),
        budget=reader.settings("budget", BudgetSettings()),
        share=reader.settings("share", ShareSettings()),
        notify=reader.settings("notify", NotifySettings()),
        sync=reader.settings("sync", SyncSettings()),
    )
    reader.report_missing_commands(config)
    reader.report_unknown_tables()
    return ConfigReading(config=config, problems=tuple(reader.problems), unread=frozenset(reader.unread))


def _no_toml(message: str, text: str) -> DocumentProblem:
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 0)
    what = _PLACE.sub("", message).replace("(at end of document)", "at the end").strip()
    return DocumentProblem(
        line=line,
        column=column,
        what=f"This is not TOML: {what[:1].lower()}{what[1:]}",
        hint="Texts stand in quotes, tables in brackets; until it is mended the last good settings hold",
    )


def _key_lines(text: str) -> Mapping[tuple[str, str], int]:
    """The line of each key, and of each table's header (its key is empty), for pointing at them."""
    lines: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            table = header[1].strip("\"' ")
            lines.setdefault((table.partition(".")[0], table.partition(".")[2]), number)
        elif key:
            lines.setdefault((table, key[1] or key[2] or key[3]), number)
    return lines


class _Reader:
    """Turns tables into settings and gathers what cannot be turned."""

    def __init__(self, tables: Mapping[str, object], lines: Mapping[tuple[str, str], int]) -> None:
        self._tables = tables
        self._lines = lines
        self.problems: list[DocumentProblem] = []
        self.unread: set[str] = set()

    def people(self) -> dict[str, tuple[str, ...]]:
        """`[people]`: a handle and its addresses; one address needs no brackets."""
        return {
            name.lstrip("@").lower(): addresses
            for name, addresses in self._open_table("people")
            if isinstance(addresses, tuple)
        }

    def commands(self) -> dict[str, str]:
        """`[commands]`: a name and a line for the shell."""
        return {name: line for name, line in self._open_table("commands") if isinstance(line, str)}

    def _open_table(self, table: str) -> Iterator[tuple[str, Setting]]:
        kind = _OPEN_TABLES[table]
        for key, value in self._table(table).items():
            try:
                yield key, kind.read(value)
            except BadSetting as problem:
                self.unread.add(f"{table}.{key}")
                self._report(table, key, f'"{key}" cannot be read', f"Here {problem}; until then it {_STAYS}")

    def settings(self, table: str, defaults: Settings) -> Settings:
        """A table of known settings over their *defaults*."""
        known = {each.name: getattr(defaults, each.name) for each in fields(defaults)}
        read = dict(known)
        for key, value in self._table(table).items():
            if key not in known:
                near = closest(key, known)
                hint = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(known)}"
                self._report(table, key, f'There is no setting "{key}" in [{table}]', hint)
                continue
            try:
                read[key] = kind_of_default(known[key]).read(value)
            except BadSetting as problem:
                self.unread.add(f"{table}.{key}")
                self._report(table, key, f'"{key}" cannot be read', f"Here {problem}; until then it {_STAYS}")
            self._report_unknown_words(table, key, read[key])
        return type(defaults)(**read)

    def _report_unknown_words(self, table: str, key: str, value: Setting) -> None:
        """Name what stands in a list of known words and is none; the others count."""
        words = _WORDS.get(f"{table}.{key}")
        for each in value if words is not None and isinstance(value, tuple) else ():
            if words is not None and each not in words:
                near = closest(each, words)
                hint = f'Did you mean "{near}"?' if near else f"Known here: {', '.join(words)}"
                self._report(table, key, f'"{each}" is no kind of what waits, and is never told', hint)

    def report_missing_commands(self, config: Config) -> None:
        """Name the checks that are no commands. One whose line cannot be read stays what it was, and is said there."""
        for each in missing_checks(config):
            if f"commands.{each.name}" not in self.unread:
                self._report("agents", each.key, each.what, each.hint)

    def _table(self, name: str) -> Mapping[str, object]:
        table = self._tables.get(name, {})
        if isinstance(table, dict):
            return table
        self.unread.add(name)
        self._report("", name, f'"{name}" is a table', f"Write [{name}] on a line of its own, its keys below")
        return {}

    def report_unknown_tables(self) -> None:
        """Name what stands at the top level and is none of the known tables."""
        known = (*_OPEN_TABLES, *_TABLES)
        for name, value in self._tables.items():
            if name in known:
                continue
            what = (
                f"There is no table [{name}]" if isinstance(value, dict) else f'"{name}" stands in no table'
            )
            near = closest(name, known)
            hint = f"Did you mean [{near}]?" if near else f"Known tables: {', '.join(known)}"
            self._report("" if not isinstance(value, dict) else name, name, what, hint)

    def _report(self, table: str, key: str, what: str, hint: str) -> None:
        line = self._lines.get((table, key)) or self._lines.get((table, "")) or 0
        name = f"{table}.{key}" if table and table != key else key
        self.problems.append(DocumentProblem(line=line, what=what, hint=hint, key=name))


def shown(setting: Setting) -> str:
    """*setting* as a person reads it."""
    match setting:
        case bool():
            return "true" if setting else "false"
        case timedelta():
            return write_duration(setting)
        case tuple():
            return ", ".join(setting) or NO_TEXTS
        case None:
            return NO_LIMIT
        case "":
            return NOT_SET
        case _:
            return f"{setting:g}" if isinstance(setting, float) else str(setting)


def list_settings(config: Config) -> dict[str, Setting]:
    """Every setting by its dotted name, in the order of the tables."""
    settings: dict[str, Setting] = {}
    settings.update({f"people.{name}": addresses for name, addresses in config.people.items()})
    settings.update({f"commands.{name}": line for name, line in config.commands.items()})
    for table in _TABLES:
        values = getattr(config, table)
        settings.update({f"{table}.{each.name}": getattr(values, each.name) for each in fields(values)})
    return settings


def kind_of_setting(key: str) -> SettingKind:
    """The kind of the setting with the dotted name *key*; `Rejected` names what is known."""
    table, _, name = key.partition(".")
    if table in _OPEN_TABLES and name:
        return _OPEN_TABLES[table]
    if table in _TABLES:
        defaults = _TABLES[table]()
        if name in {each.name for each in fields(defaults)}:
            return kind_of_default(getattr(defaults, name))
    known = list(list_settings(Config()))
    near = closest(key, known)
    hint = f'did you mean "{near}"?' if near else "`dispatchd config list` shows all"
    raise Rejected(f'There is no setting "{key}"; {hint}', key=key)


def set_setting(text: str, key: str, value: str) -> str:
    """*text* with the setting *key* (dotted) as *value* says it; everything else as it is."""
    kind = kind_of_setting(key)
    is_unlimited = kind is MONEY and value.strip().casefold() == NO_LIMIT
    try:
        written = None if is_unlimited else kind.from_word(value)
    except BadSetting as problem:
        raise Rejected(f'{problem}; "{value}" is none', key=key) from problem
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise Rejected(f"config.toml cannot be read, so nothing was changed: {error}", key=key) from error
    table, _, name = key.partition(".")
    section = document.get(table)
    if written is None:  # TOML has no word for it: what is not written has no limit
        if isinstance(section, dict):
            section.pop(name, None)
        return tomlkit.dumps(document)
    if section is None:
        section = tomlkit.table()
        if document.as_string().strip():
            document.add(tomlkit.nl())
        document.add(table, section)
    if not isinstance(section, dict):
        raise Rejected(f'"{table}" is no table in config.toml; write [{table}] on a line of its own', key=key)
    section[name] = written
    return tomlkit.dumps(document)
