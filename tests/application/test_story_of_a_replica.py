"""Where another clone decides, a command writes what its person would write, and nothing else is decided by any way."""

import pytest

from dispatchd.application.clone_status import CloneStatus, clone_status
from dispatchd.application.command_handler import Door
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.replica import note_unanswered
from dispatchd.application.requests.carrying_out import carry_out
from dispatchd.application.requests.import_requests import import_request
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.actors import DAEMON, Channel, Provenance
from dispatchd.domain.agent_run import Occasion, run_id
from dispatchd.domain.command import Circumstance, RemoveEntity
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.run_command import StartRun
from dispatchd.reconcile.import_order import Portion
from tests.application.replica_world import HERE, HOME, ReplicaWorld
from tests.application.who_and_what import ALICE
from tests.fakes.instant_store import run

LEAK, LOGIN, SPACES = "issues/leak.md", "epics/login.md", "proposals/spaces.md"
FILES = {
    LEAK: "---\nid: i-aaaa\ntitle: Leak  # in the kitchen\nmine: yes\n---\n\nIt drips.\n",
    LOGIN: "---\nid: e-aaaa\nstatus: ready\n---\n\n# Login\n\n## Stages\n\n### Design\n\nGate: approval: Right?\n\n"
    "### Build\n\n- Send the link\n- Login page\n",
    SPACES: '---\nid: p-aaaa\nvoters: ["@alice", "@bob"]\n---\n\n# Spaces\n\nWhy not.\n',
}


@pytest.fixture
def world() -> ReplicaWorld:
    return ReplicaWorld(FILES)


def changed(world: ReplicaWorld, path: str, before: str) -> list[str]:
    """The lines of *path* that were not there."""
    return [line for line in world.read(path).split("\n") if line not in before.split("\n")]


def test_facts_are_changed_on_their_lines_and_committed_as_their_person(world: ReplicaWorld) -> None:
    before, events = world.read(LEAK), len(world.events())
    said = world.ask(Verb.SET, id="i-aaaa", changes=("priority=high", "labels+=kitchen", "status=queued"))
    world.settle()
    assert changed(world, LEAK, before) == ["status: queued", "priority: high", "labels: [kitchen]"]
    assert said["paths"] == [LEAK]
    assert said["told"][-1].endswith(f"takes effect when {HOME} sees its commit.")
    (commit,) = world.made()
    assert (commit.author.email, commit.committer.email, commit.clone) == (ALICE[1], ALICE[1], HERE)
    assert (commit.events, len(world.events())) == ((), events)


@pytest.mark.parametrize(
    ("verb", "arguments", "path", "lines"),
    [
        (Verb.GATE_APPROVE, {"epic": "e-aaaa"}, LOGIN, ["- [x] Approve"]),
        (Verb.GATE_REJECT, {"epic": "e-aaaa", "reason": "too vague"}, LOGIN, ["- [x] Reject: too vague"]),
        (Verb.EPIC_MAKE, {"id": "e-aaaa", "stage": "Build"}, LOGIN, ["- [x] Make these 2 issues"]),
        (Verb.VOTE, {"proposal": "p-aaaa", "choice": "abstain"}, SPACES, ["- [x] Abstain"]),
        (
            Verb.OVERRIDE,
            {"proposal": "p-aaaa", "how": "veto", "reason": "no"},
            SPACES,
            ["- [x] Veto: no"],
        ),
        (Verb.COMMENT, {"id": "i-aaaa", "text": "It rains,\nin"}, LEAK, ["## Activity", "It rains,", "in"]),
    ],
)
def test_a_verb_ticks_the_box_that_means_it_and_words_go_where_they_are_heard(
    world: ReplicaWorld, verb: Verb, arguments: dict[str, str], path: str, lines: list[str]
) -> None:
    before = world.read(path)
    world.ask(verb, **arguments)
    world.settle()
    assert changed(world, path, before) == lines
    assert [change.path for commit in world.made() for change in commit.changes] == [path]


def test_a_vote_that_is_cast_again_moves_the_tick(world: ReplicaWorld) -> None:
    before = world.read(SPACES)
    world.ask(Verb.VOTE, proposal="p-aaaa", choice="approve", reason="good")
    world.ask(Verb.VOTE, proposal="p-aaaa", choice="reject", reason="no")
    world.settle()
    assert changed(world, SPACES, before) == ["- [ ] Approve: good", "- [x] Reject: no"]
    again = world.ask(Verb.VOTE, proposal="p-aaaa", choice="reject", reason="no")
    assert again["told"] == [f"It is written already and takes effect when {HOME} sees its commit."]


def test_something_new_is_a_file_with_an_id_that_home_keeps(world: ReplicaWorld) -> None:
    said = world.ask(Verb.ISSUE_NEW, title="A tap", priority="high", body="Drips too.\n", status="queued")
    world.settle()
    (path,) = said["paths"]
    text = world.read(path)
    assert f"id: {said['subject']}\ntitle: A tap\n" in text
    assert "status: queued" in text
    assert text.endswith("---\n\nDrips too.\n")
    assert "rev:" not in text
    assert "created:" not in text
    assert world.made()[-1].committer.email == ALICE[1]


def test_the_brake_is_the_file(world: ReplicaWorld) -> None:
    world.ask(Verb.PAUSE, reason="The tests are red")
    world.settle()
    assert world.read("PAUSE") == "The tests are red\n"
    world.ask(Verb.CONFIG_SET, key="workspace.archive_after", value="7d")
    world.settle()
    assert 'archive_after = "7d"' in world.read("config.toml")


def test_what_is_refused_at_home_is_refused_here_already_and_writes_nothing(world: ReplicaWorld) -> None:
    with pytest.raises(Rejected, match="in_review"):
        world.ask(Verb.SET, id="i-aaaa", changes=("status=in_review",))
    with pytest.raises(Rejected, match="everybody votes in their own"):
        world.ask(Verb.VOTE, proposal="p-aaaa", choice="approve", seat="@bob")
    world.settle()
    assert world.made() == ()


@pytest.mark.parametrize(
    "request_",
    [
        import_request(Portion(items=()), dry_run=False),
        Request(verb=Verb.UNDO, arguments={"event": "k7x2aa"}),
        Request(verb=Verb.UNDO),
        Request(verb=Verb.TIDY, arguments={"paths": []}),
        Request(verb=Verb.RESTORE, arguments={"id": "i-aaaa"}),
        Request(verb=Verb.CONFIRM, arguments={"all": True}),
        Request(verb=Verb.COMMENT, arguments={"id": "i-aaaa", "text": "Hm"}, speaker="ash"),
        Request(verb=Verb.ASK, arguments={"question": "Which?"}, speaker="ash"),
    ],
    ids=lambda request: f"{request.verb}",
)
def test_what_no_edit_says_is_refused_and_names_who_decides(world: ReplicaWorld, request_: Request) -> None:
    with pytest.raises(Rejected, match=f"^{HOME} decides; "):
        run(carry_out(world.session, request_))
    world.settle()
    assert world.made() == ()


def test_no_way_to_the_door_is_open(world: ReplicaWorld) -> None:
    def bring_in(door: Door, _: object) -> None:
        raise AssertionError("it was let in")

    def knock(work: UnitOfWork) -> None:
        circumstance = world.session.by_save(work)
        with pytest.raises(Rejected, match=HOME):
            world.session.intake.bring_in(work, bring_in, (), circumstance)
        with pytest.raises(Rejected, match=HOME):
            world.session.intake.door(work).handle(RemoveEntity(subject=EntityId("i-aaaa")), circumstance)

    world.store.look(knock)


def test_while_nobody_decides_it_says_so_and_which_two() -> None:
    config = b'[people]\nalice = ["alice@example.com"]\n\n[workspace]\nhome = "nobody (a-1 or b-2)"\n'
    world = ReplicaWorld(FILES, config=config)
    with pytest.raises(Rejected, match="nobody decides just now: a-1 and b-2 did at the same time"):
        world.ask(Verb.UNDO, event="k7x2aa")


def test_a_save_that_comes_between_is_kept_beside_the_command(world: ReplicaWorld) -> None:
    world.edit(LEAK, "It drips.", "It drips all night.")
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    world.settle()
    assert "It drips all night." in world.read(LEAK)
    assert "priority: high" in world.read(LEAK)


def test_what_home_has_answered_in_a_file_is_a_problem_here_until_it_is_gone(world: ReplicaWorld) -> None:
    refused = world.read(LEAK).replace(
        "status: unassigned", 'status: unassigned # dispatchd: kept "unassigned"; in_review comes later'
    )
    world.commit({LEAK: refused})
    world.settle()
    (problem,) = world.store.look(lambda work: list(work.problems.all()))
    assert (problem.path, problem.anchor, problem.refusal) == (LEAK, "key:status", True)
    assert problem.what == 'kept "unassigned"; in_review comes later'
    world.commit({LEAK: world.read(LEAK).partition(" # dispatchd")[0] + "\n---\n\nIt drips.\n"})
    world.settle()
    assert world.store.look(lambda work: list(work.problems.all())) == []


def test_a_file_that_home_took_away_makes_no_commit_here(world: ReplicaWorld) -> None:
    world.commit({LEAK: None}, writes_files=False)
    head = world.log.head()
    world.settle()
    assert LEAK not in world.paths("issues/")
    assert world.log.head() == head


def test_a_fact_does_not_wait_for_the_comment_beside_it(world: ReplicaWorld) -> None:
    text = world.read(LEAK)
    world.save(LEAK, text.replace("unassigned", "queued") + "\n## Activity\n\nIt also\n")
    world.advance(5.0)
    (first,) = world.made()
    stands = (world.log.read(first.oid, DocumentPath(LEAK)) or b"").decode()
    assert "status: queued" in stands
    assert "It also" not in stands
    world.edit(LEAK, "It also", "It also happens at night.")
    world.settle()
    _, second = world.made()
    stands = (world.log.read(second.oid, DocumentPath(LEAK)) or b"").decode()
    assert "It also happens at night." in stands
    assert "It also happens at night." in world.read(LEAK)


def test_letting_the_brake_go_deletes_the_file_and_says_so() -> None:
    world = ReplicaWorld({**FILES, "PAUSE": "The tests are red\n"})
    said = world.ask(Verb.RESUME)
    world.settle()
    assert said["told"][-1] == f"PAUSE deleted; takes effect when {HOME} sees its commit."
    assert (world.made()[-1].subject, world.on_branch("PAUSE")) == ("Alice Doe deletes PAUSE", None)


def standing(world: ReplicaWorld) -> CloneStatus:
    """What `status` reads."""

    def look(work: UnitOfWork) -> CloneStatus:
        return clone_status(HERE, HOME, "", work.note, len(work.audit.waiting()))

    return world.store.look(look)


def test_what_was_saved_waits_for_its_commit_and_then_for_home(world: ReplicaWorld) -> None:
    assert (standing(world).uncommitted, standing(world).unanswered) == (0, 0)
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    assert (standing(world).uncommitted, standing(world).unanswered) == (1, 0)
    world.settle()
    assert (standing(world).uncommitted, standing(world).unanswered) == (0, 1)
    world.edit(LEAK, "priority: high", "priority: low")
    world.settle()
    assert standing(world).unanswered == 2
    run(note_unanswered(world.session))
    assert standing(world).unanswered == 2


def test_what_somebody_committed_here_by_hand_waits_for_home(world: ReplicaWorld) -> None:
    world.commit({LEAK: world.read(LEAK).replace("drips", "leaks")})
    world.settle()
    assert standing(world).unanswered == 1
    run(note_unanswered(world.session))
    assert standing(world).unanswered == 1


def test_a_turn_is_not_said_to_be_stopped_where_only_a_file_is_written() -> None:
    cards = {f"agents/{name}/agent.md": f"---\nname: {name}\nrole: coder\n---\n" for name in ("ash", "oak")}
    leak = FILES[LEAK].replace("mine: yes", "status: queued\nassignee: ash")
    world = ReplicaWorld({**FILES, **cards, LEAK: leak})
    start = StartRun(
        issue=EntityId("i-aaaa"),
        run=run_id(EntityId("i-aaaa"), 1),
        agent="ash",
        occasion=Occasion.BEGIN,
        branch="x",
        base="b" * 40,
    )
    by_home = Circumstance(actor=DAEMON, at=world.clock.now(), provenance=Provenance(channel=Channel.DAEMON))
    world.store.look(lambda work: Door(work=work, ids=world.ids).handle(start, by_home))
    said = world.ask(Verb.AGENT_REASSIGN, id="i-aaaa", to="oak")
    assert len(said["told"]) == 2
    assert "oak" in said["told"][0]
    assert said["told"][1] == f"Written to {LEAK}; takes effect when {HOME} sees its commit."
    world.settle()
    assert "assignee: oak" in world.read(LEAK)
