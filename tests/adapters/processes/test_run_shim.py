"""The shim by itself."""

import json
import subprocess
import sys
from pathlib import Path

from dispatchd.adapters.processes import run_shim


def test_a_shim_whose_folder_was_taken_away_ends(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    order = {
        "argv": ["sh", "-c", f"until [ -e '{folder}/stderr.txt' ]; do sleep 0.01; done; rm -rf '{folder}'"],
        "environment": {"PATH": "/usr/bin:/bin"},
        "folder": str(tmp_path),
        "first_lines": [],
        "keeps_reading": False,
        "limits": {},
    }
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-I", "-S", run_shim.__file__, str(folder)], timeout=60, check=False
    )
    assert ended.returncode == 0
    assert not folder.exists()
