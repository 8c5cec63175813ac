import re
import subprocess
import sys
import tomllib
from pathlib import Path

import frontmatter
import pytest

from dispatchd.documents.tree_paths import PathRole, entity_kind_at, role_of
from dispatchd.domain.identifiers import DocumentPath, EntityKind, kind_of, parse_id

EXAMPLE = Path(__file__).resolve().parents[2] / "example-workspace"
TREE = EXAMPLE / "dispatch"
PATHS = sorted(DocumentPath(file.relative_to(TREE).as_posix()) for file in TREE.rglob("*") if file.is_file())
ENTITIES = [path for path in PATHS if role_of(path) is PathRole.ENTITY]


def facts(path: DocumentPath) -> dict[str, object]:
    return dict(frontmatter.loads((TREE / path).read_text(encoding="utf-8")).metadata)


def test_the_toy_code_base_passes_its_own_tests(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "unittest"],
        cwd=EXAMPLE / "code",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"Ran [1-9]\d* tests", done.stderr)


def test_every_file_of_the_tree_has_a_place_in_it() -> None:
    wrong = {path for path in PATHS if role_of(path) in {PathRole.MISPLACED, PathRole.IGNORED}}
    assert wrong == set()


@pytest.mark.parametrize("path", ENTITIES)
def test_every_document_carries_the_id_that_its_folder_asks_for(path: DocumentPath) -> None:
    kind = entity_kind_at(path)
    if kind is EntityKind.AGENT:
        assert facts(path)["name"] == path.split("/")[1]
        return
    found = parse_id(str(facts(path)["id"]))
    assert found is not None
    assert kind_of(found) is kind
    assert path.rsplit("/", 1)[1].startswith(f"{found}-")


def test_every_reference_leads_somewhere() -> None:
    stages: dict[object, list[str]] = {}
    ids: set[object] = set()
    for path in ENTITIES:
        ids.add(facts(path).get("id"))
        if entity_kind_at(path) is EntityKind.EPIC:
            text = (TREE / path).read_text(encoding="utf-8")
            stages[facts(path)["id"]] = re.findall(r"^### (.*)$", text, re.MULTILINE)
    for path in ENTITIES:
        said = facts(path)
        needed = said.get("depends_on") or []
        assert isinstance(needed, list)
        assert set(needed) <= ids, path
        if "epic" in said:
            assert said["stage"] in stages[said["epic"]], path


def test_the_settings_are_toml_and_name_a_command_that_the_toy_code_has() -> None:
    settings = tomllib.loads((TREE / "config.toml").read_text(encoding="utf-8"))
    assert settings["commands"] == {"test": "python3 -m unittest"}
    assert settings["people"]["alice"] == ["alice@example.com"]


def test_prettier_would_change_nothing(prettier: str) -> None:
    done = subprocess.run(
        [prettier, "--check", "**/*.md"], cwd=EXAMPLE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
