"""Votes of agents: who is asked in a turn of its own, what it is told, and what it may say there."""
