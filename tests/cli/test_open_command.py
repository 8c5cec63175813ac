from urllib.parse import quote

import pytest

from dispatchd.application.forge_pages import Remote
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble


@pytest.fixture(autouse=True)
def path(composition: CompositionDouble) -> str:
    small.fill(composition.root)
    composition.remote = Remote(name="origin", url="git@github.com:o/r.git", has_branch=True)
    model = composition.open_read_model()
    found: str = model.document_of("i-7k2m")
    model.close()
    return found


def test_a_file_is_handed_to_the_desktop(composition: CompositionDouble, call: Call, path: str) -> None:
    composition.has_desktop = True
    assert call("open", "i-7k") == (0, "", "")
    assert composition.opened == [str(composition.root / ".dispatch" / path)]


def test_where_there_is_no_desktop_its_path_is_printed(
    composition: CompositionDouble, call: Call, path: str
) -> None:
    _, out, _ = call("open", "i-7k2m")
    assert out == f"{composition.root / '.dispatch' / path}\n"


def test_a_path_is_printed_and_nothing_opened_when_that_is_asked(
    composition: CompositionDouble, call: Call
) -> None:
    composition.has_desktop = True
    assert call("open", "--print", "i-7k2m")[1].endswith(".md\n")
    assert composition.opened == []


def test_the_page_on_the_forge_is_opened(composition: CompositionDouble, call: Call, path: str) -> None:
    composition.has_desktop = True
    call("open", "i-7k2m", "--web")
    assert composition.opened == [f"https://github.com/o/r/blob/dispatch/{quote(path)}"]


def test_a_branch_that_the_remote_may_lack_is_said(composition: CompositionDouble, call: Call) -> None:
    composition.remote = Remote(name="origin", url="git@github.com:o/r.git")
    code, out, err = call("open", "i-7k2m", "--web", "--print")
    assert code == 0
    assert out.startswith("https://")
    assert "git push origin dispatch" in err


@pytest.mark.parametrize(
    ("remote", "advice"),
    [
        (None, "git remote add"),
        (Remote(name="o", url="git@git.example.org:a/b"), "git config dispatchd.forge"),
    ],
)
def test_where_no_page_is_known_it_says_what_to_do(
    composition: CompositionDouble, call: Call, remote: Remote | None, advice: str
) -> None:
    composition.remote = remote
    code, out, err = call("open", "i-7k2m", "--web")
    assert (code, out) == (1, "")
    assert advice in err
