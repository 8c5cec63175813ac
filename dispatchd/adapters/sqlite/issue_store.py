"""Keeps issues, one column a fact, with their labels and dependencies in tables that filters can use."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from dispatchd.adapters.sqlite.columns import from_json, time_column, time_value, to_json
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.ready_list import rows_that_may_begin
from dispatchd.application.wire import dump_value, load_value
from dispatchd.domain.comment import Comment
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role

_RANK: Final = {priority: rank for rank, priority in enumerate(Priority)}
_NO_LIST: Final = "[]"


class IssueStore:
    """Look-ups are of the rows as this transaction sees them; removed issues are found by id only."""

    def __init__(self, connection: sqlite3.Connection, settle: Callable[[], None], *, alone: bool) -> None:
        self._connection = connection
        self._settle = settle
        """Puts into the tables all that waits for it, here and elsewhere."""
        self._sql = queries("issues")
        self._known: dict[str, Issue | None] = {}
        """What was looked up or saved in this transaction, beside which nobody writes."""
        self._alone = alone
        self._new: dict[str, Issue] = {}
        """Issues that have no row yet; each is known."""
        self._rows: int | None = None
        """How many rows there are."""

    def get(self, issue_id: str) -> Issue | None:
        """The issue, removed or not."""
        if issue_id not in self._known:
            row = self._connection.execute(self._sql["issue_by_id"], (issue_id,)).fetchone()
            self._known[issue_id] = None if row is None else _issue(row)
        return self._known[issue_id]

    def look_ahead(self, issue_ids: Collection[str]) -> None:
        """Look up *issue_ids*, those not looked up yet, in one question."""
        missing = [each for each in issue_ids if each not in self._known]
        for row in self._connection.execute(self._sql["issues_by_ids"], (to_json(missing),)):
            self._known[row[0]] = _issue(row)
        for each in missing:
            self._known.setdefault(each, None)

    def standing(self) -> Sequence[Issue]:
        """All that were not removed, oldest first."""
        return self._many("issues_standing")

    def of_epic(self, epic_id: str) -> Iterable[Issue]:
        """Those that name the epic, oldest first; made one by one, for who asks often wants only the first."""
        self._settle()
        return map(_issue, self._connection.execute(self._sql["issues_of_epic"], (epic_id,)).fetchall())

    def in_states(self, states: Iterable[IssueStatus]) -> Sequence[Issue]:
        """Those in any of *states*, most urgent first."""
        return self._many("issues_in_states", to_json([str(state) for state in states]))

    def at_work(self) -> Sequence[Issue]:
        """Those whose work has begun, most urgent first; not those whose turn runs or whose agent waits for an answer."""
        return self._many("issues_at_work")

    def chain_behind(self, issue_id: str, most: int) -> int:
        """How long the longest chain of unfinished ones is that waits for the issue; *most* at most are followed."""
        self._settle()
        row = self._connection.execute(self._sql["chain_behind"], (issue_id, most)).fetchone()
        return int(row[0])

    def that_may_begin(
        self, state: IssueStatus, names: Collection[str], roles: Collection[str]
    ) -> Iterator[Issue]:
        """Those in *state* that wait for no unfinished one and that one of these could take, most urgent first."""
        self._settle()
        yield from map(_issue, rows_that_may_begin(self._connection, str(state), names, roles))

    def depending_on(self, issue_id: str) -> Sequence[Issue]:
        """Those that wait for the issue, oldest first."""
        return self._many("issues_depending_on", issue_id)

    def below(self, issue_id: str) -> Sequence[Issue]:
        """Those whose parent it is, oldest first."""
        return self._many("issues_below", issue_id)

    def with_source(self, source: str) -> EntityId | None:
        """The id of the issue that came from *source*; one that stands before one that was removed."""
        self._settle()
        row = self._connection.execute(self._sql["issue_with_source"], (source,)).fetchone()
        return None if row is None else EntityId(row[0])

    def count(self) -> int:
        """How many there ever were: rows are never deleted, so the highest number tells without counting."""
        if self._rows is None:
            self._rows = int(self._connection.execute(self._sql["issue_count"]).fetchone()[0])
        return self._rows + len(self._new)

    def save(self, issue: Issue) -> None:
        """Insert or replace by id."""
        is_new = issue.id in self._new or self.get(issue.id) is None
        self._known[issue.id] = issue
        if is_new:
            self._new[issue.id] = issue
            if not self._alone:
                self._settle()
            return
        self._settle()
        lists = self._connection.execute(self._sql["issue_lists"], (issue.id,)).fetchone()
        old_labels, old_depends_on = map(from_json, lists)
        self._connection.execute(self._sql["issue_change"], _row(issue))
        self._reindex("label", issue.id, old_labels, issue.labels)
        self._reindex("dependency", issue.id, old_depends_on, issue.depends_on)

    def write_out(self) -> None:
        """Put the issues that are new into the tables; what they depend on first, which the list of those that wait
        for nothing is kept by.
        """
        if not self._new:
            return
        new, self._new = self._new.values(), {}
        execute = self._connection.executemany
        execute(self._sql["dependency_add"], [(each.id, other) for each in new for other in each.depends_on])
        execute(self._sql["label_add"], [(each.id, label) for each in new for label in each.labels])
        execute(self._sql["issue_add"], map(_row, new))
        self._rows = None

    def _reindex(self, what: str, issue_id: str, old: Sequence[str], new: Sequence[str]) -> None:
        if tuple(old) == tuple(new):
            return
        if old:
            gone = [(issue_id, value) for value in old]
            self._connection.executemany(self._sql[f"{what}_drop"], gone)
        if new:
            come = [(issue_id, value) for value in new]
            self._connection.executemany(self._sql[f"{what}_add"], come)

    def _many(self, name: str, *arguments: str) -> Sequence[Issue]:
        self._settle()
        # All rows at once: the caller may save while it goes through them.
        return [_issue(row) for row in self._connection.execute(self._sql[name], arguments).fetchall()]


def _row(issue: Issue) -> tuple[Any, ...]:
    return (
        issue.id,
        issue.title,
        time_column(issue.created),
        issue.type,
        issue.status,
        issue.priority,
        to_json(issue.labels) if issue.labels else _NO_LIST,
        issue.role,
        issue.assignee,
        issue.parent,
        to_json(issue.depends_on) if issue.depends_on else _NO_LIST,
        issue.epic,
        issue.stage,
        issue.branch,
        issue.pr,
        issue.source,
        issue.removed,
        issue.before_removal,
        _RANK[issue.priority],
        to_json([dump_value(each) for each in issue.comments]) if issue.comments else _NO_LIST,
        issue.workflow,
        issue.phase,
    )


def _issue(row: tuple[Any, ...]) -> Issue:
    return Issue(
        id=row[0],
        title=row[1],
        created=time_value(row[2]),
        type=row[3],
        status=IssueStatus(row[4]),
        priority=Priority(row[5]),
        labels=tuple(from_json(row[6])),
        role=None if row[7] is None else Role(row[7]),
        assignee=row[8],
        parent=row[9],
        depends_on=tuple(from_json(row[10])),
        epic=row[11],
        stage=row[12],
        branch=row[13],
        pr=row[14],
        source=row[15],
        removed=row[16] == 1,
        before_removal=None if row[17] is None else IssueStatus(row[17]),
        comments=()
        if row[18] == _NO_LIST
        else tuple(load_value(Comment, each) for each in from_json(row[18])),
        workflow=row[19],
        phase=row[20],
    )
