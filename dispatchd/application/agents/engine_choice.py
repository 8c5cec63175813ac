"""Which engine an agent's card names: its own name, or, for a command of the workspace's, `command:NAME`."""

from collections.abc import Mapping

from dispatchd.application.ports.agent_engine import AgentEngine


def engine_named(engines: Mapping[str, AgentEngine], written: str) -> AgentEngine | None:
    """The engine that a card means, or None."""
    engine = engines.get(written)
    if engine is not None:
        return engine
    name, colon, _ = written.partition(":")
    commanded = engines.get(name) if colon else None
    return commanded if commanded is not None and commanded.abilities.commanded else None


def command_named(written: str) -> str:
    """The name in `[commands]` of what a commanded engine runs."""
    return written.partition(":")[2].strip()
