"""Which clone decides, as the branch says it: read from both ends before they are joined, and moved by one commit.

Home is moved by a commit of `config.toml` that was pushed: whoever comes second finds the push refused. A clone that
finds another deciding beside it stops, makes the other stop, and asks once.
"""

import tomllib
from collections.abc import Sequence
from enum import StrEnum

from dispatchd.application.clone_status import is_nobody, those_of
from dispatchd.application.ports.audit_log import AuditLog, CommitId, ForeignCommit
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.toml_text import load_toml
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.board import Rules
from dispatchd.domain.dataclass import dataclass


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


def not_here(work: UnitOfWork, instead: str = "do it there") -> str:
    """Why nothing is decided in this clone, and what to do: *instead* is that, in a few words."""
    home = _written(work)
    if is_nobody(home):
        return (
            f"nobody decides just now: {those_of(home)} did at the same time. "
            "Run `dispatchd home --here` in the one that shall, then try again"
        )
    return f"{home or 'another clone'} decides; {instead}"


def deciding(work: UnitOfWork) -> str:
    """Who decides, in words that a sentence can go on with: the clone, or whoever somebody will say."""
    home = _written(work)
    return "the clone that shall decide" if is_nobody(home) else home or "the clone that decides"


def _written(work: UnitOfWork) -> str:
    record = work.documents.at(CONFIG)
    blob = record.current or record.seen if record is not None else None
    return home_in(work.blobs.get(blob)) if blob is not None else ""


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
    here_made = log.made_here(came)
    # An empty commit shows nothing: replicas made some, for files that home had taken away.
    elsewhere = [
        each
        for each in came
        if each.is_own and each.oid not in here_made and (each.events or each.changes or each.is_merge)
    ]
    if theirs and theirs not in (ours, before) and ours in (before, theirs):
        by = _mover(came)
        known = {email.lower() for emails in rules.people.values() for email in emails}
        is_known = by is None or not known or by.author.email.lower() in known or by.is_own
        finding = Finding.MOVED if is_known else Finding.STRANGER
        return Other(finding=finding, name=theirs, by=by.author.name if by is not None else "")
    if elsewhere:
        return Other(finding=Finding.TWICE, name=_who_decided(elsewhere) or theirs or "another clone")
    return Other(finding=Finding.ALONE)


def _who_decided(commits: Sequence[ForeignCommit]) -> str:
    """The clone whose daemon made the last of *commits*, as it says itself."""
    return next((each.clone for each in reversed(commits) if each.clone), "")


def _mover(commits: tuple[ForeignCommit, ...]) -> ForeignCommit | None:
    """The last commit that changed the settings."""
    touching = [each for each in commits if any(change.path == CONFIG for change in each.changes)]
    marked = [each for each in touching if each.home]
    plain = [each for each in touching if not each.is_merge]
    return next(iter((*reversed(marked), *reversed(plain))), None)
