"""The short ways through plain front matters say what the long ones say."""

import re

import pytest

from dispatchd.documents import front_matter_edit
from dispatchd.documents.front_matter_edit import edit_front_matter, new_text, rev_of, stamp_rev
from dispatchd.documents.key_schema import Value

BODIES = (
    "",
    "\nProse.\n",
    "\n# Title\n\n- [ ] one\n\nstatus: open\npriority: high\n",
    "\nrev: 1\n\nProse.\n",
    "\nA rule\n\n---\n\nand more\n",
    "\ntitle: x\nstatus: y\n\n…\n",
    "\nProse\r\nwith pairs\r\n",
    "No gap.\n",
    "\n```\n---\nid: i-7k2m\n---\n```\n",
)
ORDER = ("id", "title", "status", "labels")
VALUES: dict[str, Value] = {
    "status": "open",
    "title": "What: a # title",
    "labels": ("a", "b"),
    "id": "i-7k2m",
}


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_a_new_text_is_what_an_edit_of_its_body_gives(body: str) -> None:
    assert new_text(VALUES, body, ORDER) == edit_front_matter(body, VALUES, order=ORDER, rev=False)


@pytest.mark.parametrize("body", BODIES, ids=repr)
@pytest.mark.parametrize(
    "more", ["", "reviewer: ash\n", "Rev: r1\n", "rev: r00000000\n", "rev_: r1\n", "mine:\n  - rev\n"]
)
def test_a_stamp_and_its_reading_are_the_same_by_the_short_way(
    body: str, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"---\ntitle: review\n{more}status: open\n---\n{body}"
    short = stamp_rev(text), rev_of(text), rev_of(stamp_rev(text))
    monkeypatch.setattr(front_matter_edit, "_PLAIN_FACTS", re.compile("(?!)"))
    assert short == (stamp_rev(text), rev_of(text), rev_of(stamp_rev(text)))
