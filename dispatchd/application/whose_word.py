"""Whether what was found in a governed text is a person's word, and surely theirs."""

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Channel
from dispatchd.domain.authority import is_person
from dispatchd.domain.command import Circumstance


def may_say_so(work: UnitOfWork, by: Circumstance, *, signs_saves: bool = False) -> bool:
    """Whether *by* is a person's word, and surely theirs: where signatures are asked for, no commit is without one.

    Neither is a save where *signs_saves*: of a text that could take a gate away.
    """
    if not is_person(work.rules, by.actor):
        return False
    if by.provenance.signed:
        return True
    is_unsigned_word = by.provenance.channel is Channel.COMMIT or signs_saves
    return not by.doubted and not (work.rules.require_signed and is_unsigned_word)
