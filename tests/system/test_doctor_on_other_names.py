"""The doctor names the branches of agents' work that are only other names of something, with the command that mends it."""

from dispatchd.composition.health import diagnose
from tests.system.desk import Desk
from tests.system.test_doctor_finds import house, said, wrong

__all__ = ["house"]


def test_a_branch_of_agents_work_that_is_another_name_is_told_with_what_mends_it(house: Desk) -> None:
    for branch, of, mends in (
        (
            "dispatchd/integration",
            "main",
            "git update-ref --no-deref refs/heads/dispatchd/integration refs/heads/main",
        ),
        ("dispatchd/integration", "gone", "git symbolic-ref --delete refs/heads/dispatchd/integration"),
        (
            "dispatchd/i-7k2m-login",
            "main",
            "git update-ref --no-deref refs/heads/dispatchd/i-7k2m-login refs/heads/main",
        ),
    ):
        house.git("symbolic-ref", f"refs/heads/{branch}", f"refs/heads/{of}")
        finding = said(house, "branch-another-name")
        assert finding.what.startswith(f"{branch} is only another name of {of} ")
        assert f"Run: {mends} " in finding.next_step
        house.git(*mends.split()[1:])
        assert wrong(diagnose(house.root)) == []
        house.git("update-ref", "-d", f"refs/heads/{branch}")
