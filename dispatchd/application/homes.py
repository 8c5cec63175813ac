"""Which clone decides, as the branch says it: read from both ends before they are joined, and moved by one commit.

Home is moved by a commit of `config.toml` that was pushed: whoever comes second finds the push refused. A clone that
finds another deciding beside it stops, makes the other stop, and asks once.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum

from dispatchd.application.ports.audit_log import AuditLog, CommitId, ForeignCommit
from dispatchd.documents.toml_text import load_toml
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.board import Rules


class Finding(StrEnum):
    """What the other end says about who decides."""

    ALONE = "alone"
    """This clone, and no other."""
    MOVED = "moved"
    """Another one from now on."""
    STRANGER = "stranger"
    """Another one, says somebody nobody here knows."""
    TWICE = "twice"
    """This clone, and another besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What was found, and the name of the other clone; `by` is who moved home."""

    finding: Finding
    name: str = ""
    by: str = ""


def nobody(name: str, other: str) -> str:
    """What `home` says while nobody decides: no clone is called that."""
    return f"nobody ({name} or {other})"


def is_nobody(home: str) -> bool:
    """Whether *home* says that nobody decides."""
    return home.startswith("nobody (")


def home_in(text: bytes | None) -> str:
    """The clone that a text of `config.toml` names; empty where it names none or cannot be read."""
    try:
        tables = load_toml((text or b"").decode("utf-8-sig"))
        home = tables["workspace"]["home"]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return ""
    return home if isinstance(home, str) else ""


def home_at(log: AuditLog, commit: CommitId | None) -> str:
    """The clone that decides as of *commit*."""
    return home_in(log.read(commit, CONFIG)) if commit is not None else ""


def look_for_other(log: AuditLog, here: CommitId, there: CommitId, rules: Rules) -> Other:
    """Whether *there*, which is not in the past of *here*, knows another home than the one that looks."""
    came = log.commits_between(here, there)
    ours, theirs, before = (home_at(log, at) for at in (here, there, log.merge_base(here, there)))
    decided = [commit for commit in came if commit.is_own]
    elsewhere = bool(decided) and any(each.oid not in log.made_here(came) for each in decided)
    if theirs and theirs not in (ours, before) and ours in (before, theirs):
        by = _mover(came)
        known = {email.lower() for emails in rules.people.values() for email in emails}
        is_known = by is None or not known or by.author.email.lower() in known or by.is_own
        finding = Finding.MOVED if is_known else Finding.STRANGER
        return Other(finding=finding, name=theirs, by=by.author.name if by is not None else "")
    if elsewhere:
        return Other(finding=Finding.TWICE, name=theirs or "another clone")
    return Other(finding=Finding.ALONE)


def _mover(commits: tuple[ForeignCommit, ...]) -> ForeignCommit | None:
    """The last commit that changed the settings."""
    touching = [each for each in commits if any(change.path == CONFIG for change in each.changes)]
    marked = [each for each in touching if each.home]
    plain = [each for each in touching if not each.is_merge]
    return next(iter((*reversed(marked), *reversed(plain))), None)
