"""The rules of `policies.toml` as they are in force: the last text of it that could be read."""

from functools import lru_cache

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.policy_document import read_policies
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.domain.permissions import PolicyRule


def policies_of(work: UnitOfWork) -> tuple[PolicyRule, ...]:
    """The rules, in their order; none where there is no such file."""
    record = work.documents.at(POLICIES)
    if record is None or record.current is None:
        return ()
    return _rules(work.blobs.get(record.current).decode("utf-8", errors="replace"))


@lru_cache(maxsize=4)
def _rules(text: str) -> tuple[PolicyRule, ...]:
    return read_policies(text).rules
