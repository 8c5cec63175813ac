"""The least each thing can cost on this machine, measured in the same run: what no choice of ours could go below."""

import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tests.bench.ground import Ground


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Seconds that *act* took, each time."""
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return taken


def median_ms(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) * 1000


def scan_and_stat(folder: Path) -> float:
    """Milliseconds to list *folder* with the status of each file."""

    def look() -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                entry.stat(follow_symlinks=False)

    return median_ms(timed(look, 5))


def scan_stat_and_read(folder: Path) -> float:
    """Milliseconds to list *folder* and read each file."""

    def look() -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                entry.stat(follow_symlinks=False)
                with open(entry.path, "rb") as opened:  # noqa: PTH123 - a path object would double the floor
                    opened.read()

    return median_ms(timed(look, 3))


def python_start() -> float:
    """Milliseconds until a bare interpreter has come and gone."""
    return median_ms(timed(lambda: subprocess.run([sys.executable, "-I", "-c", ""], check=True), 9))


def git_spawn(ground: Ground) -> float:
    """Milliseconds of one git process that does next to nothing."""
    command = ["git", f"--git-dir={ground.root / '.git'}", "rev-parse", "HEAD"]

    def ask() -> None:
        subprocess.run(command, check=True, capture_output=True, env=ground.environment)

    return median_ms(timed(ask, 15))


def durable_commit(folder: Path) -> float:
    """Milliseconds of one small transaction that is on the disk."""
    path = folder / "floor.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE t (x)")
        taken = median_ms(timed(lambda: connection.execute("INSERT INTO t VALUES (1)"), 50))
    for left in folder.glob("floor.db*"):
        left.unlink()
    return taken


def durable_replace(folder: Path) -> float:
    """Milliseconds of one file of 2 KB written, synced and renamed into place, and its folder synced."""
    target, fresh = folder / "floor.md", folder / "floor.md.new"
    directory = os.open(folder, os.O_RDONLY)

    def replace() -> None:
        with fresh.open("wb") as opened:
            opened.write(b"x" * 2048)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.rename(target)
        os.fsync(directory)

    try:
        return median_ms(timed(replace, 30))
    finally:
        os.close(directory)
        target.unlink()


def replace_all(folder: Path, files: int) -> float:
    """Milliseconds to write *files* files of 2 KB and rename each into place."""
    folder.mkdir()

    def replace() -> None:
        for number in range(files):
            fresh = folder / f"{number}.new"
            fresh.write_bytes(b"x" * 2048)
            fresh.rename(folder / str(number))

    try:
        return median_ms(timed(replace, 1))
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def lay_all(folder: Path, files: int) -> float:
    """Milliseconds to write *files* new files of 2 KB, flush them all at once and rename each into place."""
    folder.mkdir()
    directory = os.open(folder, os.O_RDONLY)

    def lay() -> None:
        for number in range(files):
            (folder / f"{number}.new").write_bytes(b"x" * 2048)
        os.sync()
        for number in range(files):
            (folder / f"{number}.new").rename(folder / str(number))
        os.fsync(directory)

    try:
        return median_ms(timed(lay, 1))
    finally:
        os.close(directory)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def socket_round_trip() -> float:
    """Milliseconds of a line there and a line back over a local socket."""
    here, there = socket.socketpair()

    def echo() -> None:
        while line := there.recv(100):
            there.sendall(line)

    answering = threading.Thread(target=echo)
    answering.start()

    def ask() -> None:
        here.sendall(b"ping\n")
        here.recv(100)

    taken = median_ms(timed(ask, 200))
    here.close()
    answering.join()
    there.close()
    return taken
