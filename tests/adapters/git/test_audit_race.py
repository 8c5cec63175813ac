"""A person's commits and the daemon's, at once and as fast as both can: none lost, none mixed."""

import subprocess
import sys
from pathlib import Path

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.application.ports.audit_log import HeadMoved, IndexLocked, TreeBusy
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository, status

ROUNDS = 25
# The person: stages and commits one file after the other, trying again when the index is locked, as people do.
PERSON = """
import subprocess, sys
from pathlib import Path
for number in range(int(sys.argv[2])):
    name = f"mine-{number}.md"
    Path(sys.argv[1], name).write_text(f"mine {number}\\n")
    for step in (["add", name], ["commit", "-q", "-m", f"mine {number}"]):
        for attempt in range(1000):
            done = subprocess.run(["git", "-C", sys.argv[1], *step], capture_output=True)
            if done.returncode == 0:
                break
            if b".lock" not in done.stderr and b"cannot lock ref" not in done.stderr:
                sys.exit(done.stderr.decode() + done.stdout.decode())
        else:
            sys.exit("never got through")
"""


def test_092_a_person_who_commits_in_a_loop_and_the_daemon_lose_nothing_and_mix_nothing(
    tmp_path: Path,
) -> None:
    places = init(repository(tmp_path / "code").folder).places
    log = GitAuditLog(places)
    start = log.head()
    person = subprocess.Popen(
        [sys.executable, "-c", PERSON, places.tree, str(ROUNDS)], stderr=subprocess.PIPE
    )
    recorded = refused = 0
    while person.poll() is None or recorded < ROUNDS:
        path = f"ours-{recorded}.md"
        Person(places.tree).writes(path, b"ours\n")
        try:
            log.record([a_commit({path: b"ours\n"}, f"ours {recorded}")], log.head())
            recorded += 1
        except (HeadMoved, IndexLocked, TreeBusy):
            refused += 1
    _, errors = person.communicate()
    assert person.returncode == 0, errors.decode()
    print(f"{recorded} by the daemon, refused {refused} times; {ROUNDS} by the person")
    for commit in log.commits_between(start, log.head()):
        names = {change.path for change in commit.changes}
        whose = "ours" if commit.is_own else "mine"
        assert names == {DocumentPath(f"{commit.subject.replace(' ', '-')}.md")}
        assert commit.subject.startswith(whose)
        assert all(change.old is None for change in commit.changes)
    assert len(log.tree_at(log.head())) == 3 + recorded + ROUNDS
    assert status(places) == ""
    assert Person(places.tree).git("fsck", "--strict", "--no-dangling") == ""
