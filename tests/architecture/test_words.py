import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.source import CHECKOUT, SourceFile, sources

PROMISES = re.compile(r"\bfixme\b|\bxxx\b|placeholder|not implemented|\bfor now\b|\bstubs?\b", re.IGNORECASE)
LATER = re.compile(r"\bTODO\b")
NO_ROLE = {"Manager", "Helper", "Helpers", "Util", "Utils", "Service", "Processor", "Data", "Info", "Impl"}
NO_ROOM = {"manager", "helper", "helpers", "util", "utils", "service", "services", "common", "misc", "base"}


def remarks(source: SourceFile) -> Iterator[str]:
    """Comments and docstrings: `todo` is also a word people write for a state, and stands in code as such."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in source.walk():
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def test_no_text_promises_something_for_later() -> None:
    texts = [(source.path, source.text) for source in sources("dispatchd")]
    for folder in ("templates", "prompts"):
        files = (file for file in sorted((CHECKOUT / folder).rglob("*")) if file.is_file())
        texts += [(str(file.relative_to(CHECKOUT)), file.read_text(encoding="utf-8")) for file in files]
    assert [(path, hit[0]) for path, text in texts if (hit := PROMISES.search(text))] == []


def test_no_remark_leaves_work_for_later() -> None:
    found = [
        (source.path, remark)
        for source in sources("dispatchd")
        for remark in remarks(source)
        if LATER.search(remark)
    ]
    assert found == []


def words_of(name: str) -> set[str]:
    return set(re.findall(r"[A-Z][a-z]*", name))


def test_no_class_is_named_for_having_no_role() -> None:
    vague = [
        f"{source.path}: {node.name}"
        for source in sources("dispatchd")
        for node in source.walk()
        if isinstance(node, ast.ClassDef) and (words_of(node.name) & NO_ROLE or node.name.startswith("Base"))
    ]
    assert vague == []


def test_no_module_is_a_drawer_for_anything() -> None:
    drawers = [
        source.path
        for source in sources("dispatchd")
        if NO_ROOM & set(source.path.removesuffix(".py").split("/"))
    ]
    assert drawers == []


def test_every_module_says_what_it_decides() -> None:
    silent = [
        source.path
        for source in sources("dispatchd")
        if source.tree.body and ast.get_docstring(source.tree) is None
    ]
    assert silent == []
