"""An editor that saves by itself while a person types: nothing is refused or written under the hand."""

import json
import subprocess
import sys

from tests.fakes import autosaving_editor
from tests.system.conftest import NewDesk

PATH = "issues/login timeout.md"
QUARTER = {
    "settle": "60ms",
    "adopt_after": "500ms",
    "refuse_after": "500ms",
    "vanish_after": "500ms",
    "typing": "7500ms",
    "autosave_within": "2500ms",
    "prose_after": "15s",
    "commit_every": "250ms",
    "render_every": "250ms",
}
"""All times a quarter of what they are by default, so that an editor that saves each second saves four times as often."""
PARAGRAPH = (
    "It",
    "happens",
    "on",
    "trains,",
    "where",
    "an",
    "answer",
    "takes",
    "two",
    "seconds",
    "and",
    "more.",
)


def typed_into(text: str, status: str) -> list[str]:
    """The buffer after each second: the old status is taken out, the new one typed, then a paragraph."""
    before = next(line for line in text.splitlines() if line.startswith("status:"))
    values = ["status:", *(f"status: {status[:length]}" for length in range(1, len(status) + 1))]
    buffers = [text.replace(before, value) for value in values]
    paragraphs = [" ".join(PARAGRAPH[:count]) for count in range(1, len(PARAGRAPH) + 1)]
    return buffers + [f"{buffers[-1]}\n{paragraph}\n" for paragraph in paragraphs]


def test_typing_a_status_and_a_paragraph_under_autosave_is_one_change_or_two(new_desk: NewDesk) -> None:
    desk = new_desk("work")
    desk.init(sync=QUARTER)
    desk.up()
    desk.save(PATH, "The form gives up after two seconds.\n")
    desk.sync()
    before = desk.commits()
    buffers = typed_into(desk.read(PATH), "queued")
    editor = [sys.executable, autosaving_editor.__file__, str(desk.path(PATH)), "0.25"]
    done = subprocess.run(
        editor, input=json.dumps(buffers), capture_output=True, text=True, check=True, timeout=60
    )
    told = json.loads(done.stdout)
    held = desk.sync()

    made = desk.commits()[len(before) :]
    print(f"{told['saves']} saves, {len(told['rewritten'])} rewritten under the hand, commits: {made}")
    assert told["rewritten"] == []
    assert held == []
    assert 1 <= len(made) <= 2
    assert all(commit.startswith("Alice Doe: ") for commit in made)
    assert desk.read(PATH) == buffers[-1]
    assert "dispatchd:" not in desk.read(PATH)
    issue = desk.issues()[desk.fact(PATH, "id")]
    assert issue["status"] == "queued"
    assert desk.problems() == []
    desk.is_level()
