"""What `policies.toml` may say, that everything else is named with its line, and that a rule is added without a scratch."""

from datetime import timedelta

import pytest

from dispatchd.documents.policy_document import read_policies, with_rule
from dispatchd.domain.policy import Answerer, PolicyRule

EVERY_KIND = """\
# ours
[[rule]]
answer = "allow"
tool = "Bash"
command = "make test"

[[rule]]
say = "Four spaces."
kind = "question"
text = "*tabs or spaces*"
why = "Decided long ago."

[[rule]]   # a word beside it
ask = "security"
path = "*/auth/*"
within = "5m"

[[rule]]
answer = "human"
budget = ">= 80%"
"""


def problems(text: str) -> list[str]:
    return [str(each) for each in read_policies(text).problems]


def test_rules_stand_in_their_order_and_each_knows_its_line() -> None:
    found = read_policies(EVERY_KIND)
    assert found.problems == ()
    assert [(rule.answer, rule.where) for rule in found.rules] == [
        (Answerer.ALLOW, "policies.toml:2"),
        (Answerer.SAY, "policies.toml:7"),
        (Answerer.ASK, "policies.toml:13"),
        (Answerer.HUMAN, "policies.toml:18"),
    ]
    assert found.rules[2].within == timedelta(minutes=5)
    assert str(found.rules[3].budget) == ">= 80%"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('anser = "deny"', '3: A rule has no "anser". Did you mean "answer"?'),
        ('tool = "x"', "2: The rule answers nothing. Write answer ="),
        ('answer = "maybe"', '3: "maybe" is no answer. Write answer ='),
        ('answer = "allow"\nsay = "x"', "4: The rule answers in two ways."),
        ('answer = "allow"', "3: The rule allows everything. Name a tool"),
        ('answer = "allow"\nrole = "coder"', "3: The rule allows everything. Name a tool"),
        ('ask = "secruity"', '3: There is no role "secruity". Did you mean "security"?'),
        ('answer = "deny"\nkind = "quesion"', '4: There is no kind "quesion". Did you mean "question"?'),
        ('answer = "deny"\npriority = "urgent"', '4: There is no priority "urgent".'),
        ('answer = "human"\nbudget = "lots"', '4: "budget" cannot be read. Write ">= 80%"'),
        ('answer = "human"\nbudget = ">= $5%"', '4: "budget" cannot be read.'),
        ('answer = "human"\nwithin = "soon"', '4: "within" cannot be read.'),
        ('answer = "human"\nwithin = "0s"', '4: "within" is no time at all.'),
        ('answer = "deny"\nwithin = "5m"', '4: "within" says nothing here.'),
        ('answer = "deny"\ntool = 3', '4: "tool" cannot be read. Write text in quotes'),
        ('answer = "deny"\ntool = ""', '4: "tool" is empty.'),
    ],
)
def test_what_is_wrong_is_named_with_its_line(rule: str, told: str) -> None:
    (found,) = problems(f"# first\n[[rule]]\n{rule}\n")
    assert found.startswith(told)


def test_what_is_no_list_of_rules_is_said() -> None:
    assert problems('[rule]\nanswer = "deny"\n')[0].startswith("A rule is one of a list.")
    assert problems("rule = [3]\n")[0].startswith("A rule is a table.")
    assert problems('allow = "all"\n')[0].startswith('"allow" is no rule.')
    assert problems("[[rule\n")[0].startswith("1:")


def test_a_rule_that_is_added_leaves_what_stands_there_as_it_is() -> None:
    before = '  # mine, and odd\n[[rule]]\nanswer   =   "deny"   # never\ntool="x"'
    rule = PolicyRule(answer=Answerer.ALLOW, tool="Bash", command='say "hi"\\n')
    after = with_rule(before, rule, "ash asked")
    assert after.startswith(before + "\n\n# ash asked\n[[rule]]\n")
    assert read_policies(after).problems == ()
    added = read_policies(after).rules[-1]
    assert (added.key, added.command) == (rule.key, rule.command)
    assert with_rule("", rule, "x").startswith("# x\n")
    assert "\r\n\r\n# x\r\n[[rule]]\r\n" in with_rule("# a\r\n", rule, "x")
