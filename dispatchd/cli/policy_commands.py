"""`policy`: the rules that answer what agents ask, what is wrong with them, and which would answer a given question."""

from typing import TYPE_CHECKING, Any, Final

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Noun
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside, visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.policy_looks import Explained, Question
    from dispatchd.cli.invocation import Invocation
    from dispatchd.domain.policy import Asked, Look, PolicyRule


NO_RULES: Final = "There are no rules: people are asked. They stand in .dispatch/policies.toml."

NOT_READ: Final = {
    False: "{where} is not in force as it stands ({where}:{line}, dispatchd policy check): this is by the rules before.",
    True: "{where} cannot be read as it stands ({where}:{line}, dispatchd policy check), so no rule of it answers.",
}


@click.group(
    cls=Noun, examples=("dispatchd policy list", 'dispatchd policy test --tool Bash --command "make test"')
)
def policy() -> None:
    """See the rules that answer what agents ask, and try them."""


@policy.command("list", examples=("dispatchd policy list", "dispatchd policy list --json"))
@json_option
@click.pass_obj
def list_rules(invocation: "Invocation", as_json: bool) -> None:
    """Every rule in the order in which they are asked, and whether it counts."""
    from dispatchd.application.policy_looks import known_rules

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        known = known_rules(look.work, look.policies)
    rows = [(rule, "") for rule in known.in_force]
    rows = [(rule, "not in the file any more" if rule in known.gone else state) for rule, state in rows]
    rows += [
        (rule, "waits" if not known.problems else "waits for the file to be mended") for rule in known.waiting
    ]
    if as_json:
        items = [{**_row(rule), "in_force": rule in known.in_force} for rule, _ in rows]
        invocation.screen.show_json({"items": items})
        return
    if not rows:
        invocation.screen.show(NO_RULES)
        return
    columns = (Column(style=Style.ACCENT), Column(), Column(gives_way=True), Column(style=Style.QUIET))
    shown = [(rule.where, does(rule), fits(rule), state) for rule, state in rows]
    invocation.screen.show(*table(columns, shown, invocation.screen))


@policy.command("check", examples=("dispatchd policy check",))
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Say what is wrong with policies.toml, by line. Exits 1 if anything is."""
    from dispatchd.application.policy_looks import known_rules

    invocation: Invocation = ctx.obj
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        known = known_rules(look.work, look.policies)
    if as_json:
        found = (
            {"path": each.path, "line": each.line, "what": each.what, "hint": each.hint}
            for each in known.problems
        )
        invocation.screen.show_json({"items": list(found)})
    elif not (known.problems or known.in_force or known.waiting):
        invocation.screen.show(NO_RULES)
    elif not known.problems:
        waits = "; what waits for somebody's word does not" if known.waiting else ""
        invocation.screen.show(f"Every rule can be read, and counts{waits}.")
    for each in () if as_json else known.problems:
        place = invocation.place(each.path, each.line)
        invocation.screen.show(f"{invocation.screen.accent(visible(place))}  {visible(each.what)}")
        if each.hint:
            invocation.screen.show(f"    {visible(each.hint)}")
    ctx.exit(1 if known.problems else 0)


@policy.command(
    "test",
    examples=(
        'dispatchd policy test "Tabs or spaces?" --agent ash --issue i-7k2m',
        'dispatchd policy test --tool Bash --command "git push"',
        "dispatchd policy test --thread t-4kq2",
    ),
)
@click.argument("text", required=False, default="")
@click.option("--agent", default="", help="Who asks.")
@click.option("--issue", help="What it is about: its type, its priority, what was spent on it.")
@click.option("--tool", default="", help="The tool it wants leave for.")
@click.option("--command", default="", help="The command it wants to run.")
@click.option("--path", "paths", multiple=True, help="A file it wants to touch; several may be given.")
@click.option("--thread", help="What was asked in this thread.")
@click.option("--draft", is_flag=True, help="The rules as the file says them, whether or not they count.")
@json_option
@click.pass_obj
def test(invocation: "Invocation", /, draft: bool, as_json: bool, **asked: Any) -> None:
    """Explain which rule would answer, and why each of the others would not."""
    from dispatchd.application.policy_looks import explained, known_rules

    if not any(asked[key] for key in ("text", "tool", "command", "paths", "thread")):
        raise Failed("say what is asked: a text, --tool, --command, --path, or --thread")
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        question = _question(look.work, asked)
        rules = look.policies if draft else None
        told = explained(look.work, look.config.budget, look.now, question, rules)
        known = known_rules(look.work, look.policies)
    if as_json:
        invocation.screen.show_json(_as_json(told))
        return
    _show(invocation, told)
    if known.problems:
        aside(NOT_READ[draft].format(where=known.problems[0].path, line=known.problems[0].line))
    elif not draft and (known.waiting or known.gone):
        aside("policies.toml says otherwise, and waits for somebody's word; --draft asks by what it says.")


def _question(work: Any, said: "dict[str, Any]") -> "Question":
    from dispatchd.application.policy_looks import Question
    from dispatchd.application.requests.lookup import handle_of, issue_named, thread_named
    from dispatchd.domain.permissions import Leave

    return Question(
        text=said["text"],
        agent=handle_of(said["agent"]) if said["agent"] else "",
        issue=issue_named(work, said["issue"]).id if said["issue"] else None,
        leave=Leave(tool=said["tool"], command=said["command"], paths=said["paths"]),
        thread=thread_named(work, said["thread"]) if said["thread"] else None,
    )


def _show(invocation: "Invocation", told: "Explained") -> None:
    screen = invocation.screen
    screen.show(screen.heading(visible(_asked(told.asked))))
    columns = (Column(style=Style.ACCENT), Column(), Column(), Column(gives_way=True))
    order = [rule.key for rule in told.course]
    rows = [(look.rule.where, does(look.rule), *_verdict(look, order)) for look in told.looks]
    screen.show(*table(columns, rows, screen), *([""] if rows else []), *_course(told))


def _verdict(look: "Look", course: "list[str]") -> tuple[str, str]:
    if look.why_not:
        return "no", "; ".join(look.why_not)
    if look.rule.key in course:
        place = course.index(look.rule.key)
        return "yes", "it answers" if not place else "it has its turn when the time of the one above is over"
    return "-", "it fits, and another has answered before"


def _course(told: "Explained") -> "list[str]":
    """What would happen, one line after the other."""
    from dispatchd.documents.setting_kinds import write_duration

    lines = []
    for place, rule in enumerate(told.course):
        begins = "Then" if place else "Answer:"
        limit = f", for {write_duration(rule.limit)}" if rule.limit is not None else ""
        why = f" ({visible(rule.why)})" if rule.why else ""
        lines.append(f"{begins} {_outcome(rule)} by the rule at {rule.where}{limit}{why}")
    if told.ends_with_people and not (told.course and told.course[-1].limit is None):
        lines.append("Then people are asked." if lines else "Answer: no rule fits; people are asked.")
    return lines


def _outcome(rule: "PolicyRule") -> str:
    return {
        "allow": "it is allowed",
        "deny": "it is denied",
        "say": f'"{visible(rule.say)}"',
        "ask": f"an agent of the role {rule.ask} is asked",
        "human": "people are asked",
    }[rule.answer]


def _asked(asked: "Asked") -> str:
    who = asked.agent or "an agent"
    if asked.kind == "permission":
        what = asked.command or ", ".join(asked.paths) or asked.text
        return f"May {who} use {asked.tool or 'a tool'}{f': {what}' if what else ''}?"
    return f"{who} asks: {asked.text.partition(chr(10))[0]}"


def does(rule: "PolicyRule") -> str:
    """What a rule does, in two words."""
    if rule.answer == "ask":
        return f"asks {rule.ask}"
    return {"allow": "allows", "deny": "denies", "say": "says", "human": "asks people"}[rule.answer]


def fits(rule: "PolicyRule") -> str:
    """What a rule fits, as it is written."""
    from dispatchd.documents.policy_document import written

    lines = (line for line in written(rule) if not line.startswith(("answer =", "ask =")))
    return ", ".join(lines) or "everything"


def _row(rule: "PolicyRule") -> "dict[str, Any]":
    from dispatchd.documents.setting_kinds import write_duration

    words = ("kind", "agent", "role", "type", "priority", "tool", "command", "path", "text")
    return {
        "where": rule.where,
        "answer": str(rule.answer),
        "fits": {word: getattr(rule, word) for word in words if getattr(rule, word) != "*"},
        "budget": str(rule.budget) if rule.budget is not None else None,
        "say": rule.say or None,
        "ask": rule.ask or None,
        "within": write_duration(rule.limit) if rule.limit is not None else None,
        "why": rule.why or None,
    }


def _as_json(told: "Explained") -> "dict[str, Any]":
    order = [rule.key for rule in told.course]
    return {
        "kind": str(told.asked.kind),
        "rules": [
            {
                **_row(look.rule),
                "matches": look.fits,
                "why_not": list(look.why_not),
                "turn": order.index(look.rule.key) + 1 if look.rule.key in order else None,
            }
            for look in told.looks
        ],
        "answered_by": told.course[0].where if told.course else None,
        "ends_with_people": told.ends_with_people,
    }
