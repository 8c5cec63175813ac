"""Refusals of a line whose fact has changed since, by whatever way: there is nothing left that they answer.

A save that changes its own line is the editing's business. Of a set, a word that is refused stands on in its line
whatever else comes to it, and so does its note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.application.signing import is_waiting
from dispatchd.documents.refused_words import refused_words
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.reconcile.places import KEY


@dataclass(frozen=True, slots=True)
class Before:
    """What was said about *subject*, and what the facts were that it was said about, before something happened."""

    work: UnitOfWork
    subject: str
    known: Sequence[ProblemRecord]
    facts: Mapping[str, object]
    was_draft: bool

    def forget_overtaken(self) -> None:
        """Drop what was said about lines whose fact is another one now."""
        work, subject, known = self.work, self.subject, self.known
        if self.was_draft and not _is_draft(work, subject):  # it opened, so all of it can stand
            known = [each for each in known if not each.refusal or is_waiting(each)]
            work.problems.replace(subject, known)
        entity = work.entity(subject)
        changed = {
            KEY + key: getattr(entity, key, None)
            for key, value in self.facts.items()
            if getattr(entity, key, None) != value
        }
        if changed:
            left = [
                each for each in known if each.anchor not in changed or _stands(each, changed[each.anchor])
            ]
            work.problems.replace(subject, left)


def before(work: UnitOfWork, subject: str) -> Before | None:
    """What there is to be overtaken of *subject*; mostly nothing."""
    known = work.problems.of(subject)
    if not known:
        return None
    was_draft = _is_draft(work, subject)
    keys = [problem.anchor.removeprefix(KEY) for problem in known if _is_about_a_fact(problem)]
    if not keys and not was_draft:
        return None
    entity = work.entity(subject)
    return Before(work, subject, known, {key: getattr(entity, key, None) for key in keys}, was_draft)


def _is_draft(work: UnitOfWork, subject: str) -> bool:
    entity = work.entity(subject)
    return isinstance(entity, Proposal) and entity.status is ProposalStatus.DRAFT


def _is_about_a_fact(problem: ProblemRecord) -> bool:
    return problem.refusal and problem.anchor.startswith(KEY) and not is_waiting(problem)


def _stands(problem: ProblemRecord, value: object) -> bool:
    """Whether *problem* says something still, now that the fact is *value*."""
    if not _is_about_a_fact(problem):
        return True
    return isinstance(value, tuple) and not refused_words(problem.what) <= {str(each) for each in value}
