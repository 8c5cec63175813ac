"""What people do in each scenario, act by act; after each the daemon is left to come to rest.

An act either touches files, as hands do, or asks one thing until it is done. So an act is never half done when the
daemon ends in it, and whoever drives a real process can go on with the act that was interrupted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from dispatchd.application.requests.request import Verb

A: Final = "issues/a.md"
B: Final = "issues/b.md"
A_TEXT: Final = (
    "---\nid: i-aaaa\ntitle: A\nx-owner:   'ops team'   # kept as it is\nx-list: [ 1,2 ,3]\n---\n\n"
    "First\n\nSecond\n\nThird, without an end of line"
)
A_OWN: Final = (b"x-owner:   'ops team'   # kept as it is\n", b"x-list: [ 1,2 ,3]\n")
B_TEXT: Final = "\ufeff---\r\nid: i-bbbb\r\nowner_of: b\r\n---\r\n\r\n# B\r\n\r\nText\r\n"
B_OWN: Final = (b"\xef\xbb\xbf---\r\n", b"owner_of: b\r\n", b"\r\n# B\r\n\r\nText\r\n")
PAGE: Final = "WAITING.md"


class Stage(Protocol):
    """People's hands, in memory or on a real disk. Methods that name a path are their acts."""

    def read(self, path: str) -> str: ...
    def paths(self, folder: str = "") -> list[Any]: ...
    def save(self, path: str, text: str | bytes, *, by_rename: bool = False) -> None: ...
    def edit(self, path: str, before: str, after: str) -> None: ...
    def delete(self, *paths: str) -> None: ...
    def rename(self, path: str, to_path: str) -> None: ...
    def entity(self, subject: str) -> Any: ...
    def happened(self, name: str) -> list[Any]: ...
    def before_next_swap(self, act: Callable[[], None]) -> None: ...
    def wait(self, seconds: float) -> None: ...
    def pull(self, changes: Mapping[str, str | None]) -> None: ...
    def commit_by_hand(self, path: str) -> None: ...
    def request(
        self, verb: Verb, *, is_done: Callable[[], bool], speaker: str | None = None, **said: object
    ) -> None: ...


Act = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story: `begins` is settled before calls are counted; `own` are bytes the daemon may never change."""

    name: str
    begins: Mapping[str, str]
    acts: tuple[Act, ...]
    own: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    """By a word of the file's text, since files may be moved."""
    deletes: tuple[str, ...] = ()
    """Ids of what people delete."""


def tick(stage: Stage, path: str, box: str) -> None:
    """Open a file as it is, tick a box, save."""
    stage.edit(path, f"- [ ] {box}", f"- [x] {box}")


def _adopt_one(stage: Stage) -> None:
    stage.save("issues/slow login.md", "---\nmine:  { a: 1 }\n---\nLogin is slow\r\n\r\nsecond line\n")


def _name_one_in_the_other(stage: Stage) -> None:
    stage.edit("issues/c.md", "id: i-cccc\n", "id: i-cccc\ndepends_on: [i-dddd]\n")


def _adopt_two(stage: Stage) -> None:
    stage.save("issues/c.md", "---\nid: i-cccc\n---\n# C\n")
    stage.save("issues/d.md", "---\nid: i-dddd\n---\n# D\n", by_rename=True)


def _set_a_fact(stage: Stage) -> None:
    stage.edit(A, "status: unassigned", "status: queued")


def _write_prose(stage: Stage) -> None:
    stage.edit(A, "Second\n", "Second, and more\n\nwith a paragraph\n")


def _be_refused(stage: Stage) -> None:
    stage.edit(B, "status: unassigned", "status: in_review")


def _vote(stage: Stage) -> None:
    tick(stage, "proposals/p.md", "Approve")


def _approve_a_gate(stage: Stage) -> None:
    tick(stage, "epics/e.md", "Approve")


def _change_by_command(stage: Stage) -> None:
    stage.request(
        Verb.SET,
        is_done=lambda: stage.entity("i-aaaa").priority == "high",
        id="i-aaaa",
        changes=("priority=high", "labels+=auth"),
    )


def _make_by_command(stage: Stage) -> None:
    stage.request(
        Verb.ISSUE_NEW,
        is_done=lambda: any(
            event.issue.title == "Made by a command" for event in stage.happened("IssueOpened")
        ),
        title="Made by a command",
    )


def _type_and_rest(stage: Stage) -> None:
    stage.edit(A, "Third", "Third, longer")
    stage.wait(70.0)


def _commit_by_hand(stage: Stage) -> None:
    stage.edit(A, "status: unassigned", "status: queued")
    stage.commit_by_hand(A)


def _rename(stage: Stage) -> None:
    stage.rename(A, "issues/deep/er/moved.md")


def _swap_names(stage: Stage) -> None:
    stage.rename(B, "issues/b.tmp")
    stage.rename("issues/deep/er/moved.md", B)
    stage.rename("issues/b.tmp", "issues/deep/er/moved.md")


def _delete(stage: Stage) -> None:
    stage.delete(B)


def _bring_back(stage: Stage) -> None:
    stage.request(Verb.RESTORE, is_done=lambda: not stage.entity("i-bbbb").removed, id="i-bbbb")


def _save_under_a_write(stage: Stage) -> None:
    buffer = stage.read(A)
    stage.before_next_swap(lambda: stage.save(A, buffer.replace("Third", "Third, by a person")))
    _change_by_command(stage)


def _save_a_stale_buffer(stage: Stage) -> None:
    text = stage.read(A)
    stage.edit(A, "First", "First, by one")
    stage.wait(1.0)
    stage.save(A, text.replace("Second", "Second, by another"))


def _pull(stage: Stage) -> None:
    stage.pull(
        {
            B: stage.read(B).replace("unassigned", "done"),
            A: stage.read(A).replace("Second", "Second, by Bob"),
            "issues/by bob.md": "# From elsewhere\n\nText\n",
        }
    )


def _be_asked(stage: Stage) -> None:
    stage.request(
        Verb.ASK,
        is_done=lambda: bool(stage.happened("ThreadOpened")),
        speaker="ash",
        question="Which hash?",
        options=("argon2id", "bcrypt"),
        issue="i-aaaa",
    )


def _tick_the_page(stage: Stage) -> None:
    tick(stage, PAGE, "argon2id")


def _take_the_answer(stage: Stage) -> None:
    thread = stage.happened("ThreadOpened")[0].thread.id
    stage.request(
        Verb.RECEIVE, is_done=lambda: bool(stage.entity(thread).delivered), speaker="ash", thread=thread
    )


def _make_issues_of_a_list(stage: Stage) -> None:
    tick(stage, "epics/e.md", "Make these 2")


_TWO: Final = {A: A_TEXT, B: B_TEXT}
_OWN: Final = {"without an end of line": A_OWN, "owner_of": B_OWN}
_EPIC: Final = "---\nid: e-eeee\nstatus: ready\n---\n\n# E\n\n## Stages\n\n### Design\n\n"

SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario(name="adopt", begins={}, acts=(_adopt_one, _adopt_two, _name_one_in_the_other)),
        Scenario(
            name="edit", begins=_TWO, acts=(_set_a_fact, _write_prose, _be_refused), own={"owner_of": B_OWN}
        ),
        Scenario(
            name="vote",
            begins={
                "proposals/p.md": '---\nid: p-9xw4\nvoters: ["@alice"]\nthreshold: single_approval\n---\n\n# Use it\n\n'
                "## If it passes\n\n- create issue: Do it\n",
                "epics/e.md": _EPIC + "Gate: approval: Is it right?\n\n### Build\n",
            },
            acts=(_vote, _approve_a_gate),
        ),
        Scenario(name="render", begins=_TWO, acts=(_change_by_command, _make_by_command), own=_OWN),
        Scenario(name="commit", begins=_TWO, acts=(_type_and_rest, _commit_by_hand), own=_OWN),
        Scenario(name="rename", begins=_TWO, acts=(_rename, _swap_names), own=_OWN),
        Scenario(
            name="delete", begins=_TWO, acts=(_delete, _bring_back, _delete), own={}, deletes=("i-bbbb",)
        ),
        Scenario(name="merge", begins=_TWO, acts=(_save_under_a_write, _save_a_stale_buffer)),
        Scenario(name="pull", begins=_TWO, acts=(_pull,)),
        Scenario(
            name="waiting",
            begins={A: A_TEXT},
            acts=(_be_asked, _tick_the_page, _take_the_answer),
        ),
        Scenario(
            name="list",
            begins={"epics/e.md": _EPIC + "1. Send\n   it\n2. Show\n"},
            acts=(_make_issues_of_a_list,),
        ),
    )
}
