"""What people have done on the branch of an agent's work, and what follows: what stands there is what counts."""

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import clone_of
from dispatchd.domain.agent_run import Work
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.run_command import NoteBranch

_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is to be merged of submitted work; `stands`, where its branch is: it has to be there still when that is done.

    `commit` is None where nothing is left, and `why` says so.
    """

    commit: str | None
    stands: str = ""
    why: str = ""
    told: tuple[str, ...] = ()


def what_counts(desk: Desk, work: Work) -> Counts:
    """What counts of the submitted *work*: what was submitted, unless people have moved its branch since. Blocks.

    Raises CloneFailed.
    """
    submitted, clone = work.commit or "", clone_of(desk, work)
    stands = desk.ports.people.stands(clone)
    if submitted == work.base:  # words were wanted, and no commit
        return Counts(commit=submitted, stands=stands or "")
    if stands is None:
        back = f"`git branch {work.branch} {submitted[:_SHOWN]}` puts it back as it was submitted"
        return Counts(commit=None, why=f"its branch {work.branch} was deleted by somebody; {back}")
    if desk.ports.people.is_as_left(clone, stands, submitted):
        return Counts(commit=submitted, stands=stands)
    now = desk.ports.clones.fetch_back(clone)
    if now is None or now == work.base:
        kept = f"`git branch -f {work.branch} {submitted[:_SHOWN]}` brings back what was submitted"
        why = f"people have taken everything out of its branch {work.branch}; {kept}"
        return Counts(commit=None, why=why)
    told = () if now == submitted else desk.ports.clones.told_of(clone, now)
    return Counts(commit=now, stands=desk.ports.people.stands(clone) or "", told=told)


def note_of(work: Work, counts: Counts) -> NoteBranch:
    """That something else counts now than what was submitted."""
    commit = counts.commit or ""
    said = (
        f"people have changed `{work.branch}` since `{(work.commit or '')[:_SHOWN]}` was submitted: `{commit[:_SHOWN]}`, "
        "as it stands there, is what will be merged"
    )
    # A ref stays; that it is there is told once.
    told = [each for each in counts.told if not any(each in line.text for line in work.story)]
    return NoteBranch(issue=work.issue, told="; ".join([said, *told]), was=work.commit, commit=commit)
