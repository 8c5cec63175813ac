"""What was said about leave holds in a database made anew: a rule that was taken out stays out, once was once."""

from dispatchd.application.agents.policy_writing import write_down_what_is_always_allowed
from dispatchd.application.policies import policies_of
from dispatchd.domain.permissions import ALLOW_ALWAYS, ALLOW_ONCE
from tests.application.losing import assert_rebuilt_equal, lose_database
from tests.application.office import POLICIES, Office
from tests.application.world import World
from tests.fakes.instant_store import run


def ticks(world: World, option: str) -> None:
    path = next(each for each in world.paths("inbox") if f"- [ ] {option}" in world.read(each))
    world.edit(path, f"- [ ] {option}", f"- [x] {option}")
    world.settle()


def writes_rules(office: Office) -> None:
    for _ in range(2):
        run(write_down_what_is_always_allowed(office.desk))
        office.world.settle()


def test_a_rule_that_was_taken_out_stays_out_when_the_database_is_made_anew(world: World) -> None:
    office = Office(world, "# ours\n")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ALWAYS)
    writes_rules(office)
    assert len(world.store.look(policies_of).rules) == 1
    world.save(POLICIES, "# nothing is always allowed\n")
    world.settle()
    lose_database(world)
    world.settle()
    writes_rules(office)
    assert world.store.look(policies_of).rules == ()
    assert world.read(POLICIES) == "# nothing is always allowed\n"
    assert office.happened("RulesTaken") == 3


def test_a_rule_that_stands_is_not_written_a_second_time_when_the_database_is_made_anew(world: World) -> None:
    office = Office(world, "# ours\n")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ALWAYS)
    writes_rules(office)
    lose_database(world)
    world.settle()
    writes_rules(office)
    assert world.read(POLICIES).count("[[rule]]") == 1
    assert office.wants("make test").asked == ()


def test_always_is_over_with_its_rule_although_the_answer_itself_was_never_used(world: World) -> None:
    office = Office(world, "# ours\n")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ALWAYS)
    writes_rules(office)
    assert office.wants("make test").asked == ()
    world.save(POLICIES, "# nothing is always allowed\n")
    world.settle()
    assert office.wants("make test").asked


def test_always_below_a_rule_that_asks_people_is_good_for_what_was_asked(world: World) -> None:
    office = Office(world, '[[rule]]\nanswer = "human"\ncommand = "make *"\n')
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ALWAYS)
    writes_rules(office)
    assert office.wants("make test").asked == ()
    assert office.wants("make test").asked


def test_what_was_allowed_always_and_not_written_yet_is_written_after_a_lost_database(world: World) -> None:
    office = Office(world, "# ours\n")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ALWAYS)
    lose_database(world)
    world.settle()
    writes_rules(office)
    assert world.read(POLICIES).count("[[rule]]") == 1


def test_leave_that_was_used_in_a_later_turn_stays_used_when_the_database_is_made_anew(world: World) -> None:
    office = Office(world, "")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ONCE)
    assert office.wants("make test").asked == ()
    world.settle()
    assert_rebuilt_equal(world)
    assert office.wants("make test").asked


def test_leave_that_a_waiting_process_was_given_stays_used_when_the_database_is_made_anew(
    world: World,
) -> None:
    office = Office(world, "")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ONCE)
    office.hears()
    world.settle()
    assert office.thread().delivered
    assert_rebuilt_equal(world)
    assert office.wants("make test").asked


def test_leave_that_was_passed_on_and_not_used_is_still_good_when_the_database_is_made_anew(
    world: World,
) -> None:
    office = Office(world, "")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ONCE)
    office.passes_on()
    world.settle()
    assert_rebuilt_equal(world)
    assert office.wants("make test").asked == ()
    assert office.wants("make test").asked


def test_a_request_that_is_read_again_after_a_lost_database_gets_the_answer_it_got(world: World) -> None:
    office = Office(world, "")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ONCE)
    assert office.wants("make test", request="again").asked == ()
    world.settle()
    lose_database(world)
    world.settle()
    assert office.wants("make test", request="p1").asked, "the transcript is read from its beginning"
    assert office.wants("make test", request="again").asked == ()
    assert office.wants("make test", request="another").asked


def test_leave_of_a_history_that_did_not_say_who_used_it_is_not_good_again_where_a_note_says_so(
    world: World,
) -> None:
    office = Office(world, "")
    office.wants("make test")
    world.settle()
    ticks(world, ALLOW_ONCE)
    note = f"leave.{office.thread().id}"
    run(world.store.transact(lambda work: work.set_note(note, "i-7k2m.1")))
    assert office.wants("make test").asked
