"""A world in which another clone decides: it begins as home, until what the branch holds is all there is to know."""

from collections.abc import Mapping

from dispatchd.application.ports.audit_log import ForeignCommit
from dispatchd.application.replica import become_replica
from dispatchd.application.session import Session
from tests.application.world import World
from tests.fakes.instant_store import InstantStore

HERE, HOME = "bobs-clone", "home-7k2m"
CONFIG = (
    b'[people]\nalice = ["alice@example.com"]\nbob = ["bob@example.com"]\n\n[workspace]\nhome = "home-7k2m"\n'
)


class ReplicaWorld(World):
    """Alice sits at a clone called `HERE`; `HOME` decides, and has acted on *files* before."""

    def __init__(self, files: Mapping[str, str], *, config: bytes = CONFIG) -> None:
        self.is_replica = False
        super().__init__(files, config=config)
        self.settle()
        self.before = self.log.head()
        self.is_replica = True
        self.store = InstantStore()
        self.session = self.new_session()
        self.start()
        self.settle()

    def new_session(self) -> Session:
        session = super().new_session()
        if self.is_replica:
            become_replica(session, HERE)
        return session

    def made(self) -> tuple[ForeignCommit, ...]:
        """What was committed here since another clone decides."""
        return self.log.commits_between(self.before, self.log.head())
