"""What a process of an agent's turn is told that speaks where people speak. It stands alone, because every call may need it
and nothing else of agents' work.
"""

from typing import Final

NOT_A_PERSON: Final = "use the tools of your run, or end your turn; this is how people speak, and you belong to an agent's turn ({run})"
