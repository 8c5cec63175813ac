import subprocess
import sys

import pytest

from tests.architecture.source import sources

HEAVY = {
    "asyncio",
    "sqlite3",
    "aiosqlite",
    "subprocess",
    "click",
    "git",
    "watchdog",
    "pydantic",
    "frontmatter",
}
PROGRAM = """
import importlib, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.split(".")[0] for name in set(sys.modules) - before}))
"""


def modules_in(folder: str) -> list[str]:
    names = (source.path.removesuffix(".py").replace("/", ".") for source in sources(folder))
    return [name.removesuffix(".__init__") for name in names]


def loaded_by(modules: list[str]) -> set[str]:
    """The top-level names that importing *modules*, and nothing else, brings into a new interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *modules], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_the_domain_loads_nothing_but_the_standard_library() -> None:
    foreign = loaded_by(modules_in("dispatchd/domain")) - set(sys.stdlib_module_names)
    assert foreign == {"dispatchd"}


@pytest.mark.parametrize("layer", ["domain", "documents", "reconcile"])
def test_the_core_loads_nothing_that_does_input_or_output(layer: str) -> None:
    assert loaded_by(modules_in(f"dispatchd/{layer}")) & HEAVY == set()


@pytest.mark.parametrize("package", ["ports", "."])
def test_use_cases_and_ports_load_no_adapter(package: str) -> None:
    loaded = loaded_by(modules_in(f"dispatchd/application/{package}".removesuffix("/.")))
    assert loaded & {"sqlite3", "aiosqlite", "click", "git", "watchdog"} == set()


def test_what_answers_at_a_daemons_start_loads_no_work_of_agents_and_no_requests() -> None:
    """Both take as long to load as the rest, and nobody waits for them."""
    program = (
        "import dispatchd.daemon.supervisor, dispatchd.application.kinds.all_kinds, sys; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    later = (
        "dispatchd.application.agents.",
        "dispatchd.daemon.agents_loop",
        "dispatchd.application.requests.",
    )
    assert {name for name in done.stdout.split() if name.startswith(later)} == {
        "dispatchd.application.agents.no_person",
        "dispatchd.application.requests.request",
    }
