"""The shim by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dispatchd.adapters.processes import run_shim


@pytest.mark.parametrize("then", ["exit", "echo $$ > pid; exec sleep 600"])
def test_a_shim_whose_folder_was_taken_away_ends_with_what_it_began(tmp_path: Path, then: str) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    goes = f"until [ -e '{folder}/stderr.txt' ]; do sleep 0.01; done; rm -rf '{folder}'; {then}"
    order = {
        "argv": ["sh", "-c", goes],
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
    if (tmp_path / "pid").exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), 0)
