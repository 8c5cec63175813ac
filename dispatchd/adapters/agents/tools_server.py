"""The MCP server of one run, over standard input and output: every tool is a verb said to the run's socket, no more.

Who speaks comes from the run's token in the environment, never from an argument. The docstrings are what agents read.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from dispatchd.adapters.agents.talking import Refused, say

VERBS: Final = (
    "get_issue",
    "read_inbox",
    "send_message",
    "ask_human",
    "cast_vote",
    "propose",
    "note_progress",
    "request_review",
    "submit_work",
    "report_blocked",
    "give_verdict",
    "answer_finding",
    "answer_question",
    "lay_plan",
    "ask_role",
    "collect_answers",
)
_INSTRUCTIONS: Final = (
    "How you speak with the people and agents you work with. Nothing here waits for a person: what you ask comes back "
    "in a later turn."
)


def serve(environment: Mapping[str, str]) -> None:
    """Serve until the agent closes the input."""
    server: MCPServer[Any] = MCPServer("dispatchd", instructions=_INSTRUCTIONS, log_level="ERROR")
    tools = Tools(environment)
    for name in VERBS:
        server.add_tool(getattr(tools, name), structured_output=False)
    server.run("stdio")


class Tools:
    """One method a verb."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def _ask(self, verb: str, **said: Any) -> str:
        given = {name: value for name, value in said.items() if value not in (None, [], "")}
        try:
            done = say(verb, given, self._environment)
        except Refused as refused:
            raise ToolError(str(refused)) from refused
        except OSError as error:
            raise ToolError(f"dispatchd cannot be reached just now: {error}") from error
        return json.dumps(done, ensure_ascii=False, indent=1)

    def get_issue(self) -> str:
        """The issue you work on, as its file says it now."""
        return self._ask("get_issue")

    def read_inbox(self) -> str:
        """The messages that people and other agents have sent you."""
        return self._ask("read_inbox")

    def send_message(
        self,
        text: Annotated[str, Field(description="What you want to say, as Markdown")],
        to: Annotated[
            str, Field(description="An agent's or a person's name; empty: whoever reads the inbox")
        ] = "",
    ) -> str:
        """Send a message. It waits for no answer."""
        return self._ask("send_message", text=text, to=to)

    def ask_human(
        self,
        question: Annotated[str, Field(description="One line, as a question")],
        options: Annotated[list[str] | None, Field(description="Two or three answers, yours first")] = None,
        text: Annotated[str, Field(description="What a person has to know to answer")] = "",
    ) -> str:
        """Ask people what only they can know. It does not wait: commit, end your turn, and you go on with the answer."""
        return self._ask("ask_human", question=question, options=options, text=text)

    def cast_vote(
        self,
        choice: Annotated[str, Field(description="approve, reject, abstain or more_info")],
        reason: Annotated[str, Field(description="Why, in a sentence")] = "",
        proposal: Annotated[
            str, Field(description="Its id, as p-9xw4; empty: the one that you are asked about")
        ] = "",
    ) -> str:
        """Vote on a proposal, as the agent you are. End your turn afterwards if it is for your vote."""
        return self._ask("cast_vote", proposal=proposal, choice=choice, reason=reason)

    def propose(
        self,
        title: Annotated[str, Field(description="What is to be decided, in a line")],
        body: Annotated[str, Field(description="Why, and what would follow, as Markdown")] = "",
        voters: Annotated[
            list[str] | None, Field(description="Roles, agents, @people; empty: all people")
        ] = None,
    ) -> str:
        """Put something to the vote that you may not decide yourself."""
        return self._ask("propose", title=title, body=body, voters=voters)

    def note_progress(self, text: Annotated[str, Field(description="A line for people")]) -> str:
        """Tell people where you are; it stands in the issue's Activity."""
        return self._ask("note_progress", text=text)

    def request_review(
        self,
        text: Annotated[str, Field(description="What to look at above all")] = "",
    ) -> str:
        """Ask a reviewer, or a person, to look at your work before you submit it."""
        return self._ask("request_review", text=text)

    def submit_work(
        self,
        summary: Annotated[str, Field(description="What changed for a user, and how you tested it")],
    ) -> str:
        """Hand in your branch. Everything has to be committed. End your turn afterwards."""
        return self._ask("submit_work", summary=summary)

    def report_blocked(
        self,
        what: Annotated[str, Field(description="What is missing, as a question a person can answer")],
    ) -> str:
        """Say that you cannot go on. End your turn afterwards; you go on when it is answered."""
        return self._ask("report_blocked", what=what)

    def give_verdict(
        self,
        verdict: Annotated[str, Field(description="One of those your phase names, as approve or changes")],
        findings: Annotated[
            list[dict[str, Any]] | None,
            Field(description="What has to change: each with text, and path, line, severity where known"),
        ] = None,
    ) -> str:
        """Judge the work that your phase reviews. Without findings it goes on. End your turn afterwards."""
        return self._ask("give_verdict", verdict=verdict, findings=findings)

    def answer_finding(
        self,
        number: Annotated[int, Field(description="The finding's number")],
        answer: Annotated[str, Field(description="What you did about it, or why nothing")],
    ) -> str:
        """Answer what a reviewer found. Each finding is answered before you submit."""
        return self._ask("answer_finding", number=number, answer=answer)

    def answer_question(
        self,
        answer: Annotated[str, Field(description="One of the options as it is offered, or a text")],
        reason: Annotated[str, Field(description="Why, in a sentence")] = "",
    ) -> str:
        """Answer what another agent asks, where this turn is for that. End your turn afterwards."""
        return self._ask("answer_question", answer=answer, reason=reason)

    def lay_plan(
        self,
        title: Annotated[str, Field(description="What comes of it, in a line")],
        text: Annotated[
            str,
            Field(
                description="Markdown: why, then `## Stages`, a `### NAME` for each stage, and below it a list of issues "
                "as `1. What is to be done @role !priority`, its text indented; numbered ones come one after the other"
            ),
        ],
    ) -> str:
        """For coordinators: split your issue. The plan is a draft that people read, change and start."""
        return self._ask("lay_plan", title=title, text=text)

    def ask_role(
        self,
        role: Annotated[
            str, Field(description="Whom: reviewer, security, architect, test, docs, coder or pm")
        ],
        text: Annotated[str, Field(description="What you want to know, the gist in the first line")],
        issue: Annotated[str, Field(description="The issue whose work it is about, as i-7k2m")] = "",
    ) -> str:
        """For coordinators: ask a role for a review or another answer. It does not wait: you go on with what was said."""
        return self._ask("ask_role", role=role, text=text, issue=issue)

    def collect_answers(self) -> str:
        """For coordinators: what came of your plan, of what you asked, and of the votes you called."""
        return self._ask("collect_answers")
