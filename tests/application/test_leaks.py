import json
from collections.abc import Mapping

import pytest

from dispatchd.application.leaks import leaks_in

HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n'
SDIST = "[tool.hatch.build.targets.sdist]\n"
FLIT = '[build-system]\nbuild-backend = "flit_core.buildapi"\n[tool.flit.sdist]\n'
COPIES = "FROM python:3.13\nCOPY . /app\n"
PRETTIER = json.dumps({"private": True, "devDependencies": {"prettier": "3"}})

LEAKING: list[tuple[str, Mapping[str, str], str]] = [
    ("a package without a word", {"package.json": "{}"}, "echo '*' > .dispatch/.npmignore"),
    ("a package of everything", {"package.json": '{"files": ["*"]}', ".npmignore": ".dispatch"}, "npmignore"),
    (
        "npm's list instead of git's",
        {"package.json": "{}", ".npmignore": "src", ".gitignore": ".dispatch"},
        "",
    ),
    ("an image of everything", {"Dockerfile": COPIES}, "echo .dispatch >> .dockerignore"),
    ("an image in JSON", {"Dockerfile.dev": 'ADD [".", "/app"]'}, "echo .dispatch >> .dockerignore"),
    ("let in again", {"Dockerfile": COPIES, ".dockerignore": "*\n!.dispatch\n"}, ".dockerignore"),
    ("hatch", {"pyproject.toml": HATCH}, 'exclude = [".dispatch"]'),
    ("hatch by ending", {"pyproject.toml": HATCH + SDIST + 'include = ["*.md"]'}, 'exclude = [".dispatch"]'),
    ("flit", {"pyproject.toml": FLIT + 'include = ["**/*.md"]'}, 'exclude = [".dispatch/**"]'),
    ("a manifest of all", {"MANIFEST.in": "graft .\nprune tests\n"}, "echo 'prune .dispatch' >> MANIFEST.in"),
    ("a manifest by ending", {"MANIFEST.in": "global-include *.md"}, "prune .dispatch"),
    ("Prettier", {"package.json": PRETTIER}, "echo .dispatch >> .prettierignore"),
    ("Prettier by its settings", {".prettierrc": "{}", ".prettierignore": "dist"}, ".prettierignore"),
]
TIGHT: list[tuple[str, Mapping[str, str]]] = [
    ("nothing in use", {".gitignore": "dist"}),
    ("a private package", {"package.json": '{"private": true}'}),
    ("as init lays it", {"package.json": '{"files": ["."]}', ".dispatch/.npmignore": "*\n"}),
    ("chosen files", {"package.json": '{"files": ["dist/", "./src"]}'}),
    ("git's ignore file", {"package.json": "{}", ".gitignore": "/.dispatch/\n"}),
    ("no image of everything", {"Dockerfile": "COPY src /app\nCOPY --from=build . /app\n"}),
    ("an ignored tree", {"Dockerfile": COPIES, ".dockerignore": "**/.dispatch\n"}),
    ("everything ignored", {"Dockerfile": COPIES, ".dockerignore": "*\n!src\n"}),
    ("an ignore file of its own", {"Dockerfile": COPIES, "Dockerfile.dockerignore": ".*\n"}),
    ("hatch told", {"pyproject.toml": HATCH + SDIST + 'exclude = ["/.dispatch"]'}),
    ("hatch choosing", {"pyproject.toml": HATCH + SDIST + 'include = ["src"]'}),
    ("flit by itself", {"pyproject.toml": FLIT}),
    ("flit told", {"pyproject.toml": FLIT + 'include = ["**"]\nexclude = [".dispatch/**"]'}),
    ("a manifest told", {"MANIFEST.in": "graft .\nprune .dispatch\n"}),
    ("Prettier told", {"package.json": PRETTIER, ".prettierignore": ".dispatch\n"}),
    ("Prettier heeds git's", {"package.json": PRETTIER, ".gitignore": ".dispatch/"}),
    ("files that cannot be read", {"package.json": "{", "pyproject.toml": "["}),
]


@pytest.mark.parametrize(
    ("files", "mend"), [(files, mend) for _, files, mend in LEAKING], ids=[e[0] for e in LEAKING]
)
def test_a_tool_that_would_take_the_tree_is_named_with_the_line_that_mends_it(
    files: Mapping[str, str], mend: str
) -> None:
    (leak,) = leaks_in(files)
    assert mend in leak.mend
    assert "\n" not in leak.mend


@pytest.mark.parametrize("files", [files for _, files in TIGHT], ids=[name for name, _ in TIGHT])
def test_nothing_is_said_of_tools_that_leave_it_or_are_not_in_use(files: Mapping[str, str]) -> None:
    assert leaks_in(files) == ()


def test_the_mends_mend() -> None:
    assert leaks_in({"package.json": "{}", ".dispatch/.npmignore": "*"}) == ()
    assert leaks_in({"Dockerfile": COPIES, ".dockerignore": "node_modules\n.dispatch\n"}) == ()
    assert leaks_in({"pyproject.toml": HATCH + SDIST + 'exclude = [".dispatch"]'}) == ()
