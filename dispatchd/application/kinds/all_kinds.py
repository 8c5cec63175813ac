"""Every kind of document, by what it is."""

from typing import Final

from dispatchd.application.document_kinds import Kinds
from dispatchd.application.kinds.agent_kind import AGENT_KIND
from dispatchd.application.kinds.decision_kind import DECISION_KIND
from dispatchd.application.kinds.epic_kind import EPIC_KIND
from dispatchd.application.kinds.issue_kind import ISSUE_KIND
from dispatchd.application.kinds.proposal_kind import PROPOSAL_KIND
from dispatchd.application.kinds.thread_kind import THREAD_KIND

KINDS: Final[Kinds] = {
    kind.kind: kind for kind in (ISSUE_KIND, EPIC_KIND, PROPOSAL_KIND, THREAD_KIND, AGENT_KIND, DECISION_KIND)
}
