"""Who sits at the world's machine, and which id a file says it has."""

from dispatchd.application.people import person_by_email
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Actor

ALICE = ("Alice Doe", "alice@example.com")


def alice_here(work: UnitOfWork) -> Actor:
    return person_by_email(work.rules.people, *ALICE)


def id_in(content: bytes) -> str:
    line = next((line for line in content.splitlines() if line.startswith(b"id:")), b"")
    return line.partition(b":")[2].split(b"#")[0].strip().decode(errors="replace")
