"""A person writes the branch anew while the agent goes on from what that person had committed there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatchd.adapters.git.peoples_work import GitPeoplesWork
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, git, repository
from tests.application.branch_world import ALICE, ASH, git_as

__all__ = ["clone", "clones", "repository"]
Begins = Callable[[GitWorkClones, WorkClone, Path], WorkClone]
Does = Callable[[Path], str]


def committed(who: tuple[str, str], folder: Path, name: str, text: str = "x\n") -> str:
    (folder / name).write_text(text)
    git(folder, "add", name)
    git_as(who, folder, "commit", "-qm", f"{who[0]} makes {name}")
    return git(folder, "rev-parse", "HEAD")


def works(clones: GitWorkClones, clone: WorkClone, name: str, text: str = "x\n") -> str:
    """The agent commits, and its branch is fetched; what the work comes to."""
    committed(ASH, clone.path, name, text)
    head = clones.fetch_back(clone)
    assert head is not None
    return head


def by_hand(repository: Path, *commands: tuple[str, ...]) -> str:
    """A person does this to the branch, and switches away; where it stands then."""
    git(repository, "checkout", "-q", BRANCH)
    for command in commands:
        git_as(ALICE, repository, *command)
    stands = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "main")
    return stands


def person(repository: Path, name: str, text: str = "x\n") -> str:
    git(repository, "checkout", "-q", BRANCH)
    made = committed(ALICE, repository, name, text)
    git(repository, "checkout", "-q", "main")
    return made


def files(repository: Path, commit: str) -> list[str]:
    found = git(repository, "ls-tree", "-r", "--name-only", commit).split()
    return [each for each in found if each != ".gitignore"]


def story(repository: Path, clone: WorkClone, head: str) -> list[str]:
    """Who wrote each commit of the work, what it says, and which files it changes."""
    listed = git(repository, "log", "--reverse", "--format=%H %an|%s", f"{clone.base}..{head}").splitlines()
    changed = (
        git(repository, "diff-tree", "-r", "--name-only", "--no-commit-id", each.split()[0]).split()
        for each in listed
    )
    return [
        f"{each.partition(' ')[2]}|{','.join(names)}" for each, names in zip(listed, changed, strict=True)
    ]


def went_on(clones: GitWorkClones, clone: WorkClone, repository: Path) -> WorkClone:
    """What a person committed between two turns is what the second one begins with."""
    works(clones, clone, "a1.txt")
    person(repository, "p.txt")
    clones.make(clone.issue, clone.branch, clone.base)
    return clone


def joined(clones: GitWorkClones, clone: WorkClone, repository: Path) -> WorkClone:
    """What a person committed while a turn ran was joined with its work, and the next begins with both."""
    committed(ASH, clone.path, "a1.txt")
    person(repository, "p.txt")
    clones.fetch_back(clone)
    clones.make(clone.issue, clone.branch, clone.base)
    return clone


def made_anew(clones: GitWorkClones, clone: WorkClone, repository: Path) -> WorkClone:
    """The clone was taken away, and is made again from the branch."""
    works(clones, clone, "a1.txt")
    person(repository, "p.txt")
    clone.path.rename(clone.path.with_name("gone"))
    return clones.make(clone.issue, clone.branch, clone.base)


A1 = "ash|ash makes a1.txt|a1.txt"
A2 = "ash|ash makes a2.txt|a2.txt"
A3 = "ash|ash makes a3.txt|a3.txt"


def takes_its_commit_out(repository: Path) -> str:
    return by_hand(repository, ("reset", "-q", "--hard", "HEAD~1"))


def amends_its_commit(repository: Path) -> str:
    git(repository, "checkout", "-q", BRANCH)
    (repository / "p.txt").write_text("better\n")
    return by_hand(repository, ("commit", "-qa", "--amend", "-m", "Better words"))


def takes_all_out(repository: Path) -> str:
    return by_hand(repository, ("reset", "-q", "--hard", "HEAD~2"))


def drops_the_agents(repository: Path) -> str:
    return by_hand(repository, ("rebase", "-q", "--onto", "HEAD~2", "HEAD~1"))


def rewords_the_agents(repository: Path) -> str:
    return by_hand(
        repository,
        ("reset", "-q", "--hard", "HEAD~1"),
        ("commit", "-q", "--amend", "-m", "In other words"),
        ("cherry-pick", "ORIG_HEAD"),
    )


WAYS = [
    (takes_its_commit_out, [A1]),
    (amends_its_commit, [A1, "Alice Doe|Better words|p.txt"]),
    (takes_all_out, []),
    (drops_the_agents, ["Alice Doe|Alice Doe makes p.txt|p.txt"]),
    (rewords_the_agents, ["ash|In other words|a1.txt", "Alice Doe|Alice Doe makes p.txt|p.txt"]),
]


def level(clones: GitWorkClones, begun: WorkClone, repository: Path) -> str:
    """Clone and branch stand at the same commit, which has the agent's file and the person's."""
    stands = git(repository, "rev-parse", BRANCH)
    assert stands == git(begun.path, "rev-parse", "HEAD")
    assert files(repository, stands) == ["a1.txt", "app.py", "p.txt"]
    return stands


@pytest.mark.parametrize("begins", [went_on, made_anew])
@pytest.mark.parametrize(("does", "left"), WAYS)
def test_what_a_person_makes_of_it_stands_and_the_agents_work_is_on_it_in_its_own_name(
    clones: GitWorkClones, clone: WorkClone, repository: Path, begins: Begins, does: Does, left: list[str]
) -> None:
    begun = begins(clones, clone, repository)
    before = level(clones, begun, repository)
    does(repository)
    head = works(clones, begun, "a2.txt")
    assert story(repository, begun, head) == [*left, A2]
    assert head == git(repository, "rev-parse", BRANCH) == clones.fetch_back(begun)
    (told,) = clones.told_of(begun, head)
    assert told == (
        f"`refs/dispatchd/rescue/{begun.issue}-agent-{before[:12]}` keeps what stood on `{BRANCH}` before people wrote "
        "it anew"
    )
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == head
    assert story(repository, begun, works(clones, begun, "a3.txt"))[:-1] == [*left, A2]


def test_what_was_joined_in_a_turn_is_taken_out_in_the_next(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = joined(clones, clone, repository)
    level(clones, begun, repository)
    git(repository, "branch", "-qf", BRANCH, f"{BRANCH}^2")
    assert story(repository, begun, works(clones, begun, "a2.txt")) == [A1, A2]


@pytest.mark.parametrize(("does", "left"), WAYS)
def test_beside_a_checkout_too(
    clones: GitWorkClones, clone: WorkClone, repository: Path, tmp_path: Path, does: Does, left: list[str]
) -> None:
    begun = went_on(clones, clone, repository)
    place = tmp_path / "theirs"
    git(repository, "worktree", "add", "-q", str(place), BRANCH)
    works(clones, begun, "a2.txt")
    clones.make(begun.issue, begun.branch, begun.base)
    git(place, "checkout", "-q", "--detach")
    stands = does(repository)
    git(place, "checkout", "-q", BRANCH)
    head = works(clones, begun, "a3.txt")
    assert story(repository, begun, head) == [*left, A2, A3]
    assert git(repository, "rev-parse", BRANCH) == stands
    assert git(place, "status", "--porcelain") == ""


def test_a_branch_that_was_set_back_to_the_agents_own_goes_on_with_its_commits_as_they_are(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = joined(clones, clone, repository)
    git(begun.path, "reset", "-q", "--hard", "HEAD^2")
    git(repository, "branch", "-qf", BRANCH, f"{BRANCH}^2")
    clones.make(begun.issue, begun.branch, begun.base)
    mine = committed(ASH, begun.path, "a2.txt")
    assert clones.fetch_back(begun) == mine == git(repository, "rev-parse", BRANCH)


def test_steps_that_contradict_what_people_wrote_come_as_one_where_their_sum_does_not(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = went_on(clones, clone, repository)
    amends_its_commit(repository)
    committed(ASH, begun.path, "p.txt", "mine\n")
    committed(ASH, begun.path, "p.txt", "x\n")
    head = works(clones, begun, "a2.txt")
    assert git(repository, "show", f"{head}:p.txt") == "better"
    assert git(repository, "log", "-1", "--format=%an", head) == "ash"
    said = git(repository, "log", "-1", "--format=%B", head).split("\n\n")
    assert said == ["ash makes p.txt", "ash makes p.txt", "ash makes a2.txt"]


def test_what_contradicts_what_people_wrote_is_refused_and_kept(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = went_on(clones, clone, repository)
    stands = amends_its_commit(repository)
    mine = committed(ASH, begun.path, "p.txt", "mine\n")
    with pytest.raises(CloneFailed, match="was written anew by people"):
        clones.fetch_back(begun)
    assert git(repository, "rev-parse", BRANCH) == stands
    assert git(repository, "rev-parse", f"refs/dispatchd/rescue/{begun.issue}-agent-{mine[:12]}") == mine


def test_what_the_agent_takes_back_itself_is_nobodys_commit(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = went_on(clones, clone, repository)
    works(clones, begun, "a2.txt")
    by_hand(repository, ("commit", "-q", "--amend", "-m", "Other words"))
    git(begun.path, "reset", "-q", "--hard", "HEAD~1")
    head = clones.fetch_back(begun) or ""
    assert files(repository, head) == ["a1.txt", "app.py", "p.txt"]
    assert story(repository, begun, head)[-1].startswith("dispatchd|What was committed in the worktree")


def test_what_the_agent_has_merged_stays_merged_and_stays_its_makers(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = went_on(clones, clone, repository)
    onto = committed(("birch", "birch@agents.dispatchd.local"), repository, "b.txt")
    takes_its_commit_out(repository)
    clones.bring_in(begun, onto)
    git_as(ASH, begun.path, "merge", "-q", "--no-ff", "-m", "Take theirs in", "refs/dispatchd/onto")
    head = works(clones, begun, "a2.txt")
    assert story(repository, begun, head)[-1] == A2
    assert files(repository, head) == ["a1.txt", "a2.txt", "app.py", "b.txt"]
    assert git(repository, "rev-parse", f"{head}^^2") == onto
    assert git(repository, "log", "-1", "--format=%an %s", f"{head}^") == "ash Take theirs in"
    arrived = GitPeoplesWork(repository / ".git").arrived(begun, begun.base, 20)
    assert not arrived.commits


@pytest.mark.parametrize("begins", [went_on, made_anew, joined])
def test_an_agent_that_writes_its_history_anew_takes_no_persons_commit_out(
    clones: GitWorkClones, clone: WorkClone, repository: Path, begins: Begins
) -> None:
    begun = begins(clones, clone, repository)
    works(clones, begun, "a2.txt")
    git(begun.path, "reset", "-q", "--hard", begun.base)
    head = works(clones, begun, "a3.txt")
    assert {"a3.txt", "p.txt"} <= set(files(repository, head))
    assert "a2.txt" not in files(repository, head)
    assert "Alice Doe|Alice Doe makes p.txt|p.txt" in story(repository, begun, head)
    assert head == git(repository, "rev-parse", BRANCH)
    clones.make(begun.issue, begun.branch, begun.base)
    assert {"a3.txt", "p.txt", "a4.txt"} <= set(files(repository, works(clones, begun, "a4.txt")))


def test_what_it_makes_of_a_persons_commit_stands_and_theirs_is_kept_and_told(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = went_on(clones, clone, repository)
    works(clones, begun, "a2.txt")
    git(begun.path, "reset", "-q", "--hard", "HEAD~2")
    head = works(clones, begun, "p.txt", "mine\n")
    assert git(repository, "show", f"{head}:p.txt") == "mine"
    (told,) = clones.told_of(begun, head)
    assert "keeps what was committed" in told
    ref = told.split("`")[1]
    assert git(repository, "show", f"{ref}:p.txt") == "x"


def test_its_own_history_it_may_write_anew_above_and_after_a_persons_commit(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    begun = went_on(clones, clone, repository)
    works(clones, begun, "a2.txt")
    git_as(ASH, begun.path, "commit", "-q", "--amend", "-m", "Better words")
    head = clones.fetch_back(begun) or ""
    assert head == git(begun.path, "rev-parse", "HEAD")
    assert story(repository, begun, head)[-1] == "ash|Better words|a2.txt"
    takes_its_commit_out(repository)
    clones.make(begun.issue, begun.branch, begun.base)
    works(clones, begun, "a3.txt")
    git_as(ASH, begun.path, "commit", "-q", "--amend", "-m", "Other words")
    assert clones.fetch_back(begun) == git(begun.path, "rev-parse", "HEAD")
