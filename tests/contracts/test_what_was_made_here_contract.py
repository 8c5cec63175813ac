"""What every audit log promises about commits that were made here, whatever became of the branch."""

from dispatchd.application.ports.audit_log import AuditCommit, CommitId
from tests.adapters.git.git_sandbox import a_commit
from tests.contracts.test_audit_log_contract import World, recorded, world

__all__ = ["world"]


def event(number: int) -> AuditCommit:
    return a_commit({"a.md": b"%d" % number}, f"step {number}", f'{{"id":"{number}"}}')


def told(world: World) -> list[str]:
    return [line for each in world.log.decided_here(world.log.head()).commits for line in each.events]


def test_the_commit_made_last_is_known_whoever_commits_after_it(world: World) -> None:
    made = recorded(world.log, event(1))
    assert world.log.last_made() == made
    world.person_commits({"b.md": b"b"}, "by hand")
    assert world.log.last_made() == made
    assert world.log.decided_here(world.log.head()).end == made
    assert told(world) == ['{"id":"1"}']


def test_what_the_branch_has_lost_was_decided_all_the_same(world: World) -> None:
    base = recorded(world.log, event(1))
    lost = recorded(world.log, event(2))
    world.branch_goes_to(base)
    assert told(world) == ['{"id":"1"}', '{"id":"2"}']
    assert world.log.decided_here(world.log.head()).end == lost
    goes_on = recorded(world.log, event(3))
    assert sorted(told(world)) == ['{"id":"1"}', '{"id":"2"}', '{"id":"3"}']
    assert world.log.decided_here(world.log.head()).end == world.log.last_made() == goes_on
    commits = world.log.commits_between(None, goes_on)
    assert {base, goes_on} <= world.log.made_here(commits)


def test_a_commit_with_events_that_was_not_made_here_decides_nothing(world: World) -> None:
    made = recorded(world.log, event(1))
    forged: CommitId = world.person_commits({"b.md": b"b"}, 'by hand\n\nDispatch-Event: {"id":"9"}')
    assert told(world) == ['{"id":"1"}']
    assert forged not in world.log.made_here(world.log.commits_between(made, forged))


def test_what_was_let_go_of_and_is_not_on_the_branch_was_decided_by_nobody(world: World) -> None:
    base = recorded(world.log, event(1))
    end = recorded(world.log, event(2))
    world.lets_go(end)
    assert told(world) == ['{"id":"1"}', '{"id":"2"}'], "it is still on the branch"
    world.branch_goes_to(base)
    assert told(world) == ['{"id":"1"}']
    world.person_commits({"b.md": b"b"}, "by hand")
    goes_on = recorded(world.log, event(3))
    assert told(world) == ['{"id":"1"}', '{"id":"3"}']
    assert world.log.decided_here(world.log.head()).end == world.log.last_made() == goes_on
    world.branch_goes_to(end)
    assert told(world)[:2] == ['{"id":"1"}', '{"id":"2"}'], "somebody brought it back"


def test_what_the_branch_had_lost_before_it_was_let_go_of_is_gone_too(world: World) -> None:
    base = recorded(world.log, event(1))
    recorded(world.log, event(2))
    world.branch_goes_to(base)
    again = recorded(world.log, a_commit({"a.md": b"2 again"}, "again", '{"id":"2"}'))
    world.lets_go(again)
    world.branch_goes_to(base)
    assert told(world) == ['{"id":"1"}']


def test_what_was_let_go_of_last_was_not_made_last(world: World) -> None:
    base = recorded(world.log, event(1))
    world.person_commits({"b.md": b"b"}, "by hand")
    world.lets_go(recorded(world.log, event(2)))
    world.branch_goes_to(base)
    assert world.log.last_made() == base
    assert world.log.decided_here(base).end == base


def test_what_home_published_before_it_let_go_stays_decided_where_the_branch_loses_it(world: World) -> None:
    base = recorded(world.log, event(1))
    published = recorded(world.log, event(2))
    world.lets_go(recorded(world.log, event(3)))
    world.branch_goes_to(published)
    world.person_commits({"b.md": b"b"}, "by hand")
    lost = recorded(world.log, event(4))
    world.branch_goes_to(base)
    assert told(world) == ['{"id":"1"}', '{"id":"2"}', '{"id":"4"}']
    assert world.log.decided_here(base).end == world.log.last_made() == lost
