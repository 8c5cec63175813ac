"""Plays a script as an agent would: it edits files, runs commands, asks, waits for leave, submits. A program of its own.

It prints lines of JSON and keeps its place in its home. What only some steps need they load, so a turn costs little.
"""

# ruff: noqa: PTH103, PTH110, PTH118, PTH120, PTH123
# Those would have it load pathlib, which takes as long as all the rest.
from __future__ import annotations

import os
import sys
import time

from dispatchd.adapters.agents.quick_json import dumps, loads
from dispatchd.adapters.agents.scripted_ears import STOPPED, Ears, Interrupted, NotYet
from dispatchd.adapters.agents.talking import Refused, say
from dispatchd.adapters.processes.environment import inherited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final, Self

_TAIL: Final = 2000
_LONGEST: Final = 3600.0


def main(script: str, session: str) -> int:
    """Play the turn of *session* that is next in the *script* file."""
    turns = _turns(script)
    if isinstance(turns, str):
        _print(type="end", outcome="failed_to_start", said=turns)
        return 0
    place = os.path.join(os.path.dirname(script), f"{session}.json")
    stands = loads(_read(place)) if os.path.exists(place) else {"next": 0}
    number, first = stands["next"], stands.get("step", 0)
    over: dict[str, Any] = {"step": [{"say": "My script has no more turns."}]}
    turn: dict[str, Any] = turns[number] if number < len(turns) else over
    player = Player()
    try:
        player.ears.rest(turn.get("begins_after", 0))
    except Interrupted:
        outcome, said, player.cut_off = "interrupted", "", first
    else:
        _print(type="session", session=session)
        outcome, said = player.play(turn.get("step", []), first)
    rest = {"next": number + 1} if player.cut_off is None else {"next": number, "step": player.cut_off}
    _write(place, dumps(rest))
    _print(type="used", read=100, written=50)
    _print(type="end", outcome=outcome, said=said)
    time.sleep(turn.get("lingers", 0))
    return 0


def _turns(script: str) -> list[dict[str, Any]] | str:
    """The turns that the script has; or what is wrong with it, in words for whoever wrote it."""
    try:
        read: list[dict[str, Any]] | str = loads(_read(script))
    except FileNotFoundError:
        return "neither the issue nor the card of its agent has a block fenced as ```toml script"
    return read


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Player:
    """One turn. `cut_off`: the number of the step that the next turn begins with, where this one ended in or before it."""

    def __init__(self) -> None:
        self.ears = Ears()
        self.calls = 0
        self.said = ""
        self.cut_off: int | None = None

    def play(self, steps: list[Mapping[str, Any]], first: int = 0) -> tuple[str, str]:
        """Take the steps in order, from number *first* on; how the turn ended, and the last words."""
        for number, step in enumerate(steps[first:], first):
            verb = next(iter(step))
            does = getattr(self, f"do_{verb}", None)
            if does is None:
                return "agent_error", f"the script has a step that is none: {verb}"
            try:
                if verb != "wait":  # which is for that, and over with it
                    self.ears.hear()
                ends = _taken(does, step)
            except Refused as refused:
                if not step.get("may_fail"):
                    return "agent_error", str(refused)
                continue
            except (NotYet, Interrupted) as early:
                self.cut_off = number
                return "ok" if isinstance(early, NotYet) else "interrupted", self.said
            except OSError as error:
                return "agent_error", f"{verb}: {error}"
            if ends is not None:
                self.cut_off = number + 1 if verb == "wait" and number + 1 < len(steps) else None
                return str(ends), self.said
        return "ok", self.said

    def do_say(self, step: Mapping[str, Any]) -> None:
        """`say = "…"`."""
        self.said = str(step["say"])
        _print(type="say", text=self.said)

    def do_write(self, step: Mapping[str, Any]) -> None:
        """`write = "path", text = "…"`."""
        path = str(step["write"])
        with _Call(self, "write", path):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            _write(path, step.get("text", ""))

    def do_replace(self, step: Mapping[str, Any]) -> str | None:
        """`replace = "path", old = "…", new = "…"`."""
        path = str(step["replace"])
        with _Call(self, "edit", path) as call:
            before = _read(path)
            call.failed = step["old"] not in before
            _write(path, before.replace(step["old"], step["new"], 1))
        if call.failed and not step.get("may_fail"):
            self.said = f"{path} does not say {step['old']!r}"
            return "agent_error"
        return None

    def do_run(self, step: Mapping[str, Any]) -> str | None:
        """`run = "command"`; `ask_first = true` asks leave before, in each turn until it is answered."""
        from dispatchd.adapters.processes.runner import ProgramTimedOutError, run  # noqa: PLC0415

        command = str(step["run"])
        if step.get("ask_first") and not self._has_leave(command):
            return None if step.get("may_fail") else "ok"
        with _Call(self, "run", command) as call:
            try:
                with self.ears:
                    done = run(("/bin/sh", "-c", command), env=inherited(), timeout=_LONGEST)
            except ProgramTimedOutError as slow:
                call.failed, call.about = True, str(slow)
            else:
                call.failed = done.exit_code != 0
                call.about = (done.stdout + done.stderr).decode("utf-8", errors="replace")[-_TAIL:]
        if call.failed and not step.get("may_fail"):
            self.said = f"{command} failed: {call.about.strip()}"
            return "agent_error"
        return None

    def _has_leave(self, command: str) -> bool:
        self.calls += 1
        request = f"p{self.calls}"
        _print(type="permission", request=request, tool="run", command=command)
        while (answer := self.ears.next()) is not None:
            if answer.get("request") == request:
                if not answer["allowed"]:
                    self.said = str(answer.get("why") or "It was denied.")
                    _print(type="say", text=self.said)
                if answer.get("later"):
                    raise NotYet
                return bool(answer["allowed"])
        return False

    def do_ask(self, step: Mapping[str, Any]) -> str | None:
        """`ask = "…", options = […]`: the turn ends, unless a rule answers."""
        done = say("ask_human", _without(step, "ask", question=step["ask"]), inherited())
        if done.get("status") == "answered":
            self.do_say({"say": f"I was told: {done['answer']}"})
            return None
        self.said = f"I have asked ({done['thread']})."
        return "ok"

    def do_tell(self, step: Mapping[str, Any]) -> None:
        """`tell = "…", to = "name"`."""
        say("send_message", _without(step, "tell", text=step["tell"]), inherited())

    def do_note(self, step: Mapping[str, Any]) -> None:
        """`note = "…"`."""
        say("note_progress", {"text": step["note"]}, inherited())

    def do_vote(self, step: Mapping[str, Any]) -> None:
        """`vote = "approve", reason = "…", proposal = "p-…"`; asked for a vote, it is for that without a name."""
        with _Call(self, "cast_vote", str(step["vote"])):
            say("cast_vote", _without(step, "vote", choice=step["vote"]), inherited())
        self.said = str(step["vote"])

    def do_blocked(self, step: Mapping[str, Any]) -> str:
        """`blocked = "what is missing"`: the turn ends."""
        say("report_blocked", {"what": step["blocked"]}, inherited())
        return "ok"

    def do_submit(self, step: Mapping[str, Any]) -> str:
        """`submit = "summary"`: the turn ends."""
        say("submit_work", {"summary": step["submit"]}, inherited())
        self.said = str(step["submit"])
        return "ok"

    def do_verdict(self, step: Mapping[str, Any]) -> str:
        """`verdict = "changes", findings = […]`: the turn ends."""
        say("give_verdict", _without(step, "verdict", verdict=step["verdict"]), inherited())
        self.said = str(step["verdict"])
        return "ok"

    def do_answer(self, step: Mapping[str, Any]) -> None:
        """`answer = 1, text = "…"`."""
        say("answer_finding", {"number": step["answer"], "answer": step.get("text", "")}, inherited())

    def do_reply(self, step: Mapping[str, Any]) -> str:
        """`reply = "…", reason = "…"`: to another agent's question; the turn ends."""
        say("answer_question", _without(step, "reply", answer=step["reply"]), inherited())
        self.said = str(step["reply"])
        return "ok"

    def do_plan(self, step: Mapping[str, Any]) -> None:
        """`plan = "title", text = "…"`."""
        say("lay_plan", {"title": step["plan"], "text": step.get("text", "")}, inherited())

    def do_ask_role(self, step: Mapping[str, Any]) -> None:
        """`ask_role = "security", text = "…", issue = "i-…"`."""
        say("ask_role", _without(step, "ask_role", role=step["ask_role"]), inherited())

    def do_propose(self, step: Mapping[str, Any]) -> None:
        """`propose = "title", body = "…", voters = […]`."""
        say("propose", _without(step, "propose", title=step["propose"]), inherited())

    def do_collect(self, _step: Mapping[str, Any]) -> None:
        """`collect = true`."""
        self.said = dumps(say("collect_answers", {}, inherited()))
        _print(type="say", text=self.said)

    def do_wait(self, _step: Mapping[str, Any]) -> str:
        """`wait = true`: until somebody says stop, which ends the turn as its script has it."""
        self.ears.wait_for_the_end()
        return "interrupted"

    def do_print(self, step: Mapping[str, Any]) -> None:
        """`print = "…"`: a line as it is, whatever it is."""
        _line(str(step["print"]))

    def do_spill(self, step: Mapping[str, Any]) -> None:
        """`spill = 1000, text = "…"`: so many times the text, in one line."""
        _line(str(step.get("text", "x")) * int(step["spill"]))

    def do_exit(self, step: Mapping[str, Any]) -> None:
        """`exit = 3`: end without a word."""
        sys.stdout.flush()
        os._exit(int(step["exit"]))


def _taken(does: Callable[[Mapping[str, Any]], str | None], step: Mapping[str, Any]) -> str | None:
    """What taking *step* came to. Raises Refused where it was refused, and Interrupted where the turn was."""
    try:
        return does(step)
    except Refused as refused:
        _print(type="say", text=f"Refused: {refused}")
        if str(refused).startswith(STOPPED):
            raise Interrupted from refused
        raise


class _Call:
    """A step that is told of when it begins and when it is over."""

    def __init__(self, player: Player, tool: str, about: str) -> None:
        player.calls += 1
        self.call = f"c{player.calls}"
        self.tool = tool
        self.about = about
        self.failed = False

    def __enter__(self) -> Self:
        _print(type="tool", call=self.call, tool=self.tool, about=self.about)
        return self

    def __exit__(self, kind: object, ended_by: BaseException | None, *_: object) -> None:
        # Ended with its turn, or to be taken in a later one: that is no failure of the step.
        is_put_off = isinstance(ended_by, NotYet | Interrupted) or str(ended_by).startswith(STOPPED)
        failed = self.failed or (kind is not None and not is_put_off)
        _print(type="returned", call=self.call, failed=failed, about=self.about)


def _without(step: Mapping[str, Any], verb: str, **more: Any) -> dict[str, Any]:
    return {**{name: value for name, value in step.items() if name not in {verb, "may_fail"}}, **more}


def _print(**said: Any) -> None:
    _line(dumps(said))


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
