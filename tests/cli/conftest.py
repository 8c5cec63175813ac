"""The command line on a composition of our own, in a folder that is the place of the call."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from dispatchd.cli.invocation import Invocation
from dispatchd.cli.program import program
from tests.fakes.composition_double import CompositionDouble

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def composition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompositionDouble:
    monkeypatch.chdir(tmp_path)
    return CompositionDouble(root=tmp_path)


@pytest.fixture
def call(composition: CompositionDouble) -> Call:
    def calling(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
        result = CliRunner().invoke(program, arguments, obj=Invocation(composition), input=stdin)
        return result.exit_code, result.stdout, result.stderr

    return calling
