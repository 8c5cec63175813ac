"""What `check` says: every document read afresh, and what stands refused."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from dispatchd.application.document_kinds import Kinds, Reading
from dispatchd.application.kinds.facts_of_kind import one_of
from dispatchd.application.placed_problems import line_of
from dispatchd.application.policies_in_force import problems_of_policies
from dispatchd.application.ports.dispatch_tree import DispatchTree, Unreadable
from dispatchd.application.workflows import is_workflow, missing_commands, no_command, no_workflow
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.documents.epic_document import EpicDocument
from dispatchd.documents.fence import decode
from dispatchd.documents.named_checks import no_command_of_card
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import CONFIG, PathRole, entity_kind_at, role_of
from dispatchd.documents.workflow_document import read_workflow, workflow_name
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.domain.issue import IssueStatus

_OVER = frozenset({IssueStatus.DONE, IssueStatus.CANCELLED})
_READ = frozenset({PathRole.ENTITY, PathRole.CONFIG, PathRole.POLICY, PathRole.WORKFLOW})


FlawsOfScripts = Callable[[str], Iterable[tuple[int, str]]]
"""From the text of a document to its flaws: the line, and what is wrong there, as a sentence without its full stop."""


def _knows_none(_text: str) -> Iterable[tuple[int, str]]:
    return ()


def check_tree(
    tree: DispatchTree,
    kinds: Kinds,
    standing: Iterable[DocumentProblem],
    ours: Collection[str] = (),
    flaws_of_scripts: FlawsOfScripts = _knows_none,
) -> tuple[DocumentProblem, ...]:
    """Problems of every file of the tree, and the refusals that *standing* remembers, by path and line.

    *ours* are the names of the workflows that come with dispatchd; *flaws_of_scripts* says what is wrong with the scripts
    that stand in a text.
    """
    scan = tree.scan()
    found = [
        DocumentProblem(path=refused.path, what=refused.why, hint=refused.hint) for refused in scan.refused
    ]
    named = frozenset({*ours, *(workflow_name(path) for path in scan.files if is_workflow(path))})
    settings = _text(tree, CONFIG) if CONFIG in scan.files else None
    config = read_config(settings).config if isinstance(settings, str) else None
    look = _Look(tree, kinds, named, frozenset(ours), config, flaws_of_scripts)
    for path in scan.files:
        found.extend(problem.at(path) for problem in look.problems_of(path))
    # What stands may have what mends it in the same breath.
    known = {
        (each.path, each.line, said) for each in found for said in (each.what, f"{each.what}. {each.hint}")
    }
    found.extend(each for each in standing if (each.path, each.line, each.what) not in known)
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line)))


@dataclass(frozen=True, slots=True)
class _Look:
    """`ours`: the workflows that come with dispatchd. `config` is None where the settings cannot be read."""

    tree: DispatchTree
    kinds: Kinds
    workflows: frozenset[str]
    ours: frozenset[str]
    config: Config | None
    flaws_of_scripts: FlawsOfScripts

    def problems_of(self, path: DocumentPath) -> Iterable[DocumentProblem]:
        role = role_of(path)
        if role is PathRole.MISPLACED:
            return (misplaced(path),)
        text = _text(self.tree, path) if role in _READ else None
        if text is None:
            return ()
        if isinstance(text, DocumentProblem):
            return (text,)
        match role:
            case PathRole.CONFIG:
                return read_config(text).problems
            case PathRole.POLICY:
                return problems_of_policies(text.encode())
            case PathRole.WORKFLOW:
                return self._of_workflow(text, path)
            case _:
                return self._of_document(text, path)

    def _of_workflow(self, text: str, path: DocumentPath) -> Iterable[DocumentProblem]:
        if not text.strip() and workflow_name(path) in self.ours:
            return ()
        reading = read_workflow(text, workflow_name(path))
        if reading.workflow is None or self.config is None:
            return reading.problems
        return tuple(no_command(each) for each in missing_commands(reading.workflow, self.config.commands))

    def _of_document(self, text: str, path: DocumentPath) -> Iterable[DocumentProblem]:
        kind = entity_kind_at(path) or EntityKind.ISSUE
        reading = self.kinds[kind].read(text)
        if kind is EntityKind.EPIC:
            return (*reading.problems, *self._commands_of_gates(text, reading.document))
        if kind is EntityKind.AGENT:
            return (*reading.problems, *self._of_card(text, reading), *self._of_scripts(text))
        named = one_of(reading.facts.get("workflow")) if kind is EntityKind.ISSUE else None
        if kind is not EntityKind.ISSUE or one_of(reading.facts.get("status")) in _OVER:
            return reading.problems
        scripts = self._of_scripts(text)
        if not named or named in self.workflows:
            return (*reading.problems, *scripts)
        unknown = no_workflow(named, self.workflows)
        return (*reading.problems, replace(unknown, line=line_of(text, "key:workflow")), *scripts)

    def _of_card(self, text: str, card: Reading) -> Iterable[DocumentProblem]:
        """An engine that runs what `[commands]` does not have."""
        if self.config is not None:
            slip = no_command_of_card(one_of(card.facts.get("engine")) or "", self.config.commands)
            if slip is not None:
                yield replace(slip, line=line_of(text, "key:engine"))

    def _of_scripts(self, text: str) -> Iterable[DocumentProblem]:
        """What an agent could not play."""
        for line, flaw in self.flaws_of_scripts(text):
            yield DocumentProblem(line=line, what=flaw, hint="Until then the turn that plays it fails")

    def _commands_of_gates(self, text: str, epic: EpicDocument) -> Iterable[DocumentProblem]:
        """What checkpoints wait for and `[commands]` does not have: said before one is reached."""
        gates = [(plan.name, plan.gate) for plan in epic.plans if plan.gate is not None]
        named = [(stage, each.command) for stage, gate in gates for each in gate.criteria if each.command]
        for stage, name in named if self.config is not None else ():
            if self.config is not None and name not in self.config.commands:
                what = f'There is no command "{name}", which the checkpoint of “{stage}” waits for'
                yield replace(no_command(name), what=what, line=_line_naming(text, name))


def _line_naming(text: str, command: str) -> int:
    """The line of the gate that names *command*."""
    gate = re.compile(rf"gate\b.*\bcommand\W+{re.escape(command)}\b", re.IGNORECASE)
    return next((number for number, line in enumerate(text.split("\n"), 1) if gate.search(line)), 0)


def _text(tree: DispatchTree, path: DocumentPath) -> str | DocumentProblem | None:
    """What stands in the file; None where there is nothing."""
    try:
        found = tree.read(path)
    except Unreadable as unreadable:
        return DocumentProblem(what=unreadable.why, hint=unreadable.hint)
    return decode(found.content) if found is not None and found.content.strip() else None


def misplaced(path: DocumentPath) -> DocumentProblem:
    """A Markdown file where none is expected, or a text whose name does not end as a document's does."""
    if not path.endswith(".md"):
        name = path.rpartition("/")[2]
        stem = name.rpartition(".")[0] or name
        return DocumentProblem(
            path=path,
            what="Nothing is done with this file, because its name does not end in .md",
            hint=f"Call it {stem}.md, or give it a name that begins with _",
        )
    return DocumentProblem(
        path=path,
        what="Nothing is done with this file, because of the folder it is in",
        hint="Move it into issues/, epics/, proposals/ or context/, or give it a name that begins with _",
    )
