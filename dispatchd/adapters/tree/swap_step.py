"""The one step in which a new file takes the old one's place, by the best means the mount has.

Best: the two names are exchanged. Else: a second link in quarantine keeps the old file while the new one is renamed
over it; a save by rename in that instant can be lost, which is why `doctor` calls the mount degraded. Where there
are no links either, nothing is written.
"""

import errno
import os
import stat

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Place
from dispatchd.adapters.tree.held_names import HeldName
from dispatchd.adapters.tree.private_folder import PrivateFolder
from dispatchd.adapters.tree.quarantine import Quarantine
from dispatchd.application.ports.dispatch_tree import Displaced


class SwapStep:
    """Brings a file from `tmp/` into the tree and puts the displaced one away."""

    def __init__(self, calls: SystemCalls, private: PrivateFolder, quarantine: Quarantine) -> None:
        self._calls = calls
        self._private = private
        self._quarantine = quarantine

    def bring_in(self, place: Place, held: HeldName) -> bool:
        """Put the temporary file *held* at *place*; False if the path is not as expected any more.

        OSError means that nothing was done.
        """
        try:
            if held.expected is None:
                self._private.rename_new(self._private.tmp, held.text(), place.folder, place.name)
                return True
            if self._private.can_exchange:
                return self._exchange(place, held)
            return self._replace(place, held)
        except (FileExistsError, FileNotFoundError):
            return False

    def put_away(self, held: HeldName) -> Displaced | None:
        """After `bring_in`: see what was displaced."""
        if held.expected is None:
            return None
        try:
            if self._private.can_exchange:
                return self._quarantine.take_in(self._private.tmp, held.text(), held)
            return self._quarantine.judge(held)
        except OSError:
            # It stays where it is under a name that says all; the next sweep finds it.
            return None

    def _exchange(self, place: Place, held: HeldName) -> bool:
        tmp, name = self._private.tmp, held.text()
        self._calls.exchange(tmp, name, place.folder, place.name)
        try:
            if stat.S_ISREG(self._calls.status(tmp, name).st_mode):
                return True
            # Somebody put a folder or a link there a moment ago; it goes back where they put it.
            self._calls.exchange(tmp, name, place.folder, place.name)
        except OSError:
            # What the name in tmp/ holds is somebody's now. It must not be given up like a temporary file.
            return True
        self._quarantine.rescue(name)
        return False

    def _replace(self, place: Place, held: HeldName) -> bool:
        if not self._private.can_link:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), place.name)
        quarantine, name = self._private.quarantine, held.text()
        self._calls.link(place.folder, place.name, quarantine, name)
        try:
            kept = self._calls.status(quarantine, name)
            now = self._calls.status(place.folder, place.name)
            is_same = (kept.st_dev, kept.st_ino) == (now.st_dev, now.st_ino) and stat.S_ISREG(now.st_mode)
            if is_same:
                self._calls.rename(self._private.tmp, name, place.folder, place.name)
        except OSError:
            self._quarantine.judge(held)
            raise
        if not is_same:
            # The link may be the only name the replaced file has left, so it is looked into.
            self._quarantine.judge(held)
        return is_same
