"""What the branch is called that finished work is merged into, where the config says nothing else."""

from typing import Final

INTO: Final = "dispatchd/integration"
