"""The id that a new file's entity gets: its own, if it brings one that is free; of a file in a commit, the same in every clone."""

import hashlib

from dispatchd.application.command_handler import Door
from dispatchd.application.sighting import Sighting
from dispatchd.documents.tree_paths import agent_of
from dispatchd.domain.actors import Channel
from dispatchd.domain.identifiers import (
    DocumentPath,
    EntityId,
    EntityKind,
    encode_id,
    id_length,
    kind_of,
)


def id_for(door: Door, kind: EntityKind, seen: Sighting, written: EntityId | None) -> EntityId:
    """The id of the new file *seen*, which holds an entity of that *kind*; *written* is the one that stands in it."""
    if kind is EntityKind.AGENT:
        return EntityId(agent_of(seen.path) or "")
    if written is not None and kind_of(written) is kind and door.work.entity(written) is None:
        return written
    provenance = seen.circumstance.provenance
    if provenance.channel is Channel.COMMIT and provenance.commit is not None:
        return _id_from_commit(door, kind, provenance.commit, seen.path)
    return door.draw(kind)


def _id_from_commit(door: Door, kind: EntityKind, commit: str, path: DocumentPath) -> EntityId:
    """The id that every clone chooses for this file of this commit."""
    bits = int.from_bytes(hashlib.sha256(f"{commit}\0{path}".encode()).digest(), "big")
    length = id_length(door.work.population())
    while door.work.entity(encode_id(kind, bits, length)) is not None:
        length += 1
    return encode_id(kind, bits, length)
