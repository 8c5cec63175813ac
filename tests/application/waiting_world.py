"""A world whose daemon keeps WAITING.md, as the real one does: after every round that did something."""

from contextlib import closing

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.relaying import relay
from dispatchd.application.waiting_items import WaitingItem, waiting_items
from dispatchd.application.waiting_page import update_waiting_page
from tests.application.world import World
from tests.fakes.instant_store import run

WAITING = "WAITING.md"


class WaitingWorld(World):
    """The page is a file like any other here, and its person saves it."""

    def before_writing(self) -> None:
        run(update_waiting_page(self.session, self.items))

    def _round(self, *, hurry: bool) -> bool:
        did = super()._round(hurry=hurry)
        if did:
            run(update_waiting_page(self.session, self.items))
            run(relay(self.session, hurry=hurry))
        return did

    def items(self) -> tuple[WaitingItem, ...]:
        """What waits, as the database says."""
        with closing(open_read_only(self.store.folder / "state.db")) as model:
            return waiting_items(model)

    def page(self) -> str:
        """WAITING.md as it stands."""
        return self.read(WAITING)

    def item(self, title: str) -> str:
        """The text of the item whose heading has *title*."""
        found = [part for part in self.page().split("\n### ")[1:] if title in part.partition("\n")[0]]
        assert found, f"no item {title!r} in:\n{self.page()}"
        return found[0].partition("\n## ")[0]

    def tick(self, title: str, box: str, reason: str = "", *, page: str | None = None) -> str:
        """Tick a box of an item and save; with *page* in that buffer. The text that was saved."""
        text = self.page() if page is None else page
        head, heading, rest = text.partition(f"[{title}]")
        assert heading, f"no item {title!r} in:\n{text}"
        bare = f"- [ ] {box}"
        assert bare in rest, f"no box {box!r} in:\n{rest}"
        ticked = f"- [x] {box} {reason}" if reason else f"- [x] {box}"
        saved = head + heading + rest.replace(bare, ticked, 1)
        self.save(WAITING, saved)
        return saved
