"""`require_signed`: a tick in a save waits, the signed commit that holds it counts, once."""

import re
from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.application.signing import rows_to_commit
from dispatchd.domain.errors import Rejected
from dispatchd.domain.proposal import ProposalStatus
from tests.application.invariants import check_all
from tests.application.test_story_of_ticks import EPIC, EPIC_TEXT, PROPOSAL, PROPOSAL_TEXT, stage, vote
from tests.application.who_and_what import ALICE
from tests.application.world import BOB, CONFIG, World

WAITS = "> dispatchd: commit it signed and it counts: git -C .dispatch commit -S -a"


class SigningWorld(World):
    """A world whose people sign; what they are to sign is not waited for."""

    def pending(self) -> list[str]:
        due = {f"row {row.sequence}" for row in self.store.look(rows_to_commit)}
        return [what for what in super().pending() if not what.startswith("row ") or what in due]

    def commit_all(self, *paths: str, by: tuple[str, str] = ALICE, signed: bool = True) -> None:
        """What `git commit -a`, with or without -S, makes of the files as they are."""
        made = super().commit({path: self.read(path) for path in paths}, by, writes_files=False)
        if signed:
            self.log.signers[made] = by[1]


@pytest.fixture
def world() -> Iterator[SigningWorld]:
    made = SigningWorld(config=CONFIG + b"\n[workspace]\nrequire_signed = true\n")
    made.save(EPIC, EPIC_TEXT)
    made.save(PROPOSAL, PROPOSAL_TEXT)
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def test_a_saved_tick_waits_uncommitted_and_the_signed_commit_counts_once(world: SigningWorld) -> None:
    before = world.on_branch(EPIC)
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert f"- [x] Approve\n  {WAITS}\n" in stage(world, "Design")
    assert not world.happened("GateApproved")
    assert not world.happened("EditRefused")
    assert world.on_branch(EPIC) == before
    world.commit_all(EPIC)
    world.settle()
    assert "- [x] Approved (Alice Doe, 2026-11-21 07:" in stage(world, "Design")
    assert len(world.happened("GateApproved")) == 1
    assert "dispatchd:" not in world.read(EPIC)
    assert world.on_branch(EPIC) == world.read(EPIC)
    (approved,) = [each for each in world.events() if type(each.event).__name__ == "GateApproved"]
    assert approved.circumstance.provenance.signed


def test_a_signed_commit_that_comes_before_the_save_was_looked_at_counts_once(world: SigningWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.commit_all(EPIC)
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert world.on_branch(EPIC) == world.read(EPIC)


def test_a_signed_commit_of_the_tick_as_it_was_saved_counts_after_the_file_says_that_it_waits(
    world: SigningWorld,
) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    as_saved = world.read(EPIC)
    world.settle()
    assert WAITS in world.read(EPIC)
    made = world.commit({EPIC: as_saved}, ALICE, writes_files=False)
    world.log.signers[made] = ALICE[1]
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "dispatchd:" not in world.read(EPIC)
    assert world.on_branch(EPIC) == world.read(EPIC)


def test_101_a_commit_without_a_signature_takes_the_tick_back_and_says_why(world: SigningWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.commit_all(EPIC, signed=False)
    world.settle()
    assert not world.happened("GateApproved")
    assert "- [ ] Approve\n  > dispatchd: do it again and commit it signed: git" in stage(world, "Design")
    assert world.on_branch(EPIC) == world.read(EPIC)
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.commit_all(EPIC)
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "dispatchd:" not in world.read(EPIC)


def test_a_tick_taken_back_is_forgotten_and_the_file_is_committed_again(world: SigningWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.edit(EPIC, "- [x] Approve", "- [ ] Approve")
    world.settle()
    assert "dispatchd:" not in world.read(EPIC)
    assert world.on_branch(EPIC) == world.read(EPIC)
    assert not world.happened("GateApproved")


def test_text_written_while_a_tick_waits_stays_and_is_in_the_signed_commit(world: SigningWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.edit(EPIC, "# Passwordless login", "# Passwordless login\n\nNo more passwords.")
    world.settle()
    assert WAITS in world.read(EPIC)
    world.commit_all(EPIC)
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "No more passwords." in (world.on_branch(EPIC) or "")
    assert world.on_branch(EPIC) == world.read(EPIC)


def test_a_signature_under_something_else_does_not_count_for_a_tick_it_did_not_bring(
    world: SigningWorld,
) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.commit_all(EPIC, signed=False)
    world.save(EPIC, world.read(EPIC).replace("# Passwordless login", "# Login", 1))
    world.commit_all(EPIC)
    world.settle()
    assert not world.happened("GateApproved")


def test_a_vote_counts_from_the_signed_commit_of_its_person_alone(world: SigningWorld) -> None:
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.settle()
    assert not world.happened("VoteCast")
    assert WAITS in world.read(PROPOSAL)
    world.commit_all(PROPOSAL, by=BOB)
    world.settle()
    assert not world.happened("VoteCast")
    assert "- [x] Approve" not in world.read(PROPOSAL)
    world.save(PROPOSAL, vote(world, "alice", "Approve"))
    world.settle()
    world.commit_all(PROPOSAL)
    world.settle()
    assert [cast.voter for cast in world.happened("VoteCast")] == ["@alice"]
    assert WAITS not in world.read(PROPOSAL)
    assert "- [x] Approve" in world.read(PROPOSAL)
    assert world.on_branch(PROPOSAL) == world.read(PROPOSAL)


def test_an_agents_vote_needs_no_signature(world: SigningWorld) -> None:
    world.ask(Verb.VOTE, speaker="ash", proposal="p-9xw4", choice="approve", reason="fast")
    world.settle()
    assert [cast.voter for cast in world.happened("VoteCast")] == ["coder"]


def test_a_command_is_told_to_tick_and_sign(world: SigningWorld) -> None:
    with pytest.raises(Rejected, match="tick its box and commit that signed"):
        world.ask(Verb.OVERRIDE, proposal="p-9xw4", how="veto", reason="no")
    assert world.at(PROPOSAL).status is ProposalStatus.OPEN


def test_a_gate_that_waits_is_not_written_away_by_a_save(world: SigningWorld) -> None:
    world.edit(EPIC, "Gate: approval: Is the flow right?\n", "")
    world.settle()
    assert not world.happened("StagesPlanned")
    assert "with require_signed a gate that is not answered" in world.read(EPIC)


def test_a_restart_between_the_tick_and_the_signature_changes_nothing(world: SigningWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    world.restart()
    world.settle()
    world.crash()
    world.commit_all(EPIC)
    world.start()
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert world.on_branch(EPIC) == world.read(EPIC)


def test_an_issue_leaves_what_has_gates_only_in_a_signed_commit(world: SigningWorld) -> None:
    path = "issues/leak.md"
    world.save(path, "---\ntitle: Leak\nworkflow: tdd\n---\nIt leaks.\n")
    world.settle()
    world.edit(path, "workflow: tdd", "workflow: plain")
    world.settle()
    assert "workflow: tdd" in world.read(path)
    assert "commit it signed at once" in world.read(path)
    world.edit(path, "workflow: tdd", "workflow: plain")
    world.commit_all(path, by=ALICE, signed=False)
    world.settle()
    assert world.at(path).workflow == "tdd"
    world.edit(path, "workflow: tdd", "workflow: plain")
    world.commit_all(path)
    world.settle()
    assert world.at(path).workflow == "plain"


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (EPIC, "status", "cancelled"),
        (PROPOSAL, "status", "withdrawn"),
        (PROPOSAL, "voters", '["@alice"]'),
        (PROPOSAL, "threshold", "single_approval"),
    ],
)
def test_101_an_open_gate_or_vote_ends_only_in_a_signed_commit(
    world: SigningWorld, path: str, key: str, value: str
) -> None:
    def write() -> None:
        rest = re.sub(f"^{key}: .*\n", "", world.read(path), flags=re.MULTILINE)
        world.save(path, rest.replace("---\n", f"---\n{key}: {value}\n", 1))

    stood = str(getattr(world.at(path), key))
    write()
    world.settle()
    assert "commit it signed at once" in world.read(path)
    assert str(getattr(world.at(path), key)) == stood
    write()
    world.commit_all(path, by=ALICE, signed=False)
    world.settle()
    assert str(getattr(world.at(path), key)) == stood
    write()
    world.commit_all(path)
    world.settle()
    assert str(getattr(world.at(path), key)) != stood


@pytest.mark.parametrize("path", [EPIC, PROPOSAL])
def test_101_with_an_open_gate_or_vote_a_file_goes_only_in_a_signed_commit(
    world: SigningWorld, path: str
) -> None:
    world.delete(path)
    world.settle()
    assert world.tree.content(path) is not None
    assert not world.happened("EntityRemoved")
    (notice,) = (each for each in world.paths("inbox") if "is-back" in each)
    assert "delete it and commit that signed at once" in world.read(notice)
    made = world.commit({path: None}, ALICE)
    world.log.signers[made] = ALICE[1]
    world.settle()
    assert world.happened("EntityRemoved")
    assert world.tree.content(path) is None
