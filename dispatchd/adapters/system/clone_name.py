"""What this clone is called among the clones of its repository: the host's name and a random word, chosen once."""

import os
import re
from pathlib import Path

from dispatchd.domain.identifiers import CROCKFORD


def clone_name(private: Path) -> str:
    """The name kept in *private*, made now if there is none."""
    place = private / "clone"
    try:
        return place.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    return fresh_clone_name(private)


def fresh_clone_name(private: Path) -> str:
    """A new name, kept in *private* from now on: another clone may have the old one."""
    host = re.sub(r"[^a-z0-9-]+", "-", os.uname().nodename.partition(".")[0].lower()).strip("-") or "here"
    name = f"{host}-{''.join(CROCKFORD[byte % len(CROCKFORD)] for byte in os.urandom(4))}"
    private.mkdir(mode=0o700, exist_ok=True)
    (private / "clone").write_text(f"{name}\n", encoding="utf-8")
    return name
