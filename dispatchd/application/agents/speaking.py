"""What an agent says while its turn runs: the verbs that its run's socket takes, and no others.

Who speaks comes from the run, never from what is said. There is no verb that approves, answers for a person or ends an
issue, and none waits for a person.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from dispatchd.application.agents.answering import answer_question
from dispatchd.application.agents.asking import PENDING
from dispatchd.application.agents.checking import run_submit_checks
from dispatchd.application.agents.consulting import put_to_rules
from dispatchd.application.agents.coordinating import ask_role, check_votes, collect_answers, lay_plan
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import clone_of
from dispatchd.application.agents.flows.verbs import answer_finding, give_verdict, look_at_artefact
from dispatchd.application.agents.voting.verbs import vote_of_turn
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed
from dispatchd.application.requests.carrying_out import perform
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.agent_run import AgentRun, RunId, Work
from dispatchd.domain.command import Circumstance, Command, DeliverAnswer, MoveIssue
from dispatchd.domain.coordination import WANTS_ANSWER
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import SubmitWork
from dispatchd.domain.steering_command import AddComment
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from dispatchd.domain.wording import listed

Said = Mapping[str, Any]
BY_RULE: Final = "A rule of this workspace answers that. Go on with it."
_MOST_NAMED: Final = 10
NOT_A_PERSON: Final = "use the tools of your run, or end your turn; this is how people speak, and you belong to an agent's turn ({run})"
MOST_QUESTIONS: Final = 5
"""Open ones of one agent about one issue."""


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
    return await does(desk, run, said)


async def check_before(desk: Desk, run_id: RunId, verb: str) -> None:
    """Run what a submission has to pass. Raises Rejected where it does not. It may take long: nothing is held by it."""
    if verb != "submit_work" or not desk.ports.settings().agents.submit_checks:
        return
    run, work = await desk.session.ports.store.transact(
        lambda each: (run := each.run(run_id), each.work(run.issue) if run is not None else None)
    )
    if run is None or not run.is_live or work is None:
        return
    commit = await desk.session.run(lambda: _fetched(desk, work))
    red = await run_submit_checks(desk, commit, run.issue)
    if red is not None:
        raise Rejected(f"mend it, commit, and submit again; {red.why}:\n\n{red.findings}")


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
    """Put a question to people. The same one again is the one that stands; too many are refused."""
    asked = {**_only(said, "question", "options", "text"), "issue": run.issue}
    standing = await desk.session.ports.store.transact(lambda work: _open_questions(work, run))
    title = str(said.get("question") or "").strip()
    same = next((each for each in standing if each.title == title), None)
    if same is not None:
        return {"thread": same.id, "status": "pending", "say": PENDING}
    if len(standing) >= MOST_QUESTIONS:
        raise Rejected(f"end your turn; {len(standing)} questions of yours wait for an answer already")
    done = await _perform(desk, run, Verb.ASK, asked)
    return await _answered_at_once(desk, EntityId(done["subject"]))


async def _answered_at_once(desk: Desk, thread_id: EntityId) -> Mapping[str, Any]:
    """What a rule says to it, or that the answer comes in a later turn."""
    heard: list[Thread] = []

    def put(door: Door) -> Plan:
        thread = put_to_rules(desk, door, thread_id, desk.session.ports.clock.now())
        if thread is None or thread.status is not ThreadStatus.ANSWERED:
            return Plan(commands=[], subject=thread_id)
        heard.append(thread)
        return Plan(commands=[DeliverAnswer(thread=thread_id)], subject=thread_id)

    await desk.plan(put)
    if not heard:
        return {"thread": thread_id, "status": "pending", "say": PENDING}
    return {"thread": thread_id, "status": "answered", "answer": heard[0].turns[-1].text, "say": BY_RULE}


def _open_questions(work: UnitOfWork, run: AgentRun) -> list[Thread]:
    return [
        each
        for each in work.threads_of(run.issue)
        if each.sender == run.agent and each.status is ThreadStatus.OPEN and each.kind is ThreadKind.QUESTION
    ]


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
    """Take the head of its branch, which is fetched first. A tree with changes, or another branch, is refused."""
    work = await desk.session.ports.store.transact(lambda each: each.work(run.issue))
    if work is None:
        raise Rejected("end your turn; nothing is known of your work")
    commit = await desk.session.run(lambda: _fetched(desk, work))
    written = said.get("summary")
    summary = written if isinstance(written, str) else ""
    await look_at_artefact(desk, run, commit, summary)
    submit = SubmitWork(issue=run.issue, commit=commit, summary=summary, run=run.id)
    commands = [*(await _kept(desk, run, summary)), submit]
    done = await desk.session.act(
        lambda _door, _by: Plan(commands=commands, subject=run.issue), _by(desk, run)
    )
    return {"commit": commit, "told": list(done.told), "say": "It is submitted. End your turn now."}


async def _kept(desk: Desk, run: AgentRun, summary: str) -> Sequence[Command]:
    """Where words are what was wanted, all of them stay in the issue."""
    issue = await desk.session.ports.store.transact(lambda work: work.issue(run.issue))
    if issue is None or WANTS_ANSWER not in issue.labels or not summary.strip():
        return ()
    return (AddComment(issue=run.issue, text=summary.strip()),)


def _fetched(desk: Desk, work: Work) -> str:
    clone = clone_of(desk, work)
    state = desk.ports.clones.look(clone)
    if state.other_branch is not None:
        raise Rejected(
            f"check out {work.branch} and bring your work there; {state.other_branch} is checked out"
        )
    if state.changed:
        more = f" and {len(state.changed) - _MOST_NAMED} more" if len(state.changed) > _MOST_NAMED else ""
        named = ", ".join(state.changed[:_MOST_NAMED])
        raise Rejected(f"commit or take back what has changed first: {named}{more}")
    try:
        head = desk.ports.clones.fetch_back(clone)
    except CloneFailed as failed:
        raise Rejected(str(failed)) from failed
    if head is None:
        raise Rejected(f"commit your work on {work.branch} first; the branch cannot be read")
    return head


async def _blocked(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Say what is missing; people see it as a question, and the issue as blocked, until it is answered."""
    done = await _ask(desk, run, {"question": said.get("what") or said.get("text")})
    if done["status"] == "answered":
        return done
    move = MoveIssue(issue=run.issue, to=IssueStatus.BLOCKED)
    await desk.session.act(lambda _door, _by: Plan(commands=[move], subject=run.issue), _by(desk, run))
    return done


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
    return await perform(desk.session, Request(verb=verb, arguments=said, speaker=run.agent), _by(desk, run))


def _by(desk: Desk, run: AgentRun) -> Callable[[UnitOfWork], Circumstance]:
    at = desk.session.ports.clock.now()
    provenance = Provenance(channel=Channel.COMMAND, run=run.id)
    return lambda _work: Circumstance(actor=agent_actor(run.agent), at=at, provenance=provenance)
