"""Desks at which real agent programs work, their model being a script on loopback.

With `ENGINES=all` everything is tried; without it what proves most in little time, and nothing of programs that only
`make test-engines` installs.
"""

import json
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
EVERYTHING = os.environ.get("ENGINES") == "all"
EngineDesk = Callable[[str], AgentDesk]
CODEX = """\
model = "model"
model_provider = "loopback"
check_for_update_on_startup = false
{approval}
[analytics]
enabled = false
[model_providers.loopback]
name = "loopback"
base_url = "{model}/v1"
wire_api = "responses"
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "in_full: runs with `make test-engines` alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [each for each in items if not EVERYTHING and each.get_closest_marker("in_full")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [each for each in items if each not in left_out]


def path_with_engines() -> str:
    """PATH, with the programs that were installed for tests behind what is there already."""
    return f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{INSTALLED}"


def _environment(model: str) -> dict[str, str]:
    """What sends each program to the model on loopback."""
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "options": {"baseURL": f"{model}/v1", "apiKey": "none"},
        "models": {"model": {"tool_call": True, "limit": {"context": 100000, "output": 4000}}},
    }
    opencode = {
        "autoupdate": False,
        "share": "disabled",
        "model": "loopback/model",
        "small_model": "loopback/model",
        "provider": {"loopback": provider},
        "permission": {"bash": "ask"},
    }
    return {
        "PATH": path_with_engines(),
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "none",
        "CODEX_API_KEY": "none",
        "OPENCODE_CONFIG_CONTENT": json.dumps(opencode),
        "GEMINI_API_KEY": "none",
        "GOOGLE_GEMINI_BASE_URL": model,
    }


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
            desk.environment = _environment(model)
            desk.init()
            home = desk.private / "homes" / "ash" / ".codex"
            home.mkdir(parents=True, mode=0o700)
            approval = 'approval_policy = "untrusted"' if program == "codex-acp" else ""
            (home / "config.toml").write_text(CODEX.format(approval=approval, model=model), encoding="utf-8")
            desk.up()
            desks.append(AgentDesk(desk))
            return desks[-1]

        yield make
        for each in desks:
            each.desk.end()
            each.end_runs()
