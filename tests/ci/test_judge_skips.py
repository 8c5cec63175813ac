import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
CLOSING = "================== 12 passed, 1 skipped in 3.45s =================="


def judge(tmp_path: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    log = tmp_path / "log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(CHECKOUT / ".ci/judge_skips.py"), str(log)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("SKIPPED [1] tests/system/test_vim.py:7: needs git", 1),
        ("SKIPPED [1] tests/system/test_vim.py:7: needs an-editor-nobody-has (install it)", 0),
        ("SKIPPED [3] tests/system/test_vim.py:7: no mood for it", 1),
        ("PASSED tests/system/test_vim.py", 0),
    ],
)
def test_a_skip_stands_only_where_its_tool_is_missing(tmp_path: Path, line: str, code: int) -> None:
    judged = judge(tmp_path, line, CLOSING)
    assert judged.returncode == code
    assert ("could have run it" in judged.stderr) is bool(code)


def test_the_last_line_is_pytests_own(tmp_path: Path) -> None:
    assert judge(tmp_path, "all checks passed", CLOSING).stdout == f"{CLOSING}\n"


def test_a_run_that_did_not_end_is_a_failure(tmp_path: Path) -> None:
    judged = judge(tmp_path, "tests/test_x.py ....")
    assert judged.returncode == 1
    assert "did not run to its end" in judged.stderr
