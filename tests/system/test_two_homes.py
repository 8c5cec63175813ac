"""Two homes by mistake: whatever each did meanwhile, one word says who goes on, and nothing that anybody did is lost."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.clones import bare_remote, clone_of, new_home
from tests.system.desk import Desk, until

LEAK = "issues/leak.md"
ENOUGH = 180.0
Begin = Callable[[Desk, Path], Desk]


def bring(desk: Desk, name: str, count: int = 3) -> int:
    """Import *count* things called after *name*; how the command ended."""
    rows = [
        {"id": f"bd-{name}{n}", "title": f"{name} {n}", "status": "open", "issue_type": "task"}
        for n in range(count)
    ]
    ledger = desk.root.with_name(f"{name}.jsonl")
    ledger.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return desk.ask("import", "beads", str(ledger)).code


def titles(desk: Desk) -> set[str]:
    return {str(item["title"]) for item in desk.issues().values()}


def level(*desks: Desk) -> bool:
    return len({desk.tree_git("rev-parse", "HEAD").strip() for desk in desks}) == 1


def nobody_decides(desk: Desk) -> bool:
    return "Nobody decides" in desk.dispatchd("home")


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"))
    desk.save(LEAK, "A leak in the kitchen\n")
    desk.up()
    desk.sync()
    desk.dispatchd("share", "now")
    yield desk
    desk.end()


def copied(home: Desk, _remote: Path) -> Desk:
    """The repository was copied, its name and all."""
    home.down()
    copy = Desk(home.root.with_name("other"))
    shutil.copytree(home.root, copy.root, symlinks=True, ignore=shutil.ignore_patterns("control.sock"))
    (record,) = (copy.root / ".git" / "worktrees").iterdir()
    (copy.tree / ".git").write_text(f"gitdir: {record}\n")
    (record / "gitdir").write_text(f"{copy.tree / '.git'}\n")
    home.up()
    return copy


def begun_apart(home: Desk, remote: Path) -> Desk:
    """Somebody else ran `init` before there was anything to follow."""
    other = Desk(home.root.with_name("other"))
    other.root.mkdir()
    other.git("init", "-q")
    for key, value in (("user.name", "Alice Doe"), ("user.email", "alice@example.com")):
        other.git("config", key, value)
    other.git("commit", "-q", "--allow-empty", "-m", "Begin")
    other.init()
    other.git("remote", "add", "origin", remote)
    other.dispatchd("config", "set", "share.every", "500ms")
    other.dispatchd("config", "set", "share.remote", "origin")
    return other


@pytest.mark.parametrize("begin", [copied, begun_apart])
@pytest.mark.parametrize("who", ["home", "other"])
def test_one_word_ends_it_with_both_daemons_up_and_nothing_is_lost(
    home: Desk, begin: Begin, who: str
) -> None:
    other = begin(home, home.root.with_name("remote.git"))
    try:
        assert [bring(home, "ours"), bring(other, "theirs")] == [0, 0]
        other.up()
        home.save("issues/here.md", "Saved at home\n")
        other.save("issues/there.md", "Saved at the other\n")
        desks = (home, other)
        until(lambda: all(map(nobody_decides, desks)), "they do not stop", ENOUGH)
        until(lambda: level(*desks), "they do not share", ENOUGH)
        names = {(desk.private / "clone").read_text().strip() for desk in desks}
        said = home.dispatchd("home")
        assert all(name in said for name in names), said
        assert {bring(desk, f"late {number}") for number, desk in enumerate(desks)} == {1}
        home.save("issues/meanwhile.md", "Saved while nobody decided\n")
        chosen = home if who == "home" else other
        chosen.dispatchd("home", "--here")
        until(lambda: "meanwhile" in titles(chosen), "what was saved meanwhile does not come", ENOUGH)
        until(lambda: not chosen.json("inbox", "list")["items"], "the question still stands", ENOUGH)
        wanted = {"leak", "here", "there", "meanwhile", "ours 0", "ours 2", "theirs 0", "theirs 2"}
        until(lambda: wanted <= titles(chosen), f"lost: {wanted - titles(chosen)}", ENOUGH)
        until(lambda: level(*desks), "they do not share afterwards", ENOUGH)
        # The one that follows knows who decides, and what, a moment after its branch holds it.
        until(lambda: not any(map(nobody_decides, desks)), "one does not know who decides", ENOUGH)
        until(lambda: titles(home) == titles(other), "they do not know the same", ENOUGH)
        assert {title for title in titles(chosen) if title.startswith("late")} == set()
    finally:
        other.end()


def test_a_file_that_home_took_away_is_no_commit_of_a_replicas(home: Desk) -> None:
    replica = clone_of(home.root.with_name("remote.git"), home.root.with_name("replica"), "bob")
    try:
        replica.up()
        (thread,) = [
            home.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id").splitlines()[0]
        ]
        until(lambda: list(replica.tree.glob(f"inbox/{thread}*")), "the question does not come", ENOUGH)
        home.dispatchd("answer", thread, "argon2id")
        home.dispatchd("as", "ash", "wait", thread)
        until(lambda: not list(replica.tree.glob(f"inbox/{thread}*")), "the answered question stays", ENOUGH)
        replica.save("issues/later.md", "Found later\n")
        until(lambda: "later" in titles(home), "home does not see it", ENOUGH)
        made = replica.tree_git("log", "--format=%ce|%(trailers:key=Dispatch-Clone,valueonly)").splitlines()
        name = (replica.private / "clone").read_text().strip()
        assert {line.partition("|")[0] for line in made if line.endswith(name)} == {"bob@example.com"}
        assert not nobody_decides(home)
    finally:
        replica.end()
