"""What a burst needed and nobody uses any more does not stay with the process."""

import subprocess
import sys

# A process of its own: what other tests have left in this one's memory is not asked about.
BURST = """
from pathlib import Path
from dispatchd.adapters.system.free_memory import release_free_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

release_free_memory()
before = resident()
burst = [bytes(5000) for _ in range(20_000)]
last = burst[-1]  # what lies above the rest keeps the C library from giving it back by itself
del burst
held = resident() - before
release_free_memory()
print(held, resident() - before)
"""


def test_free_memory_goes_back_to_the_system() -> None:
    told = subprocess.run([sys.executable, "-c", BURST], capture_output=True, check=True, text=True).stdout
    held, left = map(int, told.split())
    assert held > 50_000_000
    assert left < 10_000_000
