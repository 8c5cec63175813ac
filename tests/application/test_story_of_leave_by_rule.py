"""Leave is given or denied by a rule, by an agent that is asked, or for always, which only people say."""

from dataclasses import replace

import pytest

from dispatchd.application.agents.policy_writing import write_down_what_is_always_allowed
from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.permissions import ALLOW_ALWAYS, ALLOW_ONCE
from tests.application.office import POLICIES, Office
from tests.application.world import World
from tests.fakes.instant_store import run


def test_leave_is_given_or_denied_at_once_and_told_once_in_a_turn(world: World) -> None:
    rules = (
        '[[rule]]\nanswer = "allow"\ncommand = "make *"\n\n[[rule]]\nanswer = "deny"\ncommand = "git push*"\n'
    )
    office = Office(world, rules)
    for command in ("make test", "make test", "git push", "git push"):
        assert office.wants(command).asked == ()
    assert office.happened("LeaveRuled") == 2
    told = [line for _, line in world.store.look(lambda work: work.history.newest(9))]
    assert any("denies ash by the rule at policies.toml:5 Bash: git push" in line for line in told)
    assert world.paths("inbox") == []


def test_while_nobody_has_answered_nothing_happens(world: World) -> None:
    office = Office(world, "")
    office.wants("make lint")
    assert [office.hears(), office.hears()] == [False, False]
    world.ask(Verb.ANSWER, thread=office.thread().id, option=ALLOW_ONCE)
    assert [office.hears(), office.hears()] == [True, False]


def test_leave_for_a_folder_is_none_for_what_dots_lead_to_from_there(world: World) -> None:
    office = Office(world, '[[rule]]\nanswer = "allow"\ntool = "Edit"\npath = "docs/*"\n')
    assert office.wants("", "/w/i-7k2m/docs/a.md").asked == ()
    assert office.wants("", "docs/../src/auth/keys.py").asked
    assert office.wants("", "/w/i-7k2m/docs/../../i-7k2m-other/docs/a.md").asked
    world.settle()
    texts = "".join(world.read(path) for path in world.paths("inbox"))
    assert "\n> src/auth/keys.py\n" in texts
    assert "\n> /w/i-7k2m-other/docs/a.md\n" in texts


def test_what_is_always_allowed_is_that_and_not_what_its_marks_could_mean(world: World) -> None:
    office = Office(world, "")
    office.wants("rm *.[ch]")
    world.settle()
    (path,) = world.paths("inbox")
    world.edit(path, "- [ ] Always allow", "- [x] Always allow")
    world.settle()
    run(write_down_what_is_always_allowed(office.desk))
    world.settle()
    assert office.wants("rm *.[ch]").asked == ()
    assert office.wants("rm a.[ch]").asked


def test_an_agent_allows_once_and_never_always(world: World) -> None:
    office = Office(world, '[[rule]]\nask = "architect"\ntool = "Bash"\n')
    assert office.wants("curl example.com").asked
    office.looks()
    (turn,) = office.turns_for_answers()
    with pytest.raises(Rejected, match="what is always allowed is not for an agent"):
        office.answers(turn, ALLOW_ALWAYS)
    with pytest.raises(Rejected, match="nothing else is an answer"):
        office.answers(turn, "Sure")
    office.answers(turn, ALLOW_ONCE)
    assert office.thread().chosen == ALLOW_ONCE
    run(write_down_what_is_always_allowed(office.desk))
    world.settle()
    assert world.read(POLICIES).count("[[rule]]") == 1


def test_always_adds_a_rule_below_what_stands_there_with_who_and_when_and_it_counts(world: World) -> None:
    ours = '# odd,  and mine\n[[rule]]\nanswer   =   "deny"   # never\ncommand = "git push*"'
    office = Office(world, ours)
    office.wants("make test")
    world.settle()
    (path,) = world.paths("inbox")
    world.edit(path, "- [ ] Always allow", "- [x] Always allow")
    world.settle()
    for _ in range(2):
        run(write_down_what_is_always_allowed(office.desk))
        world.settle()
    text = world.read(POLICIES)
    assert text.startswith(ours)
    assert f"# ash asked in {office.thread().id}; Alice Doe allowed it always, " in text
    assert text.count("[[rule]]") == 2
    assert office.wants("make test").asked == ()
    assert office.happened("LeaveRuled") == 1


def test_always_beside_a_strangers_rules_lets_only_its_own_count(world: World) -> None:
    office = Office(world, "# ours\n")
    world.commit(
        {POLICIES: '# ours\n[[rule]]\nanswer = "allow"\ntool = "*"\n'}, ("Mallory", "m@evil.example")
    )
    office.wants("make test")
    world.settle()
    asked = next(path for path in world.paths("inbox") if "Always allow" in world.read(path))
    world.edit(asked, "- [ ] Always allow", "- [x] Always allow")
    world.settle()
    run(write_down_what_is_always_allowed(office.desk))
    world.settle()
    assert office.wants("make test").asked == ()
    assert office.wants("curl evil.example").asked


def test_the_permission_of_an_issue_says_what_is_asked_leave_for(world: World) -> None:
    office = Office(world, "")
    office.wants("make test")
    leave = office.thread().leave
    assert leave is not None
    assert (leave.tool, leave.command) == ("Bash", "make test")
    assert office.thread().issue == EntityId("i-7k2m")


@pytest.mark.parametrize(
    "command", ["echo a > b", "cd a; make", "make & make", "make | tail", "echo $(id)", "make && make\nls"]
)
def test_always_is_not_offered_for_a_line_that_no_rule_would_allow_and_the_thread_says_why(
    world: World, command: str
) -> None:
    office = Office(world, "")
    office.wants(command)
    world.settle()
    (path,) = world.paths("inbox")
    assert f"- [ ] {ALLOW_ALWAYS}" not in world.read(path)
    assert "no rule would allow it: a shell would run that line as several commands" in world.read(path)
    world.edit(path, f"- [ ] {ALLOW_ONCE}", f"- [x] {ALLOW_ONCE}")
    world.settle()
    assert office.wants(command).asked == ()
    assert office.wants(command).asked


def test_always_that_was_ticked_where_it_was_offered_before_writes_no_rule_that_never_answers(
    world: World,
) -> None:
    office = Office(world, "# ours\n")
    office.wants("echo a > b")
    world.settle()
    asked = office.thread()
    run(world.store.transact(lambda work: work.save(replace(asked, options=(ALLOW_ONCE, ALLOW_ALWAYS)))))
    world.ask(Verb.ANSWER, thread=asked.id, option=ALLOW_ALWAYS)
    run(write_down_what_is_always_allowed(office.desk))
    world.settle()
    assert world.read(POLICIES) == "# ours\n"
    assert office.wants("echo a > b").asked == ()
    assert office.wants("echo a > b").asked
