"""What is tried is so for the trial, and nowhere else."""

from dataclasses import replace

import pytest

from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.application.trial import Trial
from dispatchd.domain.agent import Agent
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.domain.issue import Issue
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from tests.application.world import World

LOGIN, MAIL, EPIC, THREAD = EntityId("i-7k2m"), EntityId("i-2b9x"), EntityId("e-3fq9"), EntityId("t-4kq2")


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save("epics/e.md", "---\nid: e-3fq9\n---\n\n# E\n")
    world.save("issues/mail.md", "---\nid: i-2b9x\n---\n\nMail\n")
    world.settle()
    world.save(
        "issues/login.md", "---\nid: i-7k2m\ndepends_on: i-2b9x\nparent: i-2b9x\nepic: e-3fq9\n---\n\nLogin\n"
    )
    world.settle()


def issue(work: UnitOfWork, issue_id: EntityId) -> Issue:
    found = work.issue(issue_id)
    assert found is not None
    return found


def about_login(world: World) -> Thread:
    return Thread(
        id=THREAD,
        title="Which?",
        created=world.clock.now(),
        kind=ThreadKind.PROBLEM,
        sender="dispatchd",
        issue=LOGIN,
        cause="trouble",
    )


def test_relations_are_those_that_were_tried(world: World) -> None:
    def look(work: UnitOfWork) -> None:
        trial = Trial(work)
        trial.save(replace(issue(trial, LOGIN), depends_on=(), parent=None, epic=None))
        assert (list(trial.dependants_of(MAIL)), list(trial.children_of(MAIL)), list(trial.issues_of(EPIC))) == (
            [], [], [],
        )  # fmt: skip
        trial.save(replace(issue(trial, MAIL), depends_on=(LOGIN,), epic=EPIC))
        assert [each.id for each in trial.dependants_of(LOGIN)] == [MAIL]
        assert [each.id for each in trial.issues_of(EPIC)] == [MAIL]
        assert [each.id for each in work.dependants_of(MAIL)] == [LOGIN]

    world.store.look(look)


def test_what_is_new_or_removed_in_the_trial_is_listed_so(world: World) -> None:
    def look(work: UnitOfWork) -> None:
        trial = Trial(work)
        trial.save(replace(issue(trial, LOGIN), removed=True))
        trial.save(Agent(name="ash"))
        trial.save(about_login(world))
        standing = {each.id for each in trial.entities(EntityKind.ISSUE) if isinstance(each, Issue)}
        assert standing == {MAIL}
        assert [agent.name for agent in trial.agents()] == ["ash"]
        assert [thread.id for thread in trial.threads_of(LOGIN)] == [THREAD]
        assert trial.open_thread_about("trouble") == trial.thread(THREAD) == trial.entity(THREAD)
        trial.save(replace(about_login(world), status=ThreadStatus.DISMISSED))
        assert trial.open_thread_about("trouble") is None
        assert trial.population() >= work.population()
        assert list(work.agents()) == []

    world.store.look(look)


def test_notes_are_remembered_for_the_trial(world: World) -> None:
    def look(work: UnitOfWork) -> None:
        trial = Trial(work)
        trial.set_note("x", "y")
        assert (trial.note("x"), work.note("x")) == ("y", None)
        trial.set_note("x", None)
        assert trial.note("x") is None

    world.store.look(look)


def test_what_is_wrong_in_the_trial_is_wrong_nowhere_else(world: World) -> None:
    def wrong(subject: EntityId, what: str) -> ProblemRecord:
        path = DocumentPath("issues/login.md")
        return ProblemRecord(subject=subject, path=path, anchor="key:status", what=what, refusal=True)

    def look(work: UnitOfWork) -> None:
        work.problems.replace(LOGIN, (wrong(LOGIN, "stands"),))
        trial = Trial(work)
        trial.problems.replace(MAIL, (wrong(MAIL, "tried"),))
        assert [each.what for each in trial.problems.all()] == ["stands", "tried"]
        trial.problems.replace(LOGIN, ())
        assert (list(trial.problems.of(LOGIN)), len(trial.problems.all())) == ([], 1)
        assert [each.what for each in work.problems.all()] == ["stands"]
        work.problems.replace(LOGIN, ())

    world.store.look(look)
