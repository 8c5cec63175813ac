"""The lines of README that make files and open them are typed in a workspace as `init` leaves it."""

import re
import subprocess
from pathlib import Path
from typing import Final

from dispatchd.composition.looking import init_workspace
from tests.adapters.git.git_sandbox import repository

PAGE: Final = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
TYPED: Final = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE)
MAKES: Final = ("echo ", "mkdir ", "printf ")
OF_THE_DAEMON: Final = (".dispatch/inbox/", ".dispatch/WAITING.md")
"""What nobody drops: these the daemon has written when they are opened."""


def test_what_readme_makes_can_be_made_after_init_and_what_it_opens_is_there(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.commits("code.py", b"print(1)\n")
    init_workspace(person.folder)
    opened = 0
    for line in TYPED:
        if line.startswith(MAKES):
            done = subprocess.run(["sh", "-c", line], cwd=person.folder, capture_output=True, check=False)
            assert (done.returncode, done.stderr) == (0, b""), line
        elif line.startswith("vim ") and not (path := line.removeprefix("vim ")).startswith(OF_THE_DAEMON):
            opened += 1
            assert [*person.folder.glob(path)], f"{line}: a file that was dropped keeps its name"
    assert opened >= 2
