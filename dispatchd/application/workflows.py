"""Which workflows there are: those in the tree, and those that come with dispatchd where the tree has none of the name.

A file of the tree that cannot be read takes the place of ours all the same: who wrote one does not mean ours. One
without a word does not: it is what a shell has made of a copy that is only being written.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache

from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.texts_in_force import text_of
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import WORKFLOWS, PathRole, role_of
from dispatchd.documents.vocabulary import closest
from dispatchd.documents.workflow_document import (
    WorkflowReading,
    read_workflow,
    workflow_name,
    workflow_path,
)
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorkflow:
    """`path` is None for one that comes with dispatchd; `waits`: a person is to say first that the text counts."""

    name: str
    text: str
    path: DocumentPath | None
    reading: WorkflowReading
    waits: bool = False

    @property
    def problems(self) -> tuple[DocumentProblem, ...]:
        """What is wrong with it, at its place."""
        return tuple(each.at(self.path) if self.path else each for each in self.reading.problems)


def known_workflows(
    files: Mapping[DocumentPath, bytes], assets: Assets, commands: Mapping[str, str]
) -> tuple[KnownWorkflow, ...]:
    """Those of *files*, and ours where no file of *files* has the name, by name; *commands* are those of the settings."""
    ours = assets.workflows()
    found = {
        workflow_name(path): _of_file(path, content, commands)
        for path, content in files.items()
        if content.strip() or workflow_name(path) not in ours
    }
    for name, text in ours.items():
        if name not in found:
            found[name] = KnownWorkflow(name=name, text=text, path=None, reading=read_workflow(text, name))
    return tuple(found[name] for name in sorted(found))


def _of_file(path: DocumentPath, content: bytes, commands: Mapping[str, str]) -> KnownWorkflow:
    name = workflow_name(path)
    text = decode(content)
    if isinstance(text, DocumentProblem):
        return KnownWorkflow(name=name, text="", path=path, reading=WorkflowReading(problems=(text,)))
    reading = read_workflow(text, name)
    missing = missing_commands(reading.workflow, commands) if reading.workflow is not None else ()
    return KnownWorkflow(
        name=name,
        text=text,
        path=path,
        reading=WorkflowReading(problems=tuple(map(no_command, missing))) if missing else reading,
    )


def missing_commands(workflow: Workflow, commands: Mapping[str, str]) -> tuple[str, ...]:
    """The checks of *workflow* that `[commands]` does not have."""
    named = dict.fromkeys(each.check for each in workflow.phases if each.check is not None)
    return tuple(each for each in named if each not in commands)


def no_workflow(name: str, known: Collection[str]) -> DocumentProblem:
    """That an issue names none, at its line."""
    near = closest(name, known)
    hint = f"Did you mean {near}?" if near else "dispatchd workflow list names those there are"
    return DocumentProblem(what=f'There is no workflow "{name}"; nothing begins', hint=hint, key="workflow")


def no_command(name: str) -> DocumentProblem:
    """That a workflow checks by one that `[commands]` does not have."""
    hint = f'Write {name} = "…" below [commands] in config.toml'
    return DocumentProblem(what=f'There is no command "{name}"', hint=hint, key="check")


def is_workflow(path: str) -> bool:
    """Whether *path* is that of a workflow."""
    return role_of(DocumentPath(path)) is PathRole.WORKFLOW


def workflow_in_force(work: UnitOfWork, assets: Assets, name: str) -> Workflow | str:
    """The workflow of that name, or why there is none, as a clause. What nobody here put in force is not followed."""
    path = workflow_path(name)
    counts = text_of(work, path)
    ours = assets.workflows().get(name)
    if counts is not None and counts.text is not None and (counts.text.strip() or ours is None):
        read = _read(counts.text, name)
        return read.workflow or f"{read.problems[0].at(path)}"
    says_nothing = counts is not None and counts.text is not None
    if counts is not None and not says_nothing and (ours is None or not counts.was_none):
        return f"nobody here has said that {path} counts; the inbox asks, or save it anew under another name"
    found = _read(ours, name).workflow if ours is not None else None
    return found or f'there is no workflow "{name}"; "dispatchd workflow list" names those there are'


def known_names(work: UnitOfWork, assets: Assets) -> frozenset[str]:
    """The names of all there are, whether or not they read."""
    paths = (record.path for record in work.documents.below(WORKFLOWS) if record.current is not None)
    return frozenset({*assets.workflows(), *(workflow_name(path) for path in paths if is_workflow(path))})


@lru_cache(maxsize=32)
def _read(text: str, name: str) -> WorkflowReading:
    return read_workflow(text, name)
