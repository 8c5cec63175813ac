"""A real Neovim without a screen: keys are sent as a person's fingers would, and its state is asked for by expressions."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.system.desk import COMMAND, until

PATIENCE_SECONDS: Final = 60.0
GUIDE: Final = Path(__file__).resolve().parents[2] / "docs" / "editors.md"


def advised(language: str) -> str:
    """The set-up that the guide to editors gives in *language*."""
    found = re.search(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


class Neovim:
    """Neovim with one file open, set up as the guide says."""

    def __init__(self, file: Path, home: Path, root: Path) -> None:
        # A socket's path has to be short.
        self._folder = Path(tempfile.mkdtemp(prefix="nvim-"))
        self._socket = self._folder / "s"
        init = home / "init.lua"
        init.parent.mkdir(parents=True)
        init.write_text(advised("lua"), encoding="utf-8")
        self._environment = {
            **os.environ,
            "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
            "XDG_STATE_HOME": str(home),
            "XDG_CACHE_HOME": str(home),
            "XDG_DATA_HOME": str(home),
        }
        self._process = subprocess.Popen(
            ["nvim", "--headless", "--listen", str(self._socket), "-u", str(init), str(file)],
            cwd=root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._socket.exists, "nvim did not start", PATIENCE_SECONDS)

    def _remote(self, how: str, what: str) -> str:
        done = subprocess.run(
            ["nvim", "--server", str(self._socket), how, what],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=True,
        )
        return done.stdout + done.stderr

    def type(self, keys: str) -> None:
        """Keys, special ones as `<Esc>`."""
        self._remote("--remote-send", keys)

    def lua(self, expression: str) -> Any:
        """The value of a Lua expression."""
        return json.loads(self._remote("--remote-expr", f"json_encode(luaeval('{expression}'))"))

    def is_attached(self) -> bool:
        return bool(self.lua("vim.tbl_count(vim.lsp.buf_get_clients(0)) > 0"))

    def notes(self) -> list[str]:
        """The messages beside the text."""
        found = self.lua("vim.tbl_map(function(d) return d.message end, vim.diagnostic.get(0))")
        return list(found)

    def lines(self) -> list[str]:
        """The buffer."""
        return list(self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)"))

    def is_modified(self) -> bool:
        return bool(self.lua("vim.bo.modified"))

    def choose(self, begin: str) -> None:
        """From now on the choice that begins so is taken from every menu."""
        self._remote(
            "--remote-expr",
            "execute('lua vim.ui.select = function(items, opts, done) for _, item in ipairs(items) do "
            f'if opts.format_item(item):find("{begin}", 1, true) == 1 then return done(item, _) end end end\')',
        )

    def end(self) -> None:
        """Whatever state it is in."""
        with contextlib.suppress(subprocess.SubprocessError):
            self._remote("--remote-send", "<C-\\><C-N>:qall!<CR>")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
