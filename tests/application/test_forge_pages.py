import pytest

from dispatchd.application.forge_pages import Remote, page_of

PATH = "issues/login times out #2.md"
TAIL = "dispatch/issues/login%20times%20out%20%232.md"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("git@github.com:o/r.git", f"https://github.com/o/r/blob/{TAIL}"),
        ("https://user:secret@github.com/o/r", f"https://github.com/o/r/blob/{TAIL}"),
        ("ssh://git@gitlab.example.org:2222/a/b/r.git", f"https://gitlab.example.org/a/b/r/-/blob/{TAIL}"),
        ("https://codeberg.org/o/r.git/", f"https://codeberg.org/o/r/src/branch/{TAIL}"),
        ("http://gitea.local:3000/o/r.git", f"http://gitea.local:3000/o/r/src/branch/{TAIL}"),
        ("git@bitbucket.org:o/r.git", f"https://bitbucket.org/o/r/src/{TAIL}"),
        ("git@git.sr.ht:~o/r", "https://git.sr.ht/~o/r/tree/dispatch/item/" + TAIL.removeprefix("dispatch/")),
    ],
)
def test_a_page_is_made_of_the_remotes_address(url: str, page: str) -> None:
    assert page_of(Remote(name="origin", url=url), "dispatch", PATH) == page


def test_what_runs_at_a_host_can_be_said() -> None:
    told = Remote(name="origin", url="git@git.example.org:o/r.git", forge="gitlab")
    assert page_of(told, "dispatch", "a.md") == "https://git.example.org/o/r/-/blob/dispatch/a.md"


@pytest.mark.parametrize(
    "url", ["/srv/git/r.git", "../r", "file:///srv/r", "git@git.example.org:o/r.git", ""]
)
def test_where_no_forge_is_known_there_is_no_page(url: str) -> None:
    assert page_of(Remote(name="origin", url=url), "dispatch", "a.md") is None
