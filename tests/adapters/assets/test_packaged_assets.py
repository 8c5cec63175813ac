import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import tomlkit

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.documents.waiting_page import WaitingPage, compose_page
from dispatchd.domain.errors import WorkspaceError
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import Role

CHECKOUT = Path(__file__).resolve().parents[3]
LAID = [
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".npmignore",
    "README.md",
    "config.toml",
    "dispatch.code-workspace",
    "epics/_template.md",
    "inbox/README.md",
    "issues/_template.md",
    "proposals/_template.md",
]


def test_in_a_checkout_the_folders_at_its_root_are_read() -> None:
    assert list(PackagedAssets().laid_files()) == LAID


def test_status_stands_apart_because_git_ignores_it() -> None:
    assets = PackagedAssets()
    assert assets.first_pages()[DocumentPath("STATUS.md")].startswith(b"# Status\n")
    assert assets.first_pages()[DocumentPath("WAITING.md")].decode() == compose_page(WaitingPage())
    assert b"/STATUS.md\n" in assets.laid_files()[DocumentPath(".gitignore")]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_prompt_of_one_screen(role: Role) -> None:
    prompt = PackagedAssets().prompt(role)
    assert prompt.startswith("# ")
    assert 8 <= len(prompt.splitlines()) <= 30


def test_an_installed_wheel_reads_its_own_copies_and_not_a_neighbours(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "templates").mkdir()
    (site / "templates" / "foreign.md").write_text("not ours", encoding="utf-8")
    program = (
        "import dispatchd.adapters.assets.packaged_assets as here\n"
        "from dispatchd.domain.issue import Role\n"
        "assets = here.PackagedAssets()\n"
        "print(here.__file__)\n"
        "print(*assets.laid_files(), sep='|')\n"
        "print(len(assets.prompt(Role.CODER)), sum(map(len, assets.first_pages().values())))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
    )
    origin, laid, sizes = done.stdout.splitlines()
    assert Path(origin).is_relative_to(site)
    assert laid.split("|") == LAID
    assert (
        sizes
        == f"{len(PackagedAssets().prompt(Role.CODER))} {sum(map(len, PackagedAssets().first_pages().values()))}"
    )


def test_an_incomplete_installation_says_so(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "dispatchd" / "adapters" / "assets"
    package.mkdir(parents=True)
    (tmp_path / "site-packages" / "templates").mkdir()
    with pytest.raises(WorkspaceError, match="lacks its folder templates/"):
        PackagedAssets(package).laid_files()
    (package / "prompts").mkdir()
    with pytest.raises(WorkspaceError, match=r"lacks .*coder\.md"):
        PackagedAssets(package).prompt(Role.CODER)


def test_what_is_laid_is_accepted_by_the_tree_and_makes_no_entity() -> None:
    roles = {path: role_of(path) for path in PackagedAssets().laid_files()}
    assert {path for path, role in roles.items() if role is PathRole.ENTITY} == set()
    assert {path for path, role in roles.items() if role is PathRole.MISPLACED} == set()
    assert roles[DocumentPath("issues/_template.md")] is PathRole.TEMPLATE
    assert roles[DocumentPath("config.toml")] is PathRole.CONFIG


def test_the_config_takes_a_person_and_a_home_without_losing_a_comment() -> None:
    text = PackagedAssets().laid_files()[DocumentPath("config.toml")].decode()
    config = tomlkit.parse(text)
    config["people"]["alice"] = ["alice@example.com"]
    config["workspace"]["home"] = "alice-laptop-7k2m"
    written = tomlkit.dumps(config)
    before = set(text.splitlines())
    assert before - set(written.splitlines()) == {'home = ""'}
    assert set(written.splitlines()) - before == {
        'alice = ["alice@example.com"]',
        'home = "alice-laptop-7k2m"',
    }


def test_prettier_would_change_no_markdown_that_is_laid(prettier: str, tmp_path: Path) -> None:
    assets = PackagedAssets()
    texts = {**assets.laid_files(), **assets.first_pages()}
    for path, content in texts.items():
        if path.endswith(".md"):
            file = tmp_path / path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
    done = subprocess.run(
        [prettier, "--check", "**/*.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_git_leaves_laid_bytes_alone_and_ignores_what_is_rendered(tmp_path: Path) -> None:
    for path, content in PackagedAssets().laid_files().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=tmp_path, check=False, capture_output=True, text=True)
        return done.stdout

    git("init", "-q")
    droppings = [
        "STATUS.md",
        "WAITING.md",
        "issues/4913",
        "issues/a.md~",
        "issues/.a.md.swp",
        "issues/sedXy12Zq",
    ]
    kept = ["issues/sedate.md", "issues/STATUS.md", "issues/a.md", "config.toml"]
    assert git("check-ignore", *droppings, *kept).split() == droppings
    assert git("check-attr", "text", "merge", "--", "issues/a.md").splitlines() == [
        "issues/a.md: text: unset",
        "issues/a.md: merge: dispatchd",
    ]
