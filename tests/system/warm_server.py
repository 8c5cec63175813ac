"""Begins programs of ours by a fork of a process that has loaded all of their modules already.

Loading them is most of what a command or a daemon does in a test. Whatever is begun here is a process of its own like
any other, with the arguments, the folder, the environment and the three files it was given; it shares nothing with the
next one. It ends when whoever started it closes its standard input.
"""

import gc
import importlib
import json
import logging
import os
import pkgutil
import selectors
import socket
import sys
import threading
import time
import types
from typing import Any, NoReturn

import dispatchd
from dispatchd.__main__ import run_here

LONGEST = 1 << 17
"""Bytes that an order may have."""


def load_everything() -> None:
    """Import the whole package; nothing of it may begin a thread, because that would not be there after a fork."""
    for found in pkgutil.walk_packages(dispatchd.__path__, "dispatchd."):
        importlib.import_module(found.name)
    if threading.active_count() > 1:
        raise SystemExit(f"a module began a thread: {threading.enumerate()}")
    gc.collect()
    gc.freeze()


class Server:
    """Listens for orders, and tells whoever gave one how its process ended."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.waiting: dict[int, tuple[int, socket.socket]] = {}

    def serve(self) -> dict[str, Any] | None:
        """Serve until nobody needs it: None. In a new process: its order."""
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(0, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    order = self.begin()
                    if order is not None:
                        return order
                elif key.fd == 0:
                    return None
                else:
                    self.bury(key.fd)

    def begin(self) -> dict[str, Any] | None:
        """Take one order; its process returns with it, and the server with nothing."""
        asking, _ = self.listener.accept()
        told, given, _, _ = socket.recv_fds(asking, LONGEST, 3)
        if len(given) != 3:
            asking.close()
            return None
        pid = os.fork()
        if pid == 0:
            self.forget(asking)
            for target, descriptor in enumerate(given):
                os.dup2(descriptor, target)
                os.close(descriptor)
            order: dict[str, Any] = json.loads(told)
            return order
        for descriptor in given:
            os.close(descriptor)
        asking.send(json.dumps({"pid": pid}).encode())
        handle = os.pidfd_open(pid)
        self.waiting[handle] = pid, asking
        self.selector.register(handle, selectors.EVENT_READ)
        return None

    def bury(self, handle: int) -> None:
        """Tell how the process behind *handle* ended."""
        pid, asking = self.waiting.pop(handle)
        self.selector.unregister(handle)
        os.close(handle)
        _, status = os.waitpid(pid, 0)
        try:
            asking.send(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode())
        except OSError:
            return  # nobody waits for a daemon's end
        finally:
            asking.close()

    def forget(self, asking: socket.socket) -> None:
        """Leave nothing of the server open in a new process."""
        self.selector.close()
        self.listener.close()
        asking.close()
        for handle, (_, other) in self.waiting.items():
            os.close(handle)
            other.close()
        self.waiting.clear()


def become(order: dict[str, Any]) -> int:
    """Run the program as the order says, and return the code with which it leaves."""
    if order["detached"]:
        os.setsid()
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    sys.argv = order["words"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        run_here()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else bool(leaving.code)
    return 0


def leave(code: int) -> NoReturn:
    """End as a program does that returned; taking its modules apart is left out, which would copy all that is shared."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    load_everything()
    ordered = Server(socket.socket(fileno=int(sys.argv[1]))).serve()
    if ordered is not None:
        leave(become(ordered))
