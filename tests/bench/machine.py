"""Which machine figures come from: what matters for them, and nothing that tells whose it is."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path


def described(folder: Path) -> Mapping[str, str]:
    """The machine and its software; *folder* is on the file system that was measured."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "cores": f"{os.cpu_count()} ({_model()})",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": _file_system(folder),
        "python": platform.python_version(),
        "git": git.strip().removeprefix("git version "),
        "sqlite": sqlite3.sqlite_version,
        "other work meanwhile": f"load {os.getloadavg()[0]:.1f} over the last minute of the run",
    }


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    """The type of the file system below *folder*."""
    asked = ["df", "--output=fstype", str(folder)]
    found = subprocess.run(asked, capture_output=True, text=True, check=True)
    return found.stdout.split()[-1]
