"""What pages say to type in a shell is typed: in a workspace as `init` leaves it, or in a clone that has git alone."""

import re
import subprocess
from pathlib import Path
from typing import Final

from dispatchd.composition.looking import init_workspace
from tests.adapters.git.git_sandbox import repository

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "README.md").read_text(encoding="utf-8")
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


def test_a_push_by_hand_comes_through_while_home_pushes_as_well(tmp_path: Path) -> None:
    team = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8")
    recipe = team.partition("Without dispatchd, the branch alone is enough:\n\n```sh\n")[2].partition("```")[
        0
    ]
    home = repository(tmp_path / "home")
    home.git("switch", "-q", "-c", "dispatch")
    (home.folder / "epics").mkdir()
    home.commits("epics/login.md", b"- [ ] Approve\n")
    home.git("clone", "-q", "--bare", ".", str(tmp_path / "project.git"))
    home.git("remote", "add", "origin", str(tmp_path / "project.git"))
    meanwhile = "(cd ../home && date > other.md && git add . && git commit -qm Meanwhile && git push -q origin dispatch)"
    commits = re.findall("^git commit .*$", recipe, re.MULTILINE)
    script = recipe.replace("git@example.com:team", str(tmp_path)).replace(
        commits[0], f"{commits[0]}\n{meanwhile}"
    )
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    home.git("pull", "-q", "--ff-only", "origin", "dispatch")
    assert (home.folder / "epics" / "login.md").read_text() == "- [X] Approve\n"
