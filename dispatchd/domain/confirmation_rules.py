"""Answering a thread, and where it asks to confirm an act, the act itself, done by whoever confirms."""

from dispatchd.domain.authority import require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import AnswerThread, Circumstance, SetFact
from dispatchd.domain.epic_rules import AS_BEFORE, planned, renames_offered
from dispatchd.domain.event import Event, ThreadAnswered
from dispatchd.domain.fact_rules import decide_fact
from dispatchd.domain.facts import value_of
from dispatchd.domain.gate_rules import command_of, decide_answer
from dispatchd.domain.lookups import find, standing_epic, standing_thread
from dispatchd.domain.removal_rules import removed
from dispatchd.domain.thread import Contest, Deletion, GateAct, StageChange, Thread, ThreadStatus
from dispatchd.domain.thread_rules import check_answer, decide_talk


def decide_answer_thread(
    board: Board, command: AnswerThread, circumstance: Circumstance
) -> tuple[Event, ...]:
    """An answer; in a thread that confirms, together with what it confirms."""
    thread = standing_thread(board, command.thread)
    events = decide_talk(board, thread, command, circumstance)
    if thread.act is None or thread.status is not ThreadStatus.OPEN:
        return events
    require_person(board.rules, circumstance.actor, "confirming", subject=thread.id, key="answer")
    option, _ = check_answer(thread, command)
    if not any(isinstance(event, ThreadAnswered) for event in events):
        return events
    return (*events, *_confirmed(board, thread, option, circumstance))


def _confirmed(
    board: Board, thread: Thread, option: str | None, circumstance: Circumstance
) -> tuple[Event, ...]:
    """What *option* does: the last one offered always leaves everything as it is."""
    if option is None or option == thread.options[-1]:
        return ()
    match thread.act:
        case GateAct():
            return decide_answer(board, command_of(thread.act), circumstance)
        case StageChange(epic=epic_id, stages=plans):
            epic = standing_epic(board, epic_id)
            renamed = renames_offered(epic, plans).get(option, ())
            return () if option == AS_BEFORE else planned(board, epic, plans, renamed)
        case Deletion(subjects=subjects):
            return tuple(event for subject in subjects for event in removed(board, subject))
        case Contest(subject=subject, stood=stood) as contest:
            facts = contest.values[thread.options.index(option)] if contest.facts else ()
            entity, shown = find(board, subject), dict(stood)
            return tuple(
                event
                for key, value in facts
                # What somebody has set anew since they were asked is not overwritten by an answer to that question.
                if entity is None or shown.get(key, "") == (value_of(entity, key) or "") or not stood
                for event in decide_fact(
                    board, SetFact(subject=subject, key=key, value=value or None), circumstance
                )
            )
        case None:
            return ()
