"""Reads what pytest printed and refuses skips that this machine could have run.

A skip may stand if its reason says `needs TOOL` and the tool is not there, if it names the corpora and they are not, or
if it says that mounting is refused and it is.
The last line printed is pytest's own closing line.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
SKIP = re.compile(r"^SKIPPED \[\d+\] (?P<where>\S+?): (?P<why>.*)$")
CLOSING = re.compile(r"^=+ .*\b(passed|failed|error|no tests ran)\b.* in [\d.]+s.* =+$")
NEEDS_TOOL = re.compile(r"\bneeds (?P<tool>[a-z0-9_.+-]+)")
NODE_TOOLS = CHECKOUT / ".venv/node/node_modules/.bin"


def is_excused(why: str) -> bool:
    if "corpora" in why:
        return not (CHECKOUT.parent / "shared" / "corpora").is_dir()
    if "mounting is refused" in why:
        return not can_mount()
    needed = NEEDS_TOOL.search(why)
    return needed is not None and not has(needed["tool"])


def can_mount() -> bool:
    with tempfile.TemporaryDirectory() as place:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "none", place], check=False, capture_output=True)
        if mounted.returncode == 0:
            subprocess.run(["umount", place], check=True)
        return mounted.returncode == 0


def has(tool: str) -> bool:
    return shutil.which(tool) is not None or (NODE_TOOLS / tool).exists() or Path("/", tool).exists()


def main(log: Path) -> int:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    closing = next((line for line in reversed(lines) if CLOSING.match(line)), None)
    if closing is None:
        sys.stderr.write("pytest printed no closing line: it did not run to its end.\n")
        return 1
    skips = [hit for line in lines if (hit := SKIP.match(line))]
    wrong = [hit for hit in skips if not is_excused(hit["why"])]
    for hit in wrong:
        sys.stderr.write(f"Skipped, but this machine could have run it: {hit['where']}: {hit['why']}\n")
    sys.stdout.write(f"{closing}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
