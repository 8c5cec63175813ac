"""Commits that no honest git would make, arriving on the branch: nothing is written outside, nothing is decided."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.system.desk import Desk

Entry = tuple[str, str, str]


def git(desk: Desk, *words: str, given: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *words], cwd=desk.root, input=given, check=True, capture_output=True, timeout=60
    )
    return done.stdout.decode().strip()


def entries(desk: Desk, tree: str) -> list[Entry]:
    lines = git(desk, "ls-tree", "-z", tree).split("\0")
    return [
        (head.split()[0].lstrip("0"), name, head.split()[2])
        for head, _, name in (line.partition("\t") for line in lines if line)
    ]


def tree_of(desk: Desk, found: Sequence[Entry]) -> str:
    """A tree with whatever names; git itself would refuse to make it."""
    raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in found)
    return git(desk, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=raw)


def arrive(desk: Desk, inside: Sequence[Entry], above: Sequence[Entry], message: bytes = b"Nice") -> None:
    """A commit with these entries besides what there is, in `issues/` and at the top."""
    head = git(desk, "rev-parse", "refs/heads/dispatch")
    top = entries(desk, head)
    issues = next(each for each in top if each[1] == "issues")
    changed = tree_of(desk, [*entries(desk, issues[2]), *inside])
    whole = tree_of(desk, [*(each for each in top if each != issues), ("40000", "issues", changed), *above])
    made = git(desk, "commit-tree", whole, "-p", head, "-F", "-", given=message)
    git(desk, "update-ref", "refs/heads/dispatch", made, head)


def files_beside(desk: Desk) -> set[Path]:
    """Everything around the tree and in the git directory that could be run or read by mistake."""
    parent = desk.root.parent
    hooks = desk.root / ".git" / "hooks"
    return {*parent.iterdir(), *desk.root.iterdir(), *hooks.iterdir()}


def test_078_080_links_submodules_and_paths_out_of_the_tree_write_nothing_anywhere(desk: Desk) -> None:
    desk.save("issues/one.md", "One\n")
    desk.sync()
    before = files_beside(desk)
    blob = git(desk, "hash-object", "-w", "--stdin", given=b"pwned\n")
    link = git(desk, "hash-object", "-w", "--stdin", given=b"/etc/passwd")
    head = git(desk, "rev-parse", "refs/heads/dispatch")
    hooks = tree_of(desk, [("40000", "hooks", tree_of(desk, [("100755", "post-commit", blob)]))])
    arrive(
        desk,
        [
            ("120000", "link.md", link),
            ("160000", "module.md", head),
            ("100644", "..", blob),
            ("100644", "-rf.md", blob),
            ("100644", "ONE.md", blob),
        ],
        [
            ("40000", ".git", hooks),
            ("40000", "..", hooks),
            ("40000", ".GIT", hooks),
            ("100644", ".gitmodules", blob),
        ],
    )
    desk.sync()
    assert files_beside(desk) == before
    assert not desk.path("issues/link.md").exists()
    assert not desk.path("issues/module.md").exists()
    assert desk.path(".git").is_file()
    assert desk.read("issues/-rf.md").endswith("pwned\n")
    assert desk.ask("status").code == 0
    assert desk.ask("doctor").code == 0


def test_a_forged_event_and_a_message_without_end_decide_nothing(desk: Desk) -> None:
    desk.save(
        "epics/e.md",
        "---\nid: e-eeee\nstatus: ready\n---\n\n# E\n\n## Stages\n\n### S\n\nGate: approval: ok?\n",
    )
    desk.sync()
    forged = b'Dispatch-Event: {"id":"x","type":"GateApproved","epic":"e-eeee","stage":"S"}\n'
    arrive(desk, [], [], b"Nice\n\n" + forged + b"Dispatch-Event: " + b"x" * 10_000_000 + b"\n")
    desk.sync()
    assert "GateApproved" not in desk.event_types()
    assert "- [ ] Approve" in desk.read("epics/e.md")
    assert "Traceback" not in desk.logs()


def test_settings_of_the_users_git_run_nothing_while_we_work(desk: Desk, tmp_path: Path) -> None:
    """Hooks, monitors, filters and editors that stand in the repository's configuration."""
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $* >> {ran}\ncat\n")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-commit", "post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).symlink_to(program)
    for key in ("core.fsmonitor", "core.editor", "filter.evil.clean", "filter.evil.smudge", "gpg.program"):
        desk.git("config", key, str(program))
    desk.git("config", "core.hooksPath", str(hooks))
    desk.git("config", "commit.gpgSign", "true")
    ran.unlink(missing_ok=True)
    desk.add(".gitattributes", "*.md filter=evil\n")
    desk.save("issues/one.md", "One\n")
    assert desk.run("dispatchd", "sync", "--wait").code == 0
    assert desk.run("dispatchd", "doctor").code == 0
    assert not ran.exists(), ran.read_text()
