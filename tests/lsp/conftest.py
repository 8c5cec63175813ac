"""A workspace in memory, its files on a disk as editors see them, and moments of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.adapters.sqlite.read_only_work import read_only_work
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.meaning import Foresight
from dispatchd.application.requests.request import Verb
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.page import Page, Spot
from tests.application.who_and_what import alice_here
from tests.application.world import World
from tests.fakes.fake_ids import SeededIds

ISSUE, MAIL, EPIC, PROPOSAL = "issues/login.md", "issues/mail.md", "epics/login.md", "proposals/argon.md"
FILES = {
    "agents/ash/agent.md": "---\nname: ash\nrole: coder\n---\n",
    EPIC: "---\nid: e-3fq9\ntitle: Passwordless login\nstatus: ready\n---\n\n## Stages\n\n### Design\n\n"
    "Gate: approval: Is the flow right?\n\n### Build\n\nGate: decision: Which way?\n\n- [ ] Blue\n- [ ] Green\n",
    MAIL: "---\nid: i-2b9x\ntitle: Send the mail\nstatus: done\n---\n\nMail\n",
    PROPOSAL: '---\nid: p-9xw4\ntitle: Argon\nvoters: ["@alice", "@bob"]\n---\n\nWhy\n',
    ISSUE: "---\nid: i-7k2m\ntitle: Login times out\nstatus: queued\npriority: high\nlabels: [auth]\n"
    "---\n\nSee [the mail](mail.md), [[e-3fq9]] and i-2b9x, not i-beam.\n\n- [ ] mine\n",
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Nothing here is to change it: it is asked, never told."""
    made = World(FILES)
    made.settle()
    made.edit(ISSUE, "priority: high\n", "priority: high\nassignee: ash\n")
    made.settle()
    made.ask(Verb.ASK, speaker="ash", question="Which hash?", options=("argon2id", "bcrypt"), issue="i-7k2m")
    made.settle()
    yield made
    made.store.remove()


@pytest.fixture(scope="module")
def tree(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for path in world.paths():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(world.read(path), encoding="utf-8")
    return folder


def moment_of(world: World, tree: Path) -> AbstractContextManager[Moment]:
    @contextmanager
    def opened() -> Iterator[Moment]:
        database = world.store.folder / "state.db"
        with ExitStack() as held:
            model = open_read_only(database)
            held.callback(model.close)
            work = held.enter_context(read_only_work(database))
            by = Circumstance(
                actor=alice_here(work), at=world.clock.now(), provenance=Provenance(channel=Channel.SAVE)
            )
            foresight = Foresight(kinds=KINDS, ids=SeededIds(), by=by, work=work)
            yield Moment(tree=tree, foresight=foresight, model=model)

    return opened()


@pytest.fixture
def moment(world: World, tree: Path) -> Iterator[Moment]:
    with moment_of(world, tree) as opened:
        yield opened


PageOf = Callable[..., Page]


@pytest.fixture
def page_of(world: World) -> PageOf:
    """The file at a path as the workspace has it, with *before* replaced by *after*."""

    def page(path: str, before: str = "", after: str = "") -> Page:
        text = world.read(path)
        assert before in text, text
        return Page(DocumentPath(path), text.replace(before, after, 1) if before else text)

    return page


def spot_in(page: Page, words: str, offset: int = 0) -> Spot:
    """The place where *words* begin, and so many characters on."""
    for number, line in enumerate(page.lines):
        if words in line:
            return Spot(number, line.index(words) + offset)
    raise AssertionError(f"{words!r} is not in\n{page.text}")


def spot_after(page: Page, words: str) -> Spot:
    return spot_in(page, words, len(words))
