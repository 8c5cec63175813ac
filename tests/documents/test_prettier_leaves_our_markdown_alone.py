"""What the daemon writes is what Prettier would write, so that a formatter on save changes nothing.

Skipped where no Prettier is installed; the tests use no network.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.agent_document import compose_agent
from dispatchd.documents.annotations import Annotation, KeyAnchor, LineAnchor, TopAnchor
from dispatchd.documents.decision_document import compose_decision
from dispatchd.documents.epic_document import compose_epic, render_epic
from dispatchd.documents.epic_list_surgery import IssueLink, Listing
from dispatchd.documents.epic_lists import StageList
from dispatchd.documents.issue_document import compose_issue, render_issue
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.proposal_document import compose_proposal, render_proposal
from dispatchd.documents.shown_text import escaped, link
from dispatchd.documents.status_document import (
    DocumentLink,
    HeldItem,
    NextItem,
    RunningItem,
    StatusView,
    WaitingItem,
    render_status,
)
from dispatchd.documents.thread_document import compose_thread, render_thread
from dispatchd.documents.waiting_page import GONE, PageBox, PageItem, WaitingPage, compose_page
from dispatchd.domain.epic import Gate, GateState, Stage, StageState
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.proposal import Choice, ProposalStatus, Vote, WriteContext
from dispatchd.domain.thread import ThreadKind, ThreadStatus, Turn
from tests.documents.document_cast import (
    AFTERNOON,
    AGENT,
    AGENT_TEXT,
    ALICE,
    BUILD,
    DECISION,
    DESIGN,
    EPIC,
    EPIC_TEXT,
    ISSUE,
    ISSUE_TEXT,
    MORNING,
    PROPOSAL,
    PROPOSAL_TEXT,
    RELEASE,
    THREAD,
    THREAD_TEXT,
    signed,
)

EXTRA: Final = IssueLink(title="Extra", href="../issues/i-2b9x-extra.md", state="queued")
TITLES: Final = (
    "Login: times out",
    "# of *retries* in `auth.py` is_wrong",
    "_private_ <b>names</b> & [links](x) ~~gone~~ ~5 min~",
    "1. first + second - third > fourth",
    "-",
    "\x1b[31mred\u202e",
    "a\\b ![i](x) &amp; http://example.com/a_b_c ***",
    "__init__.py and snake_case_ and _x",
    "|a|b| $x$ {y} {{z}} ^[n] :smile: @alice #12",
)
REASONS: Final = "It dies too early (see i-7k2m): 2 s, not 30 s"


def test_a_formatter_changes_nothing_we_write(tmp_path: Path, prettier: str) -> None:
    texts = _documents()
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    subprocess.run(
        [prettier, "--no-config", "--no-editorconfig", "--write", "."],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    changed = {
        name: after
        for name, text in texts.items()
        if (after := (tmp_path / f"{name}.md").read_text(encoding="utf-8")) != text
    }
    assert changed == {}
    assert len(texts) > 25


def _documents() -> dict[str, str]:
    return {
        "agent": AGENT_TEXT,
        "agent-new": compose_agent(AGENT, "Be brief."),
        **_issues(),
        **_epics(),
        **_lists(),
        **_proposals(),
        **_threads(),
        **_screens(),
        **_pages(),
    }


def _issues() -> dict[str, str]:
    activity = [
        ActivityLine(at=MORNING, text="started by ash on `dispatchd/i-7k2m`"),
        ActivityLine(at=MORNING, text="Alice Doe", said="One.\n\nTwo."),
        ActivityLine(at=MORNING, text="ash asks: [Which hash?](../inbox/t-4kq2.md)"),
    ]
    notes = [
        Annotation(anchor=KeyAnchor(key="status"), message='kept "queued"; "in_review" comes later'),
        Annotation(anchor=TopAnchor(), message="the file was moved back"),
        Annotation(anchor=LineAnchor(line="The login form gives up after two seconds …"), message="no"),
        Annotation(anchor=LineAnchor(line="- [ ] waits thirty seconds"), message="no"),
        Annotation(anchor=LineAnchor(line="## Acceptance"), message="no"),
    ]
    return {
        "issue": ISSUE_TEXT,
        "issue-new": compose_issue(ISSUE, "The body."),
        "issue-told": render_issue(ISSUE, ISSUE_TEXT, notes, activity=activity),
        "issue-empty": render_issue(ISSUE, compose_issue(ISSUE), activity=activity),
    }


def _epics() -> dict[str, str]:
    rejected = replace(BUILD, gate=Gate(state=GateState.REJECTED, rejection=signed(reason=REASONS)))
    signed_once = replace(BUILD, gate=Gate(approvals=(signed(reason=REASONS),)))
    chosen = replace(
        RELEASE,
        state=StageState.APPROVED,
        gate=Gate(state=GateState.APPROVED, choice="Rolling", approvals=(signed(),)),
    )
    note = Annotation(
        anchor=LineAnchor(line="- [ ] Reject:"), message="needs a reason: write it behind the colon"
    )
    gate = Annotation(
        anchor=LineAnchor(line="Gate: review by @alice, @bob: Walk through the demo."),
        message="bob is nobody",
    )
    return {
        "epic": EPIC_TEXT,
        "epic-new": compose_epic(EPIC, "What and why."),
        "epic-rejected": render_epic(replace(EPIC, stages=(DESIGN, rejected, chosen)), EPIC_TEXT, [gate]),
        "epic-signed": render_epic(replace(EPIC, stages=(DESIGN, signed_once, RELEASE)), EPIC_TEXT),
        "epic-noted": render_epic(EPIC, EPIC_TEXT, [note, gate]),
        "epic-pending": render_epic(
            replace(
                EPIC,
                stages=tuple(replace(stage, state=StageState.PENDING, gate=Gate()) for stage in EPIC.stages),
            ),
            EPIC_TEXT,
        ),
    }


def _lists() -> dict[str, str]:
    titles = [f"Wanted {place}" for place in range(len(TITLES))]
    links = [
        IssueLink(title=title, href=href, state="in progress")
        for title, href in zip(TITLES, ("../issues/i-7k2m-x.md", "../issues/my own.md") * 5, strict=False)
    ]
    known = dict(zip(titles, links, strict=True))

    def lister(lists: Sequence[tuple[Stage, StageList]]) -> list[Listing]:
        every = [item for _, each in lists for item in each.items]
        found = {item.block.first: known[item.title] for item in every if item.title in known}
        standing = {item.link.target for item in every if item.link} | {link.href for link in found.values()}
        added = () if EXTRA.href in standing else (EXTRA,)
        return [Listing(links=found, added=added, wanted=2) for _ in lists]

    def listed(lines: list[str]) -> str:
        text = compose_epic(replace(EPIC, stages=(BUILD,)), "").replace(
            "Gate:", "\n".join(lines) + "\n\nGate:"
        )
        epic = replace(EPIC, stages=(BUILD,))
        once = render_epic(epic, text, (), lister)
        return render_epic(epic, once, [Annotation(anchor=LineAnchor(line=lines[-1]), message="no")])

    return {
        "list-numbered": listed(
            [*(f"{place}. {title}" for place, title in enumerate(titles, 1)), "10. Another @x"]
        ),
        "list-bullets": listed([*(f"- {title}" for title in titles), "- Another @x"]),
        "list-loose": listed(["- Other", "", "  text", "", "- Another @x"]),
        "list-bodies": listed(["1. Other", "   text", "", "   - more", "", "2. Another @x"]),
    }


def _proposals() -> dict[str, str]:
    vote = Vote(voter="@alice", choice=Choice.REJECT, signature=signed(ALICE, REASONS))
    voted = replace(PROPOSAL, votes=(*PROPOSAL.votes, vote))
    passed = replace(voted, status=ProposalStatus.PASSED, closed_at=AFTERNOON, decision=EntityId("d-5m2x"))
    vetoed = replace(passed, status=ProposalStatus.VETOED, override=signed(reason=REASONS), votes=())
    context = WriteContext(path=DocumentPath("context/hashing.md"), text="# Hashing\n\n```sh\nmake\n```\n")
    link = "../decisions/d-5m2x-use-argon2id.md"
    return {
        "proposal": PROPOSAL_TEXT,
        "proposal-new": compose_proposal(replace(voted, actions=(*PROPOSAL.actions, context)), "Why."),
        "proposal-voted": render_proposal(voted, PROPOSAL_TEXT),
        "proposal-passed": render_proposal(passed, PROPOSAL_TEXT, decision_link=link),
        "proposal-vetoed": render_proposal(vetoed, PROPOSAL_TEXT, decision_link=link),
        "proposal-bare": render_proposal(replace(PROPOSAL, voters=()), "Why.\n", people=("alice", "bob")),
    }


def _threads() -> dict[str, str]:
    answer = Turn(by=ALICE, at=MORNING, text="Take argon2id.\n\n- it is slow\n- that is good\n")
    talked = replace(THREAD, turns=(*THREAD.turns, answer))
    notice = replace(THREAD, kind=ThreadKind.NOTICE, options=())
    message = replace(THREAD, kind=ThreadKind.MESSAGE, options=(), turns=(), to="ash", sender="alice")
    return {
        "thread": THREAD_TEXT,
        "thread-new": compose_thread(THREAD),
        "thread-talked": render_thread(talked, THREAD_TEXT),
        "thread-answered": render_thread(replace(talked, status=ThreadStatus.ANSWERED), THREAD_TEXT),
        "thread-notice": compose_thread(notice),
        "thread-message": render_thread(message, "Fix the login\n"),
        "thread-message-sent": render_thread(replace(message, turns=(answer,)), "Fix the login\n"),
        **{
            f"thread-{number}": compose_thread(replace(THREAD, title=title))
            for number, title in enumerate(TITLES)
        },
    }


def _pages() -> dict[str, str]:
    def item(title: str, **fields: Any) -> PageItem:
        path = DocumentPath("inbox/which hash_(1).md")
        return PageItem(heading=f"{link(title, path)} · {escaped(title)}", ids=("t-4kq2",), **fields)

    boxes = (
        PageBox(label="argon2id", note="tick one only; two were ticked together"),
        PageBox(label="Reject:", ticked=True, note="needs a reason: write it behind the colon"),
        PageBox(label="Skip:", said="it is late"),
    )
    items = [
        item(title, section="Gates", remarks=escaped(title), words=("One.", "", "- two"), boxes=boxes)
        for title in TITLES
    ]
    several = replace(items[0], ids=("t-2222", "t-3333"), above=("Mine,", "typed."), below=("More.",))
    told = item("Login", section=GONE, words=("“Reject” was not done: it no longer waits.",), boxes=boxes[:1])
    page = WaitingPage(items=(*items, several, told), stray=("ask bob",), more={"Gates": 7})
    return {"waiting": compose_page(page), "waiting-empty": compose_page(WaitingPage())}


def _screens() -> dict[str, str]:
    links = [DocumentLink(title=title, path=DocumentPath("issues/login (1) time_out.md")) for title in TITLES]
    view = StatusView(
        daemon="The daemon runs since 2026-11-21 07:20Z on alice-laptop.",
        counts=("3 done", "1 cancelled"),
        waiting=tuple(WaitingItem(document=link, what=link.title, since=MORNING) for link in links),
        running=tuple(RunningItem(document=link, who="ash", since=MORNING) for link in links),
        next=tuple(NextItem(document=link, priority="high", remark=link.title) for link in links),
        held=tuple(HeldItem(document=link, waits_on=tuple(links[:2]), why=link.title) for link in links),
        problems=tuple(
            DocumentProblem(path=path, line=3, what=title, hint=title)
            for title in TITLES
            for path in (DocumentPath(""), DocumentPath("issues/a_b [c].md"))
        ),
    )
    return {
        "status": render_status(view),
        "status-empty": render_status(StatusView(daemon="No daemon runs; `dispatchd up` starts one.")),
        "decision": compose_decision(DECISION),
    }
