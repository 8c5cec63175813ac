"""Documents of every kind, and what hands may do to them between two merges."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

ISSUE: Final = """---
id: i-7k2m
title: Login times out
type: bug
status: queued
priority: high
labels: [auth, network]
created: 2026-11-21T07:12:00Z
rev: r5f0c2a91
---

The form gives up.

It should wait.

## Acceptance

- [ ] waits thirty seconds
- [ ] says so

## Activity

- 2026-11-21 07:20Z: ash asks: [Which?](../inbox/t-4kq2.md)
- 2026-11-21 07:25Z, **Alice Doe**: Mine.
"""
EPIC: Final = """---
id: e-3fq9
title: Passwordless login
status: in_progress
rev: r9c31d0aa
---

What and why.

## Stages

### Design

Gate: approval: Is the flow right?

- [ ] Approve
- [ ] Reject:
- [ ] Skip:

### Build

1. Send the link
2. Login page

Gate: review by @alice, @bob: Walk through the demo.
"""
PROPOSAL: Final = """---
id: p-9xw4
title: Use argon2id
status: open
voters: [coder, "@alice", "@bob"]
rev: r77ab12cd
---

Why.

## If it passes

- set i-7k2m priority: high

## Votes

- ash (coder): approve. Fastest to build.

### @alice

- [ ] Approve
- [ ] Reject:
- [ ] Abstain
- [ ] More info:

### @bob

- [ ] Approve
- [ ] Reject:
- [ ] Abstain
- [ ] More info:

## Override

- [ ] Force approve:
- [ ] Veto:
"""
THREAD: Final = """---
id: t-4kq2
kind: question
from: ash
issue: i-7k2m
status: open
rev: r0be1f6d3
---

# Which hash?

**ash**, 2026-11-21 07:20Z

> I can use argon2id or bcrypt.

**Alice Doe**, 2026-11-21 07:25Z

> What does it cost?

## Your answer

- [ ] argon2id
- [ ] bcrypt
- [ ] Send
"""
CARD: Final = """---
id: a-8d2k
name: ash
role: coder
paused: false
---

What this agent should know.

It likes short sentences.
"""
DECISION: Final = """---
id: d-5m2x
title: Use argon2id
kind: vote
outcome: passed
---

The tally:

- ash (coder): approve. Fastest.
"""
CONFIG: Final = """[people]
alice = ["alice@example.com"]

[commands]                     # what checks and gates may run
test = "make test"

[workspace]
start_after = "30s"

[budget]
day_usd = 20
"""
DOCUMENTS: Final[Mapping[str, str]] = {
    "issues/i.md": ISSUE,
    "epics/e.md": EPIC,
    "proposals/p.md": PROPOSAL,
    "inbox/t.md": THREAD,
    "agents/ash/agent.md": CARD,
    "decisions/d.md": DECISION,
    "config.toml": CONFIG,
}
FACTS: Final = {
    "status": ("queued", "in_progress", "done"),
    "title": ("Login: times out", "Faster # login"),
    "labels": ("[auth]", "[auth, ui]", "[db, auth, network]"),
    "voters": ('["@alice"]', '[coder, "@alice", "@bob", security]'),
    "paused": ("true", "yes"),
    "mood": ("good", "bad"),
    "outcome": ("rejected",),
}
TURNS: Final = (
    "**Bob**, 2026-11-21 07:{:02}Z\n\n> Said {}.\n\n",
    "**ash**, 2026-11-21 07:{:02}Z\n\n> Asked {}.\n>\n> And more.\n\n",
)
SETTINGS: Final = ('lint = "ruff {}"\n', "[agents]\nmax_running = {}\n", 'bob{} = ["bob@example.com"]\n')


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a document, and the lines its hand put in."""

    text: str
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Three:
    """A document as it was, and what two hands made of it."""

    path: str
    base: str
    one: Version
    other: Version


@st.composite
def three(draw: st.DrawFn) -> Three:
    path = draw(st.sampled_from(sorted(DOCUMENTS)))
    base = draw(st.sampled_from((DOCUMENTS[path], DOCUMENTS[path], "")))
    start = DOCUMENTS[path]
    return Three(
        path=path, base=base, one=draw(versions(start, "by one")), other=draw(versions(start, "by the other"))
    )


@st.composite
def versions(draw: st.DrawFn, text: str, who: str) -> Version:
    lines = text.splitlines(keepends=True)
    added: list[str] = []
    for number in range(draw(st.integers(0, 4))):
        hand = draw(st.sampled_from((_writes, _takes_away, _ticks, _sets, _says)))
        hand(draw, lines, added, f"{who} {number}")
    return Version(text="".join(lines), added=tuple(each for each in added if each in lines))


def _body(lines: list[str]) -> int:
    return lines.index("---\n", 1) + 1 if lines[0] == "---\n" else 0


def _writes(draw: st.DrawFn, lines: list[str], added: list[str], what: str) -> None:
    at = draw(st.integers(_body(lines), len(lines)))
    if not _body(lines):
        new = draw(st.sampled_from(SETTINGS)).format(sum(map(ord, what)))
        tables = [at for at, line in enumerate(lines) if line.startswith("[")]
        where = draw(st.sampled_from(tables)) + 1 if not new.startswith("[") else len(lines)
        if not any(line.startswith(new.partition("=")[0]) for line in lines) and "[agents]\n" not in lines:
            lines[where:where] = new.splitlines(keepends=True)
        return
    shape = draw(st.sampled_from(("Words {}.\n", "- item {}\n", "- [ ] box {}\n", "### Head {}\n")))
    lines.insert(at, shape.format(what))
    added.append(shape.format(what))


def _takes_away(draw: st.DrawFn, lines: list[str], added: list[str], what: str) -> None:
    if _body(lines) and len(lines) > _body(lines) + 1:
        del lines[draw(st.integers(_body(lines) + 1, len(lines) - 1))]


def _ticks(draw: st.DrawFn, lines: list[str], added: list[str], what: str) -> None:
    open_boxes = [at for at, line in enumerate(lines) if line.startswith("- [ ] ")]
    if open_boxes:
        at = draw(st.sampled_from(open_boxes))
        said = f" {what}" if lines[at].endswith(":\n") else ""
        lines[at] = lines[at].replace("[ ]", "[x]").rstrip("\n") + said + "\n"


def _sets(draw: st.DrawFn, lines: list[str], added: list[str], what: str) -> None:
    if not _body(lines):
        return
    key = draw(st.sampled_from(sorted(FACTS)))
    line = f"{key}: {draw(st.sampled_from(FACTS[key]))}\n"
    at = next((at for at, each in enumerate(lines[: _body(lines)]) if each.startswith(f"{key}:")), None)
    if at is None:
        lines.insert(_body(lines) - 1, line)
    else:
        lines[at] = line


def _says(draw: st.DrawFn, lines: list[str], added: list[str], what: str) -> None:
    minute = draw(st.integers(0, 59))
    if "## Your answer\n" in lines:
        new = draw(st.sampled_from(TURNS)).format(minute, what).splitlines(keepends=True)
        at = lines.index("## Your answer\n")
        lines[at:at] = new
        added.append(new[2])
    elif "## Activity\n" in lines:
        new_line = f"- 2026-11-21 08:{minute:02}Z, **Bob**: {what}\n"
        lines.append(new_line)
        added.append(new_line)
