import ast
from collections.abc import Iterator

from tests.architecture.source import SourceFile, imported_modules, sources

CATCH_ANYTHING = {"dispatchd/cli/failures.py", "dispatchd/daemon/supervisor.py"}
CORE = ("dispatchd/domain/", "dispatchd/documents/", "dispatchd/reconcile/")
MAY_AWAIT = (
    "dispatchd/application/",
    "dispatchd/daemon/",
    "dispatchd/adapters/sqlite/",
    "dispatchd/composition/",
)
MAY_RUN_A_LOOP = ("dispatchd/daemon/", "dispatchd/adapters/sqlite/", "dispatchd/composition/")
MAKES_THE_DOOR = {"dispatchd/application/intake.py", "dispatchd/application/replica_intake.py"}
PACES_FOR_READERS = "tests/demo/"


def names_in(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {"BaseException"}
    return {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}


def only_cleans_up(handler: ast.ExceptHandler) -> bool:
    """Whether everything, an interrupt too, goes on upwards after it: then nothing is caught."""
    last = handler.body[-1]
    passes_on = isinstance(last, ast.Raise) and last.exc is None
    leaves_early = any(isinstance(node, ast.Return | ast.Continue | ast.Break) for node in ast.walk(handler))
    return names_in(handler) == {"BaseException"} and passes_on and not leaves_early


def test_only_the_two_boundaries_catch_every_exception() -> None:
    broad = [
        f"{source.path}:{node.lineno}"
        for source in sources("dispatchd")
        if source.path not in CATCH_ANYTHING
        for node in source.walk()
        if isinstance(node, ast.ExceptHandler) and names_in(node) & {"Exception", "BaseException"}
        if not only_cleans_up(node)
    ]
    assert broad == []


def test_nothing_suppresses_every_exception() -> None:
    broad = [
        f"{source.path}:{node.lineno}"
        for source in sources("dispatchd")
        for node in source.walk()
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == "suppress"
        and any(
            isinstance(given, ast.Name) and given.id in {"Exception", "BaseException"} for given in node.args
        )
    ]
    assert broad == []


def awaits(source: SourceFile) -> Iterator[int]:
    for node in source.walk():
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno


def test_only_use_cases_the_daemon_and_the_database_await() -> None:
    waiting = [
        f"{source.path}:{line}"
        for source in sources("dispatchd")
        if not source.path.startswith(MAY_AWAIT)
        for line in awaits(source)
    ]
    assert waiting == []


def test_only_the_daemon_the_database_and_composition_know_asyncio() -> None:
    knowing = [
        source.path
        for source in sources("dispatchd")
        if not source.path.startswith(MAY_RUN_A_LOOP)
        and any(name.split(".")[0] == "asyncio" for name in imported_modules(source))
    ]
    assert knowing == []


def test_the_core_asks_no_clock_and_draws_no_number() -> None:
    impure = [
        f"{source.path}: {name}"
        for source in sources("dispatchd")
        if source.path.startswith(CORE)
        for name in imported_modules(source)
        if name.split(".")[0] in {"time", "random", "secrets", "uuid", "os", "io", "pathlib", "logging"}
    ]
    assert impure == []


def test_no_test_sleeps_to_be_correct() -> None:
    naps = [
        f"{source.path}:{node.lineno}"
        for source in sources("tests")
        if not source.path.startswith(PACES_FOR_READERS)
        for node in source.walk()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep", "sleep"}
    ]
    assert naps == []


def test_no_test_mocks() -> None:
    mocking = [
        source.path for source in sources("tests") if any("mock" in name for name in imported_modules(source))
    ]
    assert mocking == []


def test_every_adapter_that_names_its_port_does_so_in_the_line_mypy_checks() -> None:
    named = [
        node
        for source in sources("dispatchd/adapters")
        for node in source.tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "_port"
    ]
    assert named, "adapters state their port as `_port: type[Port] = Adapter`"
    assert all(node.value is not None for node in named)


def test_only_the_intakes_make_a_door_that_leads_somewhere() -> None:
    """Where another clone decides that door is shut; one that is made beside it would not be. A trial is never kept."""
    beside = [
        f"{source.path}:{node.lineno}"
        for source in sources("dispatchd")
        if source.path not in MAKES_THE_DOOR
        for node in source.walk()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Door"
        if not any(
            given.arg == "work" and isinstance(given.value, ast.Name) and given.value.id == "trial"
            for given in node.keywords
        )
    ]
    assert beside == []


def test_only_folders_that_stand_apart_from_the_repository_are_made_with_their_parents() -> None:
    making = {
        source.path
        for source in sources("dispatchd")
        for node in source.walk()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "mkdir" and "parents" in {keyword.arg for keyword in node.keywords}
    }
    assert making == {
        "dispatchd/adapters/git/borrowing.py",
        "dispatchd/adapters/git/workspace_setup.py",
        "dispatchd/adapters/runs/bubblewrap.py",
        "dispatchd/composition/other_workspaces.py",
    }, "a daemon whose repository was moved away would make it again where it stood"
