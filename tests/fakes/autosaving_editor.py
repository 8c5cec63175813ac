"""An editor that saves its buffer by itself while somebody types, in a process of its own.

Run as a script: PATH SECONDS, with the texts the buffer goes through as a JSON list on standard input. It saves one
text after the other, SECONDS apart, and prints as JSON how many it saved and every text it found in place of its own.
"""

import json
import sys
import threading
from pathlib import Path


def type_into(path: Path, texts: list[str], seconds: float) -> list[str]:
    """Save *texts* one by one; what stood in the file before a save and was not the text saved before."""
    foreign: list[str] = []
    pace = threading.Event()
    last = path.read_text(encoding="utf-8")
    for text in texts:
        found = path.read_text(encoding="utf-8")
        if found != last:
            foreign.append(found)
        path.write_text(text, encoding="utf-8")
        last = text
        pace.wait(seconds)
    return foreign


if __name__ == "__main__":
    typed = json.load(sys.stdin)
    rewritten = type_into(Path(sys.argv[1]), typed, float(sys.argv[2]))
    json.dump({"saves": len(typed), "rewritten": rewritten}, sys.stdout)
