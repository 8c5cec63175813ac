"""What whoever waits is told of the answers that are not written: a hand, something in the way, or a question."""

from dataclasses import replace

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.request import Verb
from dispatchd.application.restoring import restore_all
from dispatchd.application.unwritten import TRIES, in_vain, waiting_answers
from tests.application.world import World
from tests.fakes.instant_store import run


def test_what_is_owed_to_a_file_whose_deletion_is_asked_about_is_said_to_wait_for_the_answer(
    world: World,
) -> None:
    paths = [f"issues/many/{number}.md" for number in range(12)]
    for path in paths:
        world.save(path, f"Text of {path}\n")
    world.settle()
    subject = world.at(paths[3]).id
    world.delete(*paths)
    world.advance(5.0)
    world.ask(Verb.SET, id=subject, changes=("priority=high",))
    world.advance(5.0)
    told = run(waiting_answers(world.session))
    assert told["held"] == []
    assert list(told["unwritten"]) == [paths[3]]
    assert "waits for an answer" in told["unwritten"][paths[3]]
    run(restore_all(world.session))
    world.scan()
    world.settle()
    assert "priority: high" in world.read(paths[3])
    for path in paths:
        world.deleted.discard(path)


def test_a_write_that_was_tried_often_is_given_one_more_try_and_then_no_longer_waited_for(
    world: World,
) -> None:
    world.save("issues/a.md", "Text\n")
    world.settle()
    record = world.record("issues/a.md")
    assert record is not None

    def owe(work: UnitOfWork, tried: int) -> None:
        owed = replace(record, current=None, owed_since=world.clock.now(), attempts=tried)
        work.documents.save(owed)

    def vain(tried: int, since: int) -> bool:
        run(world.store.transact(lambda work: owe(work, tried)))
        return bool(world.store.look(lambda work: in_vain(work, {record.subject: since})))

    assert not vain(TRIES - 1, 0)
    assert vain(TRIES, 0)
    assert not vain(12, 12)
    assert vain(13, 12)
    told = run(waiting_answers(world.session))
    assert list(told["unwritten"]) == ["issues/a.md"]
    run(world.store.transact(lambda work: work.documents.save(record)))
