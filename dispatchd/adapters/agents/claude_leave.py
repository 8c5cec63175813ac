"""What Claude Code may do without asking, and what it needs around it, whichever protocol it is driven by."""

from typing import Final

SERVER: Final = "dispatchd"
ALLOWED: Final = (
    "Read",
    "Grep",
    "Glob",
    "LS",
    "Edit",
    "MultiEdit",
    "Write",
    "NotebookEdit",
    "TodoWrite",
    "Bash(git status:*)",
    "Bash(git diff:*)",
    "Bash(git log:*)",
    "Bash(git show:*)",
    "Bash(git add:*)",
    "Bash(git commit:*)",
    "Bash(git merge:*)",
    f"mcp__{SERVER}",
)
"""Needs no leave inside a cell: its own files, its own branch, and our tools."""
PASSES: Final = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_MODEL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
)
ENVIRONMENT: Final = {
    "CLAUDE_CONFIG_DIR": "{home}/.claude",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "MCP_CONNECTION_NONBLOCKING": "0",  # or the first request may go out before our tools are there
    "MCP_CONNECT_TIMEOUT_MS": "30000",
    "IS_SANDBOX": "1",
}
"""`{home}` stands for the agent's own home."""
