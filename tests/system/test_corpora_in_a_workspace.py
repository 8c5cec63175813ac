"""Files of another tool, copied into `issues/` as they are."""

import re

import pytest

from tests.system.desk import Desk
from tests.system.mending import CORPUS, altered_facts, corpus_files, harm
from tests.system.standing_still import standing_still

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not on this machine")
STRIDE = 4
"""Every fourth file; all of them are taken in by the benchmarks."""


def test_files_of_another_tool_are_adopted_as_they_are_and_edited_all_at_once(desk: Desk) -> None:
    brought = {f"issues/{path.name}": path.read_bytes() for path in corpus_files()[::STRIDE]}
    for name, content in brought.items():
        desk.path(name).write_bytes(content)
    assert desk.sync() == []

    adopted = {issue["path"]: issue for issue in desk.issues().values()}
    assert adopted.keys() == brought.keys()
    problems = desk.run("dispatchd", "check").out.splitlines()
    placed = [line for line in problems if not line.startswith(" ")]
    assert all(re.match(r"\.dispatch/issues/.*\.md:\d+  \S", line) for line in placed)

    stand = {name: desk.path(name).read_bytes() for name in brought}
    assert {name: wrong for name in brought if (wrong := harm(brought[name], stand[name]))} == {}
    for name, before in brought.items():
        answered = {line.split(".md:")[0].removeprefix(".dispatch/") + ".md" for line in placed}
        for key, (_, text) in altered_facts(before, stand[name]).items():
            # Whoever works on what is finished is no problem any more: the word on its line is enough.
            is_told = name in answered or adopted[name]["status"] in {"done", "cancelled"}
            assert key == "id" or ("# dispatchd: " in text and is_told), (name, key, text)
    sources = {name: re.search(rb"^id: (\S+)$", content, re.MULTILINE) for name, content in brought.items()}
    assert all(hit is None or adopted[name]["source"] == hit[1].decode() for name, hit in sources.items())

    edit_all_at_once(desk, sorted(brought))


def edit_all_at_once(desk: Desk, names: list[str]) -> None:
    commits, events = len(desk.commits()), len(desk.events())
    with standing_still(desk):  # where sed is slow they would not come at once
        desk.sed("s/^priority: .*/priority: critical/", *names)
    assert desk.sync() == []
    fresh = desk.events()[events:]
    assert {event["type"] for event in fresh} <= {"FactSet"}
    assert len(fresh) == len(names)
    assert all(issue["priority"] == "critical" for issue in desk.issues().values())
    assert len(desk.commits()) - commits <= 6
    committed = desk.tree_git("log", "--name-only", "--format=").split("\n")
    assert not [path for path in committed if "/sed" in path]
    assert len(desk.issues()) == len(names)
    desk.is_level()
