"""The references in which is remembered how branch and clone of an issue's work stand to each other; each with its issue."""

from typing import Final

from dispatchd.application.ports.work_clones import WorkClone

RESCUES: Final = "refs/dispatchd/rescue/"
FETCHED: Final = "refs/dispatchd/fetched/"
"""What was last fetched from a clone; followed by its issue, as each of these."""
HEARD: Final = "refs/dispatchd/heard/"
"""The clone's head with which the branch was last brought level: what stands on the branch beyond it is not the agent's."""
JOINED: Final = "refs/dispatchd/joined/"
"""The work with what people committed, where the branch is not moved to it."""
LEFT: Final = "refs/dispatchd/left/"
"""Where the branch was last left by us, or the clone went on from it: if it has not that in its history any more, people
have written it anew since.
"""
PEOPLES: Final = "refs/dispatchd/peoples/"
"""Where people last left the branch, as far as it was joined with the work: an agent that writes its history anew takes
nothing of that out.
"""
REMADE: Final = "refs/dispatchd/remade/"
"""Where the branch was made again, because somebody had deleted it."""
TAKEN: Final = "refs/dispatchd/taken/"
"""The clone's head then: the branch had all of it, and what the agent has made since is what it has beyond that."""
_SHOWN: Final = 8


def made_again(clone: WorkClone, commit: str) -> str:
    """That the branch was deleted and is there again, as a clause."""
    return (
        f"somebody had deleted `{clone.branch}`, and it is made again at `{commit[:_SHOWN]}`, where the work stood "
        "(`status: cancelled` ends the work)"
    )
