import ast

from tests.architecture.source import sources

LONGEST_FILE = 299
LONGEST_FUNCTION = 39


def test_files_stay_under_three_hundred_lines() -> None:
    long = {
        source.path: lines
        for source in (*sources("dispatchd"), *sources("tests"))
        if (lines := len(source.text.splitlines())) > LONGEST_FILE
    }
    assert long == {}, "each of these has two jobs"


def test_functions_stay_under_forty_lines() -> None:
    long = {
        f"{source.path}:{node.lineno} {node.name}": lines
        for source in (*sources("dispatchd"), *sources("tests"))
        for node in source.walk()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}
