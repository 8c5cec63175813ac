import pytest

from dispatchd.domain.permissions import Leave
from dispatchd.domain.policy import Asked, AskedKind, rule_for
from dispatchd.domain.standing_leave import rules_of, why_only_once


@pytest.mark.parametrize(
    "leave",
    [
        Leave(tool="Bash", command="make test"),
        Leave(tool="Bash", command="rm *.[ch] \\?"),
        Leave(tool="Edit", paths=("docs/a.md",)),
        Leave(tool="Edit", paths=("/etc/hosts",)),
        Leave(tool="Fetch", about="https://example.com/A?b=*"),
        Leave(tool="Bash", command="make", about="Builds; and tests"),
        Leave(tool="Think"),
    ],
)
def test_what_a_rule_of_its_own_would_allow_may_be_allowed_always(leave: Leave) -> None:
    assert why_only_once(leave) == ""
    text = "\n".join(filter(None, (leave.about, leave.command)))
    kind = AskedKind.PERMISSION
    asked = Asked(
        kind=kind,
        agent="ash",
        role="coder",
        tool=leave.tool,
        command=leave.command,
        paths=leave.paths,
        text=text,
    )
    assert rule_for(rules_of(leave), asked) is not None


@pytest.mark.parametrize(
    ("leave", "why"),
    [
        (Leave(tool="Bash", command="make | tail"), "a shell would run that line as several commands"),
        (Leave(tool="Edit", paths=("../other/a.md",)), "leads out of the worktree"),
        (Leave(tool="Edit", paths=("~/a.md",)), "leads out of the worktree"),
        (Leave(tool="Edit", paths=("a.md", "b.md")), 'path is "a.md, b.md", and the rule wants "a.md"'),
    ],
)
def test_what_none_of_its_own_rules_would_allow_is_allowed_only_once_and_it_is_said_why(
    leave: Leave, why: str
) -> None:
    assert why in why_only_once(leave)
