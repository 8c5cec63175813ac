"""Several clones around one bare repository: desks that share, and a phone that has nothing but git."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.system.desk import BRISK, Desk, new_repository, until

EVERY = "500ms"
PEOPLE = {"alice": "alice@example.com", "bob": "bob@example.com", "carol": "carol@example.com"}
NAMES = {"alice": "Alice Doe", "bob": "Bob Roe", "carol": "Carol Poe"}


@dataclass(frozen=True, slots=True)
class Phone:
    """A clone of the branch alone, with git, sed and a person."""

    desk: Desk

    def path(self, path: str) -> Path:
        return self.desk.root / path

    def read(self, path: str) -> str:
        return self.path(path).read_bytes().decode()

    def commit(self, subject: str) -> str:
        """Commit everything and push it, after whatever others pushed; the commit's id."""
        self.desk.git("add", "-A")
        self.desk.git("commit", "-qm", subject)
        self.push()
        return self.desk.git("rev-parse", "HEAD").strip()

    def push(self) -> None:
        """Push, as a web editor does: again, when somebody was quicker."""
        for _ in range(20):
            if self.desk.run("git", "push", "-q").code == 0:
                return
            self.desk.git("pull", "-q", "--rebase")
        raise AssertionError("twenty others were quicker")

    def pull(self) -> None:
        self.desk.git("pull", "-q", "--ff-only")


def bare_remote(folder: Path) -> Path:
    """An empty repository to share through."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    Desk(folder.parent).do("git", "init", "-q", "--bare", "-b", "main", folder)
    return folder


def who(person: str) -> Sequence[tuple[str, str]]:
    return (("user.name", NAMES[person]), ("user.email", PEOPLE[person]))


def share_at_home(home: Desk, remote: Path, *, every: str = EVERY) -> None:
    """Make *home* a workspace that shares through *remote*, and knows everybody."""
    home.git("remote", "add", "origin", remote)
    home.git("push", "-q", "origin", "main")
    home.dispatchd("init")
    sync = "".join(f'{key} = "{value}"\n' for key, value in BRISK.items())
    home.add("config.toml", f"\n[sync]\n{sync}")
    config = home.read("config.toml")
    config = config.replace('remote = ""', 'remote = "origin"').replace('every = "15s"', f'every = "{every}"')
    others = "".join(f'{name} = ["{PEOPLE[name]}"]\n' for name in ("bob", "carol"))
    home.save("config.toml", config.replace("[commands]", f"{others}\n[commands]"))


def phone_of(remote: Path, folder: Path, person: str) -> Phone:
    """A clone of the branch, for *person*."""
    desk = Desk(folder)
    settings = [word for key, value in who(person) for word in ("-c", f"{key}={value}")]
    Desk(folder.parent).do(
        "git", "clone", "-q", *settings, "--single-branch", "-b", "dispatch", remote, folder
    )
    return Phone(desk)


def clone_of(remote: Path, folder: Path, person: str) -> Desk:
    """A clone of the whole repository, for *person*, made a workspace that follows the remote's branch."""
    desk = Desk(folder)
    settings = [word for key, value in who(person) for word in ("-c", f"{key}={value}")]
    Desk(folder.parent).do("git", "clone", "-q", *settings, remote, folder)
    desk.dispatchd("init")
    return desk


def sync_anew(desk: Desk) -> None:
    """Sync where the daemon may just begin anew, because another clone decides now: who asked it before asks again."""
    until(lambda: desk.ask("sync", "--wait").code == 0, "the daemon does not begin anew")


def new_home(folder: Path, remote: Path, *, every: str = EVERY) -> Desk:
    """The clone that decides, for Alice."""
    home = new_repository(folder, who("alice"))
    share_at_home(home, remote, every=every)
    return home
