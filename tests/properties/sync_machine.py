"""The machine whole: what people do in files, and what agents, commits, crashes and time do."""

import re

from hypothesis import strategies as st
from hypothesis.stateful import rule

from dispatchd.application.requests.request import Verb
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.domain.errors import Rejected
from tests.application.who_and_what import ALICE
from tests.application.world import BOB
from tests.fakes.fake_system import Crashed
from tests.properties.persons_rules import ANY, FOREIGN, ID, VALUES, WAITS, WORD
from tests.properties.steering_rules import SteeringRules

__all__ = ["FOREIGN", "SyncRules"]
LISTED = re.compile(r"^\d\. \S")


class SyncRules(SteeringRules):
    """Everything that can happen."""

    def ask(self, verb: Verb, speaker: str | None, **arguments: object) -> None:
        try:
            self.world.ask(verb, speaker=speaker, **arguments)
        except Rejected:
            return
        except Crashed:
            self.world.restart(power_cut=self.world.cuts_power)

    @rule(
        number=ANY,
        change=st.sampled_from(
            (
                "status=queued",
                "status=done",
                "status=in_progress",
                "priority=critical",
                "labels+=asked",
                "labels-=one",
            )
        ),
        is_agent=st.booleans(),
    )
    def set_by_request(self, number: int, change: str, is_agent: bool) -> None:
        subject = ("i-aaaa", "i-bbbb", "i-cccc")[number % 3]
        self.ask(Verb.SET, "ash" if is_agent else None, id=subject, changes=(change,))

    @rule(
        number=ANY, how=st.sampled_from(("up", "strike", "delete", "copy", "rename", "more", "other stage"))
    )
    def edit_the_list(self, number: int, how: str) -> None:
        path = self.pick(number, "epics/")
        text = self.text_of(path) if path is not None else None
        lines = [line for line in (text or "").splitlines(keepends=True) if LISTED.match(line)]
        if path is None or text is None or not lines:
            return
        line = lines[number % len(lines)]
        mark, words = line.split(" ", 1)
        after = {
            "up": text.replace(line, "", 1).replace(lines[0], line + lines[0], 1),
            "strike": text.replace(line, f"{mark} ~~{words.rstrip()}~~\n", 1),
            "delete": text.replace(line, "", 1),
            "copy": text.replace(line, line + line, 1),
            "rename": text.replace(line, line.replace("S", "Re-s", 1), 1),
            "more": text.replace(line, f"{line}{mark} Something more\n", 1),
            "other stage": text.replace(line, "", 1).replace("### Build\n", f"### Build\n\n{line}\n", 1),
        }[how]
        self.put(path, after.encode())

    @rule(number=ANY)
    def restore(self, number: int) -> None:
        self.ask(Verb.RESTORE, None, id=("i-aaaa", "i-bbbb", "i-cccc")[number % 3])

    @rule(choice=st.sampled_from(("approve", "reject")))
    def an_agent_votes(self, choice: str) -> None:
        self.ask(Verb.VOTE, "ash", proposal="p-9xw4", choice=choice, reason="so")

    @rule()
    def an_agent_tries_to_decide(self) -> None:
        self.ask(Verb.GATE_APPROVE, "ash", epic="e-3fq9")
        self.ask(Verb.OVERRIDE, "ash", proposal="p-9xw4", how="force approve", reason="quick")
        self.ask(Verb.SET, "ash", id="i-aaaa", changes=("status=done!",))
        for path in self.world.paths("inbox/"):
            record = self.world.record(path)
            if record is not None:
                self.ask(Verb.ANSWER, "ash", thread=record.subject, option="x", text="")

    @rule(number=ANY)
    def an_agent_asks(self, number: int) -> None:
        if len(self.world.paths("inbox/")) < 4:
            subject = ("i-aaaa", "i-bbbb", "i-cccc")[number % 3]
            self.ask(Verb.ASK, "ash", question=f"Which {self.count}?", options=("x", "y"), issue=subject)

    @rule(number=ANY, key=st.sampled_from(("status", "priority")), value=ANY)
    def a_commit_arrives(self, number: int, key: str, value: int) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if not path or not text or self.world.on_branch(path) != text:
            return
        changed = self.with_fact(text, key, VALUES[key][value % 2])
        changed = changed.replace("\nEnd", f"\nEnd {self.word()}", 1)
        if changed != text:
            self.owed_words |= set(WORD.findall(changed))
            self.world.commit({path: changed}, BOB)
            self.note_text(path, changed.encode())

    @rule(number=ANY)
    def a_person_commits_what_they_saved(self, number: int) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if path and text and self.world.on_branch(path) not in (None, text):
            self.world.commit({path: text}, ALICE, writes_files=False)

    # -- time and faults ---------------------------------------------------------------------------------------

    @rule(seconds=WAITS)
    def time_passes(self, seconds: float) -> None:
        self.world.advance(seconds)
        self.note_texts()

    @rule()
    def a_round(self) -> None:
        self.world.round()
        self.note_texts()

    @rule()
    def nobody_watches(self) -> None:
        self.world.is_deaf = not self.world.is_deaf
        self.world.scan()

    @rule(ahead=st.integers(min_value=1, max_value=60), power_cut=st.booleans())
    def the_process_will_end(self, ahead: int, power_cut: bool) -> None:
        self.world.cuts_power = power_cut
        self.world.steps.fatal = self.world.steps.taken + ahead

    @rule(power_cut=st.booleans())
    def the_process_ends(self, power_cut: bool) -> None:
        self.world.restart(power_cut=power_cut)
        self.note_texts()

    @rule(
        call=st.sampled_from(("exchange", "rename_new", "create", "flush")),
        number=ANY,
        place=st.sampled_from(("Beginning", "Middle", "End")),
    )
    def a_save_races_a_write(self, call: str, number: int, place: str) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if not path or not text or not rev_of(text):
            return
        changed = text.replace(f"\n{place}", f"\n{place} {self.word()}", 1).encode()

        def race() -> None:
            # By then the names may have been swapped, and to put one text over another's is to delete that one.
            if re.findall(ID, self.text_of(path) or "") == re.findall(ID, text):
                self.put(path, changed)

        self.note_text(path, text.encode())
        self.world.tree.before_next(call, race)

    @rule(call=st.sampled_from(("create", "write", "flush", "exchange")), code=st.sampled_from((28, 5, 13)))
    def the_disk_fails(self, call: str, code: int) -> None:
        self.world.tree.fail(call, code, code)

    def come_to_rest(self) -> None:
        """Everything that was to happen later does not any more, and the daemon finishes."""
        self.world.is_deaf = False
        self.world.steps.fatal = None
        script = self.world.tree.system.script
        script.before_next.clear()
        script.failing.clear()
        self.world.save("config.toml", self.world.read("config.toml").replace("[broken\n", ""))
        self.world.scan()
        self.world.settle()
