"""What doctor says of a project's tools, and that they do as it says."""

import json
import shutil
import subprocess
import sys
import tarfile

import pytest

from tests.system.desk import Desk

PYPROJECT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "toy"\nversion = "1"\n'
BUILD = "from hatchling.builders.sdist import SdistBuilder; print(*SdistBuilder('.').build(directory='dist'))"


def findings(desk: Desk) -> list[tuple[str, str]]:
    """What doctor says about the tree and the project's tools, and the mend of each."""
    items = json.loads(desk.ask("doctor", "--json").out)["items"]
    return [(item["what"], item["next_step"]) for item in items if ".dispatch/" in item["what"]]


def archived(desk: Desk) -> list[str]:
    """The names in a source archive of the project, as hatch makes it."""
    made = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=desk.root, check=True, capture_output=True, text=True
    )
    with tarfile.open(desk.root / made.stdout.strip()) as archive:
        return archive.getnames()


def test_a_source_archive_holds_the_tree_until_doctor_is_heeded(idle_desk: Desk) -> None:
    (idle_desk.root / "toy").mkdir()
    (idle_desk.root / "toy" / "__init__.py").touch()
    project = idle_desk.root / "pyproject.toml"
    assert findings(idle_desk) == []
    project.write_text(PYPROJECT, encoding="utf-8")
    assert any("/.dispatch/" in name for name in archived(idle_desk))
    ((_, mend),) = findings(idle_desk)
    assert '[tool.hatch.build.targets.sdist]: exclude = [".dispatch"]' in mend
    told = PYPROJECT + '\n[tool.hatch.build.targets.sdist]\nexclude = [".dispatch"]\n'
    project.write_text(told, encoding="utf-8")
    assert findings(idle_desk) == []
    assert not any("/.dispatch/" in name for name in archived(idle_desk))


def test_npm_packs_nothing_of_the_tree_as_init_lays_it(idle_desk: Desk) -> None:
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    (idle_desk.root / "package.json").write_text('{"name": "toy", "version": "1.0.0"}', encoding="utf-8")

    def packed() -> bool:
        return ".dispatch/" in idle_desk.do("npm", "pack", "--dry-run", "--json")

    assert (packed(), findings(idle_desk)) == (False, [])
    idle_desk.path(".npmignore").unlink()
    ((what, mend),) = findings(idle_desk)
    assert packed()
    assert "npm would pack" in what
    idle_desk.do("sh", "-c", mend.removeprefix("Run: "))
    assert (packed(), findings(idle_desk)) == (False, [])
