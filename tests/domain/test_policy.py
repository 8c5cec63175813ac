"""Which rule answers what an agent asks, and why the others do not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.domain.policy import Answerer, Asked, AskedKind, BudgetTest, PolicyRule, explain, rule_for

LEAVE = Asked(
    kind=AskedKind.PERMISSION,
    agent="ash",
    role="coder",
    type="bug",
    priority="high",
    tool="Bash",
    command="git push origin",
    text="Push it",
)
QUESTION = Asked(kind=AskedKind.QUESTION, agent="ash", role="coder", text="Tabs or spaces?\nPlease")


def allow(**words: Any) -> PolicyRule:
    return PolicyRule(answer=Answerer.ALLOW, **words)


def deny(**words: Any) -> PolicyRule:
    return PolicyRule(answer=Answerer.DENY, **words)


def why_not(rule: PolicyRule, asked: Asked) -> str:
    return "; ".join(explain([rule], asked)[0].why_not)


def test_the_first_rule_that_fits_answers() -> None:
    rules = [deny(tool="Web*"), deny(command="git push*", where="a"), allow(tool="Bash", where="b")]
    found = rule_for(rules, LEAVE)
    assert found is not None
    assert found.where == "a"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (allow(tool="Web*"), 'tool is "Bash", and the rule wants "Web*"'),
        (allow(command="git status*"), 'command is "git push origin", and the rule wants "git status*"'),
        (allow(agent="oak"), 'agent is "ash", and the rule wants "oak"'),
        (allow(role="docs"), 'role is "coder", and the rule wants "docs"'),
        (allow(type="feature"), 'type is "bug", and the rule wants "feature"'),
        (allow(priority="low"), 'priority is "high", and the rule wants "low"'),
        (allow(text="*pull*"), 'the text does not fit "*pull*"'),
        (allow(path="src/*"), 'path is "none", and the rule wants "src/*"'),
        (allow(kind="question", tool="*"), "it is a permission, and the rule is for a question"),
        (PolicyRule(answer=Answerer.SAY, say="x"), '"say" answers a question, and this is a permission'),
        (PolicyRule(answer=Answerer.ASK, ask="security"), "there is no security who could be asked"),
        (
            deny(budget=BudgetTest(at_least=True, amount=80, percent=True)),
            "the budget is $0.00 on the issue, nothing capped, and the rule wants >= 80%",
        ),
    ],
)
def test_each_rule_says_why_it_does_not_fit(rule: PolicyRule, told: str) -> None:
    assert why_not(rule, LEAVE) == told


def test_text_fits_in_any_case_and_over_lines() -> None:
    rule = PolicyRule(answer=Answerer.SAY, say="Spaces.", text="tabs OR spaces*")
    assert why_not(rule, QUESTION) == ""


def test_allow_and_deny_are_no_answers_to_a_question() -> None:
    assert "answers a permission" in why_not(allow(tool="*"), QUESTION)
    assert "answers a permission" in why_not(deny(), QUESTION)


@pytest.mark.parametrize("tail", ["; rm -rf ~", " && x", " | sh", "`x`", " $(x)", " > f", "\nrm x", " < f"])
def test_a_command_that_is_allowed_lets_no_second_one_through(tail: str) -> None:
    asked = replace(LEAVE, command=f"git push{tail}")
    assert "several commands" in why_not(allow(command="git push*"), asked)
    assert why_not(deny(command="git push*"), asked) == ""


def test_what_allows_wants_every_path_and_what_denies_any() -> None:
    asked = replace(LEAVE, paths=("src/a.py", "/etc/passwd"))
    assert why_not(allow(path="src/*"), asked)
    assert not why_not(deny(path="/etc/*"), asked)


def test_a_path_that_leads_elsewhere_by_dots_is_what_it_leads_to() -> None:
    asked = replace(LEAVE, paths=("docs/../src/auth/keys.py",))
    assert why_not(allow(path="docs/*"), asked)
    assert why_not(deny(path="src/auth/*"), asked) == ""
    assert why_not(allow(path="src/*"), asked) == ""


@pytest.mark.parametrize("path", ["../x", "docs/../../x", "/etc/passwd", "~/x"])
def test_what_leaves_the_worktree_fits_no_rule_that_allows_within_it(path: str) -> None:
    asked = replace(LEAVE, paths=(path,))
    assert "leads out of the worktree" in why_not(allow(path="docs/*"), asked)
    assert "leads out of the worktree" in why_not(allow(tool="*"), asked)
    assert why_not(deny(path=f"*{path[-1]}"), asked) == ""


def test_a_bracket_in_a_rule_is_a_bracket() -> None:
    asked = replace(LEAVE, paths=("app/[id]/page.tsx",))
    assert why_not(deny(path="app/[id]/*"), asked) == ""


def test_the_budget_is_of_the_nearest_cap_or_in_dollars_on_the_issue() -> None:
    asked = replace(LEAVE, spent=6.0, used=0.85)
    for at_least, amount, percent, fits in (
        (True, 80, True, True),
        (False, 80, True, False),
        (True, 5, False, True),
        (False, 5, False, False),
    ):
        rule = deny(budget=BudgetTest(at_least=at_least, amount=amount, percent=percent))
        assert (not why_not(rule, asked)) is fits


def test_when_the_time_of_one_is_over_the_next_below_it_answers_and_none_twice() -> None:
    asked = replace(QUESTION, roles=frozenset({"architect"}))
    early = PolicyRule(answer=Answerer.SAY, say="x", text="*never*")
    first = PolicyRule(answer=Answerer.ASK, ask="architect")
    second = PolicyRule(answer=Answerer.SAY, say="Spaces.")
    rules = [early, first, second]
    assert rule_for(rules, asked) == first
    assert rule_for(rules, asked, [first.key]) == second
    assert rule_for(rules, asked, [first.key, second.key]) is None
    moved = [replace(second, where="policies.toml:9"), replace(first, where="policies.toml:20")]
    assert rule_for(moved, asked, [first.key]) is None  # it stands above what was tried last by now


RULES = st.lists(
    st.builds(
        PolicyRule,
        answer=st.sampled_from(Answerer),
        kind=st.sampled_from(["*", "question", "permission"]),
        tool=st.sampled_from(["*", "Bash", "Web*"]),
        text=st.sampled_from(["*", "*spaces*"]),
        ask=st.sampled_from(["security", "docs"]),
        say=st.just("x"),
    ),
    max_size=6,
)


@given(RULES, st.sampled_from([LEAVE, QUESTION]))
def test_however_rules_follow_each_other_a_question_comes_to_an_end(
    rules: list[PolicyRule], asked: Asked
) -> None:
    asked = replace(asked, roles=frozenset({"security"}))
    tried: list[str] = []
    while (rule := rule_for(rules, asked, tried)) is not None:
        assert rule.key not in tried
        fits = explain([rule], asked)[0].fits
        assert fits
        tried.append(rule.key)
    assert len(tried) <= len(rules)
