"""The agents that speak the Agent Client Protocol: what starts each, and what is peculiar to it."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from dispatchd.adapters.agents.claude_leave import ALLOWED, ENVIRONMENT, PASSES
from dispatchd.domain.dataclass import dataclass

_PROXIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class AcpProfile:
    """One agent. In `environment`, `{home}` stands for the agent's own home."""

    key: str
    argv: tuple[str, ...]
    contained: tuple[str, ...] = ()
    """More arguments inside our cell: an agent with a sandbox of its own leaves it off there, and asks instead."""
    environment: Mapping[str, str] = field(default_factory=dict)
    passes: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    log_in: str = ""
    """The way to log in that it wants named before a conversation begins."""
    meta: Mapping[str, Any] = field(default_factory=lambda: _NONE)
    """What it understands besides the protocol when a conversation begins."""
    totals: bool = False
    """Whether the tokens it tells are those of the whole conversation."""
    model: str = ""
    """The argument that names the model, which stands for `{model}`,"""
    model_variable: str = ""
    """or the variable that does."""

    def told_model(self, model: str) -> tuple[str, ...]:
        """How its command line names *model*."""
        return (self.model.format(model=model),) if model and self.model else ()


PROFILES: Final = (
    AcpProfile(
        key="claude",
        argv=("claude-agent-acp",),
        environment=ENVIRONMENT,
        passes=PASSES,
        credentials=(".claude/.credentials.json",),
        model_variable="ANTHROPIC_MODEL",
        meta={"claudeCode": {"options": {"allowedTools": list(ALLOWED)}}},
    ),
    AcpProfile(
        key="codex",
        argv=("codex-acp",),
        contained=("-c", "sandbox_mode=danger-full-access", "-c", "approval_policy=untrusted"),
        environment={"CODEX_HOME": "{home}/.codex"},
        passes=("OPENAI_API_KEY", "CODEX_API_KEY", "OPENAI_BASE_URL", *_PROXIES),
        credentials=(".codex/auth.json",),
        model="--config=model={model}",
    ),
    AcpProfile(
        key="opencode",
        argv=("opencode", "acp"),
        environment={"OPENCODE_DISABLE_AUTOUPDATE": "1"},
        passes=(
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "OPENROUTER_API_KEY",
            "OPENCODE_CONFIG_CONTENT",
            *_PROXIES,
        ),
        credentials=(".local/share/opencode/auth.json", ".config/opencode/opencode.json"),
    ),
    AcpProfile(
        key="gemini",
        argv=("gemini", "--acp"),
        environment={"GEMINI_CLI_NO_RELAUNCH": "true", "GEMINI_CLI_TRUST_WORKSPACE": "true"},
        passes=("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", *_PROXIES),
        log_in="gemini-api-key",
        model="--model={model}",
    ),
    AcpProfile(
        key="qwen",
        argv=("qwen", "--acp"),
        passes=("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", *_PROXIES),
        model="--model={model}",
    ),
    AcpProfile(
        key="vibe",
        argv=("vibe-acp",),
        passes=("MISTRAL_API_KEY", *_PROXIES),
        totals=True,
    ),
)
