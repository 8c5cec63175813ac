from collections import Counter
from pathlib import Path

import pytest

from dispatchd.documents.foreign.backlog_md import read_backlog
from dispatchd.documents.foreign.beads import read_beads
from dispatchd.documents.foreign.item import Becomes, ForeignFile

CORPORA = Path(__file__).resolve().parents[4] / "shared" / "corpora"
pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine")


def test_a_real_backlog_is_read_whole_and_its_faults_are_named() -> None:
    root = CORPORA / "backlog-md"
    files = [
        ForeignFile(path=str(path), name=str(path.relative_to(root)), content=path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]
    haul = read_backlog(files)
    assert len(haul.items) + len(haul.left_out) == len(files)
    assert {Path(left.path).name for left in haul.left_out} == {"LICENSE", "config.yml"}
    assert Counter(remark.what.split(",")[0].split(";")[0] for remark in haul.remarks) == {
        "a value cannot be read": 21,
        "there is no front matter": 9,
        "its id is used twice": 10,
    }
    assert len({item.source for item in haul.items}) == len(haul.items)
    assert not any("<!-- AC:BEGIN" in item.body.splitlines() for item in haul.items)
    assert all(item.title and item.created for item in haul.items if item.becomes is Becomes.ISSUE)


def test_a_real_ledger_of_beads_is_read_whole() -> None:
    path = CORPORA / "beads" / "issues.jsonl"
    file = ForeignFile(path=str(path), name=path.name, content=path.read_bytes())
    haul = read_beads(file)
    assert (len(haul.items), len(haul.left_out)) == (2000, 342)
    assert {left.why for left in haul.left_out} == {"deleted there"}
    assert len(read_beads(file, with_deleted=True).items) == 2342
