"""Whatever people do on the page and beside it, in whatever order: each act once, every word kept, and rest in the end."""

import random
import re

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.waiting_world import WAITING, WaitingWorld

EPIC = """\
---
id: e-3fq{number}
status: ready
---

# Epic {number}

## Stages

### Design

Gate: approval: Is it right?

### Build

Gate: decision: Which way?

- [ ] Left
- [ ] Right
"""
BOX = re.compile(r"^- \[ \] (?!Seen).*$", re.MULTILINE)
STEPS = 14


class Hands:
    """People who tick, type and save at random."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - nothing is to be kept secret
        self.world = WaitingWorld({f"epics/{number}.md": EPIC.format(number=number) for number in range(3)})
        self.world.settle()
        self.typed: list[str] = []
        self.buffers = [self.world.page()]

    def act(self) -> None:
        acts = (self.ask, self.tick, self.tick, self.tick_stale, self.type, self.tick_in_file, self.pause)
        self.dice.choice(acts)()
        if self.dice.random() < 0.1:
            self.world.restart()
        self.buffers.append(self.world.page())

    def ask(self) -> None:
        question = f"Which of {len(self.world.events())}?"
        self.world.ask(Verb.ASK, speaker="ash", question=question, options=("this", "that"))

    def pause(self) -> None:
        self.world.advance(self.dice.choice((0.5, 3.0, 15.0)))

    def _ticked(self, page: str) -> str:
        boxes = list(BOX.finditer(page))
        if not boxes:
            return page
        box = self.dice.choice(boxes)
        line = box[0].replace("[ ]", "[x]")
        if line.endswith(":") and self.dice.random() < 0.7:
            line += " because"
        return page[: box.start()] + line + page[box.end() :]

    def tick(self) -> None:
        """Tick a box; what is only told is seen when all is over, so that its words can be looked for."""
        self.world.save(WAITING, self._ticked(self.world.page()))

    def tick_stale(self) -> None:
        buffer = self.dice.choice(self.buffers[-4:])
        if not any(word in self.world.page() and word not in buffer for word in self.typed):
            self.world.save(WAITING, self._ticked(buffer))

    def type(self) -> None:
        page = self.world.page()
        ends = [found.end() for found in re.finditer(r"^`[tep]-.*$", page, re.MULTILINE)]
        if ends:
            word = f"word{len(self.typed)}word"
            at = self.dice.choice(ends)
            self.world.save(WAITING, f"{page[:at]}\n\n{word}\n{page[at:]}")
            self.typed.append(word)

    def tick_in_file(self) -> None:
        path = self.dice.choice(
            [path for path in self.world.paths() if path.startswith(("epics/", "inbox/"))]
        )
        self.world.save(path, self._ticked(self.world.read(path)))


@pytest.mark.parametrize("seed", range(12))
def test_at_random_each_act_is_done_once_and_no_word_is_lost(seed: int) -> None:
    hands = Hands(seed)
    for _ in range(STEPS):
        hands.act()
    world = hands.world
    world.settle()
    for item in world.page().partition("## No longer")[0].split("\n### ")[1:]:
        waits = item.count("\n  > dispatchd: needs a reason")
        assert "word" in item or item.count("\n- [x]") == waits, f"neither done nor answered:\n{item}"
    said = world.page() + "".join(str(event.event) for event in world.events())
    assert [word for word in hands.typed if word not in said] == []
    check_all(world)
    world.store.remove()
