"""Every kind of file in the tree, and whether its text says what others may do: those are in force by a person's word only.

A kind that stands in neither table is none that can be taken, so a new one is a line here first.
"""

from collections.abc import Callable, Mapping
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.config_in_force import take_config
from dispatchd.application.policies_in_force import take_policies
from dispatchd.application.sighting import Sighting
from dispatchd.application.texts_in_force import take_seen
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import PathRole

Taking = Callable[[Door, Sighting, tuple[DocumentProblem, ...]], None]

GOVERNED: Final[Mapping[PathRole, Taking]] = {
    PathRole.CONFIG: take_config,
    PathRole.POLICY: take_policies,
    PathRole.WORKFLOW: take_seen,
    PathRole.PROMPT: take_seen,
}
"""What decides which text counts, by the kind of file whose text others go by."""
FREE: Final = frozenset(
    {
        # What an entity's file decides are commands, and those have a table of their own: `domain/persons_word`.
        PathRole.ENTITY,
        # Read by people, or told to agents with the names of those outside [people] who wrote in it.
        PathRole.GUIDE,
        PathRole.CONTEXT,
        # Ours: put back, or made by commands of a person's and the daemon's.
        PathRole.RENDERED,
        PathRole.EVIDENCE,
        PathRole.PAUSE,
        # Nothing goes by them.
        PathRole.TEMPLATE,
        PathRole.DOTFILE,
        PathRole.IGNORED,
        PathRole.MISPLACED,
    }
)
