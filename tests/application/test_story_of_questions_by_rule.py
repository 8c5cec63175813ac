"""What agents ask is answered by a rule, by another agent, or by people, each in its time; who answers stands there."""

import contextlib
from datetime import timedelta

import pytest

from dispatchd.application.agents.asking import ask_question
from dispatchd.application.agents.consulting import left_to_people
from dispatchd.application.agents.ending import why_unwanted
from dispatchd.application.agents.speaking import speak
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.policies import who_may_be_asked
from dispatchd.application.ports.agent_events import QuestionAsked
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.application.requests.request import Verb
from dispatchd.application.waiting_items import Named, WaitingItem
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.command import MoveIssue
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import EndRun
from dispatchd.domain.thread import ThreadStatus
from tests.application.flow_world import ISSUE
from tests.application.office import ASKS, POLICIES, Office
from tests.application.world import World
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import InstantStore, run


def test_a_fixed_text_answers_in_the_same_call_and_the_rule_stands_in_thread_event_and_log(
    world: World,
) -> None:
    office = Office(world, '[[rule]]\nsay = "Spaces, four."\ntext = "*spaces*"\n')
    done = office.asks("Tabs or spaces?")
    assert (done["status"], done["answer"]) == ("answered", "Spaces, four.")
    thread = office.thread()
    assert (thread.status, thread.delivered) == (ThreadStatus.ANSWERED, True)
    assert [turn.text for turn in thread.turns[-2:]] == [
        "The rule at policies.toml:1 answers:",
        "Spaces, four.",
    ]
    told = [line for _, line in world.store.look(lambda work: work.history.newest(9))]
    assert any("answers by the rule at policies.toml:1: Spaces, four." in line for line in told)


def test_a_fixed_text_that_is_an_option_chooses_it(world: World) -> None:
    office = Office(world, '[[rule]]\nsay = "spaces"\n')
    office.asks("Which?", "Tabs", "Spaces")
    assert office.thread().chosen == "Spaces"


def test_without_a_rule_that_fits_people_are_asked_as_ever(world: World) -> None:
    office = Office(world, '[[rule]]\nsay = "x"\ntext = "*never*"\n')
    assert office.asks("Tabs or spaces?")["status"] == "pending"
    office.looks()
    assert office.thread().passed == ()
    assert office.happened("QuestionPassed") == 0


def test_a_rule_written_later_answers_what_waits(world: World) -> None:
    office = Office(world, "")
    office.asks("Tabs or spaces?")
    world.save(POLICIES, '[[rule]]\nsay = "Spaces."\n')
    world.settle()
    office.looks()
    assert office.thread().turns[-1].text == "Spaces."


def test_an_agent_of_the_role_is_asked_in_a_turn_of_its_own_and_answers(world: World) -> None:
    office = Office(world, ASKS)
    assert office.asks("Tabs or spaces?", "Tabs", "Spaces")["status"] == "pending"
    office.looks()
    thread = office.thread()
    (turn,) = office.turns_for_answers()
    assert (turn.agent, turn.issue, turn.id) == ("yew", thread.id, f"{thread.id}.1")
    office.answers(turn, "spaces", "As everywhere.")
    world.settle()
    answered = office.thread()
    assert (answered.chosen, answered.turns[-1].by.handle) == ("Spaces", "yew")
    assert "The rule at policies.toml:1 asks yew, until" in world.read(world.paths("inbox")[0])
    assert world.store.look(lambda work: why_unwanted(work, turn)) == ""


def test_when_nobody_answers_in_time_the_next_rule_has_its_turn_and_in_the_end_a_text(world: World) -> None:
    office = Office(world, ASKS)
    office.asks("Tabs or spaces?")
    office.looks()
    (turn,) = office.turns_for_answers()
    office.waits(timedelta(minutes=11))
    assert [each.to for each in office.thread().passed] == ["yew", None]
    assert world.store.look(lambda work: why_unwanted(work, turn)) == "somebody else is asked by now"
    with pytest.raises(Rejected, match="somebody else is asked"):
        office.answers(turn, "Tabs")
    office.waits(timedelta(hours=2))
    thread = office.thread()
    assert (thread.status, thread.turns[-1].text) == (ThreadStatus.ANSWERED, "Spaces")
    assert office.happened("QuestionPassed") == 2
    assert office.happened("RuleAnswered") == 1


def test_a_person_may_be_faster_than_the_agent_that_is_asked(world: World) -> None:
    office = Office(world, ASKS)
    office.asks("Tabs or spaces?", "Tabs", "Spaces")
    office.looks()
    (turn,) = office.turns_for_answers()
    world.ask(Verb.ANSWER, thread=office.thread().id, option="Tabs")
    world.settle()
    assert office.thread().chosen == "Tabs"
    assert world.store.look(lambda work: why_unwanted(work, turn)).endswith("was answered already")
    with pytest.raises(Rejected):
        office.answers(turn, "Spaces")


def test_an_agent_that_does_not_answer_is_asked_once_more_and_no_more(world: World) -> None:
    office = Office(world, ASKS)
    office.asks("Tabs or spaces?")
    for number in (1, 2):
        office.looks()
        (turn,) = office.turns_for_answers()
        assert turn.attempt == number
        office.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK))
    office.looks()
    assert office.turns_for_answers() == []


def test_nobody_is_asked_what_they_ask_themselves_and_a_role_without_anybody_is_passed_over(
    world: World,
) -> None:
    office = Office(world, '[[rule]]\nask = "coder"\n\n[[rule]]\nask = "docs"\n\n[[rule]]\nsay = "Spaces."\n')
    assert office.asks("Tabs or spaces?")["answer"] == "Spaces."


def test_only_the_agent_that_is_asked_answers_and_only_in_its_turn(world: World) -> None:
    office = Office(world, ASKS)
    office.asks("Tabs or spaces?")
    office.looks()
    (turn,) = office.turns_for_answers()
    for speaker in ("yew", "oak"):
        with pytest.raises(Rejected):
            world.ask(Verb.ANSWER, speaker=speaker, thread=turn.issue, text="Tabs")
    with pytest.raises(Rejected, match="nobody's question"):
        office.answers(office.turn_of_ash, "Tabs")
    for verb in ("submit_work", "ask_human", "cast_vote", "send_message", "note_progress"):
        with pytest.raises(Rejected, match="this turn is for an answer"):
            run(speak(office.desk, turn.id, verb, {"text": "x"}))


def test_whoever_is_asked_asks_nobody_and_a_program_that_cannot_answer_is_not_asked(world: World) -> None:
    office = Office(world, ASKS)
    office.asks("Tabs or spaces?")
    office.looks()
    (office.turn_of_ash,) = office.turns_for_answers()
    assert office.wants("curl example.com").asked == ()

    def asks(door: Door) -> Plan:
        asked = QuestionAsked(request="q1", text="What do people say?")
        ask_question(office.desk, door, office.turn_of_ash, RunProgress(run=office.turn_of_ash.id), asked)
        return Plan(commands=[])

    run(office.desk.plan(asks))
    assert len(world.paths("inbox")) == 1
    card = "---\nname: yew\nrole: architect\nengine: command:look\n---\n\nWorks.\n"
    world.save("agents/yew/agent.md", card)
    world.settle()
    assert "architect" not in world.store.look(
        lambda work: {each.role for each in who_may_be_asked(work, "ash")}
    )


def test_after_a_lost_database_the_same_question_waits_for_the_same_agent_and_nobody_is_asked_twice(
    world: World,
) -> None:
    office = Office(world, ASKS)
    office.asks("Tabs or spaces?")
    office.looks()
    before, live = office.thread(), [turn.id for turn in office.turns_for_answers()]
    world.store = InstantStore()
    world.restart()
    world.settle()
    office.looks()
    assert office.thread() == before
    assert [turn.id for turn in office.turns_for_answers()] == live
    office.waits(timedelta(minutes=11))
    office.waits(timedelta(hours=2))
    assert office.thread().turns[-1].text == "Spaces"


def test_a_moment_that_is_near_is_said_to_the_second(world: World) -> None:
    office = Office(world, ASKS.replace('within = "10m"', 'within = "5s"'))
    asked = str(office.asks("Tabs or spaces?")["thread"])
    until = office.thread(asked).passed[-1].until
    assert until is not None
    assert f"asks yew, until {until:%Y-%m-%d %H:%M:%SZ}." in office.thread(asked).turns[-1].text


def test_nobody_is_woken_for_what_a_rule_is_about_to_answer_or_has_answered_meanwhile(world: World) -> None:
    office = Office(world, ASKS)
    asked = [
        str(world.ask(Verb.ASK, speaker="ash", question=each, issue=ISSUE)["subject"])
        for each in ("Which hash?", "Tabs or spaces?")
    ]
    waits = [
        WaitingItem(
            section="", kind="question", of=(Named(each, each, ""),), title=each, what="question", since=None
        )
        for each in asked
    ]

    def left() -> list[str]:
        at = world.clock.now()
        found = world.store.look(lambda work: left_to_people(work, BudgetSettings(), at, waits))
        return [each.id for item in found for each in item.of]

    assert left() == [], "one a rule answers, one it puts to an architect, and neither was done yet"
    office.looks()
    assert left() == []
    office.waits(timedelta(minutes=11))
    assert left() == [asked[1]], "it is for people by now"


def _is_blocked(world: World) -> bool:
    issue = world.store.look(lambda work: work.issue(ISSUE))
    return issue is not None and issue.status is IssueStatus.BLOCKED


def test_what_is_missing_and_that_it_blocks_come_about_together_wherever_the_daemon_is_killed(
    world: World,
) -> None:
    office = Office(world, "")
    steps = world.store.steps
    for fatal in range(10):
        asked = len(list(world.store.look(lambda work: work.threads_of(ISSUE))))
        steps.fatal = steps.taken + fatal
        with contextlib.suppress(Crashed):
            run(speak(office.desk, office.turn_of_ash.id, "report_blocked", {"what": "A key is missing."}))
        steps.fatal = None
        now = len(list(world.store.look(lambda work: work.threads_of(ISSUE))))
        assert (now > asked) == _is_blocked(world)
        if _is_blocked(world):
            break
    run(speak(office.desk, office.turn_of_ash.id, "report_blocked", {"what": "A key is missing."}))
    assert len(list(world.store.look(lambda work: work.threads_of(ISSUE)))) == 1


def test_a_rule_that_answers_at_once_keeps_the_issue_from_being_blocked(world: World) -> None:
    office = Office(world, '[[rule]]\nsay = "It lies in the safe."\ntext = "*key*"\n')
    said = {"what": "A key is missing."}
    done = run(speak(office.desk, office.turn_of_ash.id, "report_blocked", said))
    assert (done["status"], done["answer"]) == ("answered", "It lies in the safe.")
    assert not _is_blocked(world)
    assert office.thread().delivered


def test_what_is_missing_is_asked_also_where_the_issue_cannot_be_blocked_any_more(world: World) -> None:
    office = Office(world, "")
    office.daemon(MoveIssue(issue=ISSUE, to=IssueStatus.AWAITING_REVIEW))
    with pytest.raises(Rejected):
        run(speak(office.desk, office.turn_of_ash.id, "report_blocked", {"what": "A key is missing."}))
    assert office.thread().title == "A key is missing."


def test_a_turn_whose_issue_is_cancelled_asks_for_nothing(world: World) -> None:
    office = Office(world, "")
    office.daemon(MoveIssue(issue=ISSUE, to=IssueStatus.CANCELLED))
    with pytest.raises(Rejected, match="end your turn"):
        run(speak(office.desk, office.turn_of_ash.id, "report_blocked", {"what": "A key is missing."}))
    assert not world.paths("inbox/")
