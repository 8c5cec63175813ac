"""Running the check of a phase: the declared command, in a cell, on a clean checkout of the commit that was handed in.

Red is looked for without the code: the tests as they were handed in, on the commit that the work began at. So it shows
that the tests fail for want of the code also where that has been written meanwhile, after the tests had to change.

Each commit that evidence names is kept in a ref of its own, named like the page: a branch may be rewritten or go.
"""

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.standing import Standing
from dispatchd.application.ports.integration import CheckResult
from dispatchd.documents.evidence_page import evidence_ref
from dispatchd.documents.junit_report import read_junit
from dispatchd.domain.flow import Evidence
from dispatchd.domain.verifying import Results, Wanted, judged
from dispatchd.domain.workflow import Expectation

_MOST_KEPT = 2000


def verify(desk: Desk, at: Standing) -> Evidence:
    """What the check of the phase shows. Blocks while the command runs."""
    phase, flow = at.phase, at.flow
    command = desk.ports.settings().commands.get(phase.check or "")
    if command is None:
        why = f'there is no command "{phase.check}" below [commands] in config.toml'
        return Evidence(commit=flow.commit, command=phase.check or "", why=why)
    commit, kept = flow.commit, evidence_ref(at.issue.id, flow.phase, flow.ordinal)
    desk.ports.commits.keep(commit, kept)
    before: Results | None = None
    if phase.expect is Expectation.FAIL and at.workflow.tests:
        commit = desk.ports.commits.with_files_of(
            at.work.base, flow.commit, at.workflow.tests, f"{kept}-tests"
        )
        if phase.report:
            before = _results(_run(desk, at, at.work.base, command))
    done = _run(desk, at, commit, command)
    shown = judged(phase.expect, done.exit_code, _results(done), before, _wanted(at))
    return Evidence(
        commit=commit,
        handed_in=flow.commit,
        command=command,
        exit_code=done.exit_code,
        as_expected=shown.as_expected,
        why=shown.why,
        passed=shown.passed,
        failed=shown.failed,
        fresh=shown.fresh,
        fresh_failed=shown.fresh_failed,
        red=shown.red if shown.as_expected else (),
        tail=done.tail[-_MOST_KEPT:],
    )


def _wanted(at: Standing) -> Wanted:
    """By what was red the last time, and by how many ran where the tests have to be the same since."""
    shown = (each.evidence for each in reversed(at.flow.records) if each.evidence is not None)
    red = next((each.red for each in shown if each.red), ())
    since = at.flow.last(at.phase.since) if at.phase.since is not None else None
    known = since.evidence if since is not None else None
    return Wanted(red=red, least=known.passed + known.failed if known is not None else 0)


def _run(desk: Desk, at: Standing, commit: str, command: str) -> CheckResult:
    within = at.phase.within or desk.ports.settings().agents.check_within.total_seconds()
    name = f"{at.issue.id}-phase"
    return desk.ports.checks(commit, name, command, within, at.phase.report)


def _results(done: CheckResult) -> Results | None:
    return read_junit(done.report) if done.report is not None else None
