"""What an agent is told of the phase it works in: what is to be done, what there has to be, and what is to be answered."""

from collections.abc import Iterator
from typing import Final

from dispatchd.application.agents.flows.gates import REJECT
from dispatchd.application.agents.flows.standing import Standing
from dispatchd.application.agents.outside import quoted
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.flow import Evidence, Finding, FlowQuestion
from dispatchd.domain.wording import listed
from dispatchd.domain.workflow import ISSUE_TEXT, Way

_TAIL: Final = 1500


def brief(work: UnitOfWork, at: Standing) -> str:
    """The document of the phase, as Markdown."""
    again = f", round {at.flow.round}" if at.flow.round > 1 else ""
    parts = [f"# Your phase: {at.phase.name}{again}"]
    if at.phase.instruction:
        parts.append(at.phase.instruction)
    parts += _of_review(at) if at.phase.is_review else _of_work(at)
    parts += _why_again(work, at)
    return "\n\n".join(parts)


def _of_review(at: Standing) -> Iterator[str]:
    judged = at.flow.last(at.flow.reviews)
    who = f" {judged.agent} made it." if judged is not None and judged.agent else ""
    good, *others = (verdict for verdict, _ in at.phase.verdicts)
    yield (
        f"You judge “{at.flow.reviews}”, at the commit `{at.flow.commit}`.{who} `git diff {at.work.base} "
        f"{at.flow.commit}` shows all of the work. Change nothing; `give_verdict` ends your part."
    )
    yield (
        f"Verdicts: `{good}` without findings, or {listed(f'`{each}`' for each in others)} with a list of findings, each "
        "with `text`, and `path`, `line` and `severity` (blocker, major, minor) where they are known. Each finding is "
        'answered before you are asked again. Without that tool: `dispatchd as NAME verdict VERDICT "path:12: blocker: '
        'what is wrong"`, each finding in quotes of its own.'
    )
    answered = [each for each in at.flow.findings if each.answer and each.to == at.flow.reviews]
    if answered:
        yield "Findings so far, and what was said to them:"
        yield "\n\n".join(
            f"{each.number}. {_place(each.place)}{_line(each.text)}{_waived(each)}\n\n{quoted(each.answer)}"
            for each in answered
        )
    if judged is not None and at.flow.summary:
        yield f"What was said when it was handed in:\n\n{quoted(at.flow.summary)}"


def _of_work(at: Standing) -> Iterator[str]:
    if ISSUE_TEXT in at.phase.artefact:
        yield "What you make is a text: the summary you submit with. It is kept in the issue."
    elif at.phase.artefact:
        named = listed(f"`{each}`" for each in at.phase.artefact)
        yield f"What you hand in has to change a file that fits {named}."
    if at.phase.check is not None:
        does = "fail" if at.phase.expect == "fail" else "pass"
        yield f"When you hand in, the command `{at.phase.check}` is run on your commit, and has to {does}."
    if at.phase.since is not None:
        named = listed(f"`{each}`" for each in at.workflow.tests)
        yield f"The tests ({named}) have to stay as they are."
    found = at.flow.open_findings(at.flow.phase)
    if found:
        yield (
            'Findings to answer, each with `answer_finding` (`dispatchd as NAME answer-finding NUMBER "…"`): mend it and '
            "say how, or say why not."
        )
        yield "\n\n".join(
            f"{each.number}. {each.severity}, from {each.by}: {_place(each.place)}\n\n{quoted(each.text)}"
            for each in found
        )
    yield "`submit_work` hands this phase in; it is over when it has been looked at."


def _why_again(work: UnitOfWork, at: Standing) -> Iterator[str]:
    """What led here, where that was a check or a person and not the phase before."""
    last = at.flow.records[-1] if at.flow.records else None
    if last is None or last.leads != at.flow.phase:
        return
    if last.how == Way.OTHERWISE and last.evidence is not None:
        yield f"It came back from “{last.phase}”: {last.evidence.why}.\n\n{_tail(last.evidence)}"
    elif last.how == Way.CHANGED:
        yield f"It came back from “{last.phase}”: the tests are not what they were."
    elif last.how == Way.REFUSED:
        said = [
            each.turns[-1].text
            for each in work.threads_of(at.issue.id)
            if each.cause.startswith(f"{FlowQuestion.GATE}:") and each.delivered and each.chosen == REJECT
        ]
        why = f"\n\n{quoted(said[-1])}" if said else ""
        yield f"A person said no at “{last.phase}”.{why}"


def _tail(evidence: Evidence) -> str:
    return quoted(f"$ {evidence.command}\n{evidence.tail[-_TAIL:].strip()}")


def _place(place: str) -> str:
    return f"`{place}` " if place else ""


def _waived(finding: Finding) -> str:
    """Whose word it is that it may stay as it is."""
    return f" ({finding.waived}, a person, waives it: it needs no mending)" if finding.waived else ""


def _line(text: str) -> str:
    """The first line."""
    return text.strip().partition("\n")[0]
