"""A real Emacs on a terminal of its own: keys are sent as a person's fingers would, its state is asked for over its server."""

import fcntl
import json
import os
import pty
import shutil
import struct
import subprocess
import tempfile
import termios
import threading
from pathlib import Path
from typing import Any, Final

from tests.system.desk import COMMAND, until
from tests.system.neovim import PATIENCE_SECONDS, advised

_QUIET: Final = """
(setq inhibit-startup-screen t make-backup-files nil create-lockfiles t ring-bell-function 'ignore)
(require 'server)
(require 'json)
(setq server-socket-dir "{folder}" server-name "s")
(server-start)
"""


def misses() -> str:
    """What this machine lacks of an Emacs with eglot and markdown-mode; nothing where all is there."""
    if shutil.which("emacs") is None:
        return "needs emacs"
    asked = '(kill-emacs (if (and (locate-library "eglot") (locate-library "markdown-mode")) 0 1))'
    done = subprocess.run(["emacs", "--batch", "--eval", asked], capture_output=True, check=False)
    return "" if done.returncode == 0 else "needs emacs-eglot"


class Emacs:
    """Emacs with one file open, set up as the guide says."""

    def __init__(self, file: Path, home: Path, root: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="emacs-"))  # a socket's path has to be short
        init = home / ".emacs.d" / "init.el"
        init.parent.mkdir(parents=True)
        init.write_text(_QUIET.format(folder=self._folder) + advised("elisp"), encoding="utf-8")
        environment = {
            **os.environ,
            "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "TERM": "xterm",
        }
        self._keys, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        # A terminal has to be somebody's own before Emacs takes it.
        self._process = subprocess.Popen(
            ["setsid", "--ctty", "emacs", "-nw", str(file)],
            cwd=root,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self._screen = threading.Thread(target=self._drain, daemon=True)
        self._screen.start()
        until((self._folder / "s").exists, "emacs did not start", PATIENCE_SECONDS)

    def _drain(self) -> None:
        """Somebody has to look at the screen, or Emacs waits."""
        try:
            while os.read(self._keys, 65536):
                pass
        except OSError:
            return

    def type(self, keys: str) -> None:
        """Keys, as a terminal sends them."""
        os.write(self._keys, keys.encode())

    def lisp(self, expression: str) -> Any:
        """The value of *expression* in the window's buffer."""
        asked = f"(with-current-buffer (window-buffer (selected-window)) (json-encode {expression}))"
        done = subprocess.run(
            ["emacsclient", "-s", str(self._folder / "s"), "--eval", asked],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=True,
        )
        return json.loads(json.loads(done.stdout))

    def is_attached(self) -> bool:
        """Whether the language server answers; eglot starts it with the first key in the file's buffer."""
        self.type("\x0c")
        return bool(self.lisp("(and (fboundp 'eglot-managed-p) (eglot-managed-p) t)"))

    def notes(self) -> list[str]:
        """The messages beside the text."""
        return list(self.lisp("(vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))"))

    def text(self) -> str:
        """The buffer."""
        return str(self.lisp("(buffer-substring-no-properties (point-min) (point-max))"))

    def is_modified(self) -> bool:
        return bool(self.lisp("(and (buffer-modified-p) t)"))

    def end(self) -> None:
        """Whatever state it is in."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._screen.join(5)
        os.close(self._keys)
        shutil.rmtree(self._folder, ignore_errors=True)
