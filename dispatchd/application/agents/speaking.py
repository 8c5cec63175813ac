"""What an agent says while its turn runs: the verbs that its run's socket takes, and no others.

Who speaks comes from the run, never from what is said. There is no verb that approves, answers for a person or ends an
issue, and none waits for a person.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from dispatchd.application.agents.answering import answer_question
from dispatchd.application.agents.coordinating import ask_role, check_votes, collect_answers, lay_plan
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.verbs import answer_finding, give_verdict
from dispatchd.application.agents.putting_questions import ask_people, report_blocked
from dispatchd.application.agents.submitting import by_agent, submit
from dispatchd.application.agents.voting.verbs import vote_of_turn
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.carrying_out import perform
from dispatchd.application.requests.request import Request, Verb
from dispatchd.documents.shown_text import legible
from dispatchd.documents.unclosed_blocks import closed
from dispatchd.domain.agent_run import AgentRun, RunId
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.domain.wording import listed

Said = Mapping[str, Any]
MOST_OPENED: Final = 20
"""Files that one turn may put before others, besides its questions: each is somebody's to read."""
OPENS: Final = frozenset({"send_message", "propose", "request_review"})
_TEXTS: Final = frozenset({"body", "text", "question", "summary", "what"})
"""What agents say in Markdown, of any length."""


async def speak(desk: Desk, run_id: RunId, verb: str, said: Said) -> Mapping[str, Any]:
    """Do what the agent of a run asks. Raises Rejected, in words for the agent."""
    run = await desk.session.ports.store.transact(lambda work: work.run(run_id))
    if run is None or not run.is_live:
        raise Rejected("end your turn; it is over already, and nothing more is taken from it")
    claimed = said.get("speaker")
    if claimed is not None and claimed != run.agent:
        raise Rejected(
            f"speak as {run.agent}; this turn is {run.agent}'s, and no other's word is taken in it"
        )
    if run.is_for_answer and verb not in ANSWERING:
        raise Rejected(
            f'say one of {listed(ANSWERING)}; this turn is for an answer, and "{verb}" is not for it'
        )
    if run.is_for_vote and verb not in VOTING:
        raise Rejected(f'say one of {listed(VOTING)}; this turn is for your vote, and "{verb}" is not for it')
    does = VERBS.get(verb)
    if does is None:
        raise Rejected(f'say one of {listed(VERBS)}; "{verb}" is not for agents')
    if verb not in OPENS:
        return await does(desk, run, _keepable(said))
    opened = desk.opened.get(run.id, 0)
    if opened >= MOST_OPENED:
        raise Rejected(
            f"go on without that; you have opened {opened} messages and proposals in this turn, and more are not taken"
        )
    desk.opened[run.id] = opened + 1
    try:
        return await does(desk, run, _keepable(said))
    except Rejected:
        desk.opened[run.id] -= 1
        raise


def _keepable(said: Any, name: str = "") -> Any:
    """What was said, with every character that a terminal would obey, or that no file can hold, as what it is; and a
    text so that it swallows nothing of the document that it becomes a part of. *name* is how the value is called.
    """
    match said:
        case str():
            return closed(legible(said)) if name in _TEXTS else legible(said)
        case list():
            return [_keepable(each, name) for each in said]
        case Mapping():
            return {key: _keepable(value, key) for key, value in said.items()}
        case _:
            return said


async def _get_issue(desk: Desk, run: AgentRun, _said: Said) -> Mapping[str, Any]:
    def read(work: UnitOfWork) -> str:
        thread = work.thread(run.issue) if run.is_for_answer else None
        record = work.documents.of(run.issue if thread is None else thread.issue or thread.id)
        found = work.blobs.get(record.current) if record is not None and record.current is not None else b""
        return found.decode("utf-8", errors="replace")

    return {"id": run.issue, "text": await desk.session.ports.store.transact(read)}


async def _read_inbox(desk: Desk, run: AgentRun, _said: Said) -> Mapping[str, Any]:
    def read(work: UnitOfWork) -> list[dict[str, str]]:
        return [
            {"thread": each.id, "from": each.sender, "title": each.title, "text": each.turns[-1].text}
            for each in work.entities(EntityKind.THREAD)
            if isinstance(each, Thread)
            and each.to == run.agent
            and each.status is ThreadStatus.OPEN
            and each.turns
        ]

    return {"messages": await desk.session.ports.store.transact(read)}


async def _ask(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    return await ask_people(desk, run, _only(said, "question", "options", "text"))


async def _tell(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    about = {} if run.is_for_vote else {"issue": run.issue}
    return await _perform(desk, run, Verb.TELL, {**_only(said, "text", "to"), **about})


async def _vote(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    if not run.is_for_vote:
        return await _perform(desk, run, Verb.VOTE, _only(said, "proposal", "choice", "reason"))
    done = await _perform(desk, run, Verb.VOTE, vote_of_turn(run, said))
    return {**done, "say": "Your vote is cast. End your turn now."}


async def _propose(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    await check_votes(desk, run, said)
    return await _perform(desk, run, Verb.PROPOSAL_NEW, _only(said, "title", "body", "voters", "threshold"))


async def _comment(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    return await _perform(desk, run, Verb.COMMENT, {**_only(said, "text"), "id": run.issue})


async def _submit(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    written = said.get("summary")
    return await submit(desk, run, written if isinstance(written, str) else "")


async def _blocked(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Say what is missing; people see it as a question, and the issue as blocked, until it is answered."""
    what = said.get("what") or said.get("text")
    return await report_blocked(desk, run, {"question": what} if what is not None else {})


async def _review(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Ask for a second pair of eyes: a reviewer's, if there is one, or a person's."""

    def reviewer(work: UnitOfWork) -> str | None:
        found = (each.name for each in work.agents() if each.role == "reviewer" and each.name != run.agent)
        return next(found, None)

    to = await desk.session.ports.store.transact(reviewer)
    text = f"Please look at my work on {run.issue}. {said.get('text') or ''}".strip()
    return await _perform(desk, run, Verb.TELL, {"text": text, "to": to, "issue": run.issue})


VERBS: Final[Mapping[str, Callable[[Desk, AgentRun, Said], Awaitable[Mapping[str, Any]]]]] = {
    "get_issue": _get_issue,
    "read_inbox": _read_inbox,
    "send_message": _tell,
    "ask_human": _ask,
    "cast_vote": _vote,
    "propose": _propose,
    "note_progress": _comment,
    "request_review": _review,
    "submit_work": _submit,
    "report_blocked": _blocked,
    "give_verdict": give_verdict,
    "answer_finding": answer_finding,
    "answer_question": answer_question,
    "lay_plan": lay_plan,
    "ask_role": ask_role,
    "collect_answers": collect_answers,
}
ANSWERING: Final = ("get_issue", "answer_question")
"""What may be said in a turn in which an agent answers another's question."""

VOTING: Final = ("cast_vote", "get_issue", "read_inbox", "send_message")
"""Those of a turn in which a vote is asked for."""


def _only(said: Said, *names: str) -> dict[str, Any]:
    """What of *said* the verb takes; anything else an agent adds is left out."""
    return {name: said[name] for name in names if said.get(name) is not None}


async def _perform(desk: Desk, run: AgentRun, verb: Verb, said: Said) -> Mapping[str, Any]:
    return await perform(
        desk.session, Request(verb=verb, arguments=said, speaker=run.agent), by_agent(desk, run)
    )
