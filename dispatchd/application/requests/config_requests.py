"""`config set`: one setting of `config.toml`, changed where it stands, everything else in the file left as it is.

Which settings there are stands in `application.settings`; that the whole file still reads is checked here, so that a
command never writes what a save would be told to mend.
"""

import difflib
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.request import Request
from dispatchd.application.settings import DEFAULTS, OPEN_TABLES
from dispatchd.documents.config_document import read_config
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.command import Command, ReviseFile
from dispatchd.domain.errors import Rejected
from dispatchd.domain.wording import listed

_NAMES: Final = {bool: "true or false", int: "a whole number", str: "a text", list: "a list of words"}


def plan_config(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The new text of `config.toml`, already among the blobs; nothing where the value is what it was."""
    before = _text(work)
    after = with_setting(before, request.text("key"), request.text("value"))
    if after == before:
        return ()
    for problem in read_config(after).problems:
        if problem not in read_config(before).problems:
            raise Rejected(str(problem.at(CONFIG)))
    return (ReviseFile(path=CONFIG, blob=work.blobs.put(after.encode())),)


def with_setting(config: str, key: str, typed: str) -> str:
    """The text *config* with *key* set to what *typed* means for it. Raises Rejected."""
    table, _, name = key.strip().partition(".")
    value = _value(key.strip(), table, name, typed.strip())
    try:
        document = tomlkit.parse(config)
    except TOMLKitError as error:
        raise Rejected(f"mend {CONFIG} first: it cannot be read ({error})") from None
    if table not in document:
        document[table] = tomlkit.table()
    section = document[table]
    if not isinstance(section, Table):
        raise Rejected(f"{CONFIG} has {table} as a value, not as the table [{table}]; mend that first")
    section[name] = value
    return tomlkit.dumps(document)


def _value(key: str, table: str, name: str, typed: str) -> Any:
    if table in OPEN_TABLES and name:
        read = _as_toml(typed)
        wants_list = table == "people"
        if wants_list and not isinstance(read, list):
            return [part.strip() for part in typed.split(",") if part.strip()]
        return read if wants_list or isinstance(read, str) else typed
    if key not in DEFAULTS:
        raise Rejected(_unknown(key))
    default = DEFAULTS[key]
    read = _as_toml(typed)
    if isinstance(default, list) and not isinstance(read, list):
        return [part.strip() for part in typed.split(",") if part.strip()]
    if isinstance(default, str):
        return read if isinstance(read, str) else typed
    if type(read) is not type(default):
        raise Rejected(f'{key} takes {_NAMES[type(default)]}; "{typed}" is none')
    return read


def _as_toml(typed: str) -> Any:
    """*typed* as TOML reads a value; what is none is meant as the text it is."""
    try:
        return tomlkit.value(typed).unwrap()
    except (TOMLKitError, ValueError):
        return typed


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, DEFAULTS, n=1)
    tables = (f"{table}.NAME ({what})" for table, what in OPEN_TABLES.items())
    hint = near[0] if near else listed([*DEFAULTS, *tables])
    return f'{hint} can be set; there is no setting "{key}"'


def _text(work: UnitOfWork) -> str:
    record = work.documents.at(CONFIG)
    if record is None or record.current is None:
        return ""
    text = decode(work.blobs.get(record.current))
    if isinstance(text, DocumentProblem):
        raise Rejected(f"mend {CONFIG} first: {text}")
    return text
