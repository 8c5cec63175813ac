"""Desks at which real agent programs work, their model being a script on loopback."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.model_server import model_server
from tests.system.agent_desk import AgentDesk
from tests.system.desk import new_repository

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
INSTALLED = CACHE / "dispatchd-engines" / "node_modules" / ".bin"
EngineDesk = Callable[[str], AgentDesk]


def path_with_engines() -> str:
    """PATH, with the programs that were installed for tests behind what is there already."""
    return f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{INSTALLED}"


@pytest.fixture
def desk_with(outside_tmp: Path) -> Iterator[EngineDesk]:
    """A desk whose daemon finds the program named and the model; what was started there is ended with it."""
    desks: list[AgentDesk] = []
    with model_server() as model:

        def make(program: str) -> AgentDesk:
            if shutil.which("bwrap") is None:
                pytest.skip("needs bwrap (bubblewrap)")
            if shutil.which(program, path=path_with_engines()) is None:
                pytest.skip(f"needs npm, with which {program} is installed in {INSTALLED.parent.parent}")
            desk = new_repository(outside_tmp / "work")
            desk.environment = {
                "PATH": path_with_engines(),
                "ANTHROPIC_BASE_URL": model,
                "ANTHROPIC_API_KEY": "none",
            }
            desk.init()
            desk.up()
            desks.append(AgentDesk(desk))
            return desks[-1]

        yield make
        for each in desks:
            each.desk.end()
            each.end_runs()
