"""What people say below an issue's activity, the brake as a file, and asking for things to be taken back or renamed."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import FactSet, IssueMoved, SetChanged
from tests.fakes.fake_system import Crashed
from tests.properties.persons_rules import ANY, PersonsRules

HEADING = "\n## Activity\n"
FORMS = ("{}\n", "\n{}\n", "\nTwo\n\n- {}\n\n```\ncode\n```\n", "\n- 2026-11-21 07:12Z, **Bob Roe**: {}\n")


class SteeringRules(PersonsRules):
    """Every comment has a word of its own, as all prose has; it may be quoted, but not be lost."""

    @rule(number=ANY, form=st.sampled_from(FORMS))
    def say(self, number: int, form: str) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if path and text:
            heading = "" if HEADING in text else HEADING
            self.put(path, f"{text.rstrip()}\n{heading}{form.format(self.word())}".encode())

    @rule(number=ANY)
    def say_above_what_was_said(self, number: int) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if path and text and HEADING in text:
            self.put(path, text.replace(HEADING, f"{HEADING}\n{self.word()}\n", 1).encode())

    @rule(is_agent=st.booleans(), number=ANY)
    def say_by_request(self, is_agent: bool, number: int) -> None:
        subject = ("i-aaaa", "i-bbbb", "i-cccc")[number % 3]
        self.steer(Verb.COMMENT, "ash" if is_agent else None, id=subject, text=f"said {self.count}")

    @rule(name=st.sampled_from(("PAUSE", "pause.md")), reason=st.sampled_from(("", "Red\n")))
    def pull_or_let_go(self, name: str, reason: str) -> None:
        if self.world.tree.content(name) is None:
            self.world.save(name, reason)
        else:
            self.world.delete(name)

    @rule(verb=st.sampled_from((Verb.PAUSE, Verb.RESUME, Verb.TIDY)))
    def steer_by_request(self, verb: Verb) -> None:
        self.steer(verb, None)

    @rule(number=ANY)
    def take_something_back(self, number: int) -> None:
        done = [
            each for each in self.world.events() if isinstance(each.event, FactSet | IssueMoved | SetChanged)
        ]
        if done:
            self.steer(Verb.UNDO, None, event=done[-1 - number % min(len(done), 5)].id)

    def steer(self, verb: Verb, speaker: str | None, **arguments: object) -> None:
        """Ask; a refusal is an answer, and the process may end over it."""
        try:
            self.world.ask(verb, speaker=speaker, **arguments)
        except Rejected:
            return
        except Crashed:
            self.world.restart(power_cut=self.world.cuts_power)
