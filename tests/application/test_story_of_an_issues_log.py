"""The log of an issue tells its whole story: what was asked, told and answered about it stands in its place."""

from contextlib import closing

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.requests.request import Verb
from dispatchd.domain.command import DeliverAnswer
from tests.application.office import Office
from tests.application.world import World

ISSUE = "i-7k2m"


def told(world: World, subject: str | None = None) -> list[str]:
    """Oldest first."""
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        return [row.told for row in model.log(subject)][::-1]


def test_questions_leave_and_answers_stand_in_the_log_of_their_issue(world: World) -> None:
    world.save("issues/other.md", "---\nid: i-2222\ntitle: Other\n---\n\nx\n")
    office = Office(world, "")
    world.ask(Verb.ASK, speaker="ash", question="What of the other?", issue="i-2222")
    question = office.asks("Which hash?", "argon2id", "bcrypt")["thread"]
    office.wants("make lint")
    leave = office.thread().id
    world.ask(Verb.ANSWER, thread=question, option="bcrypt")
    world.ask(Verb.ANSWER, thread=leave, option="Allow once")
    office.daemon(DeliverAnswer(thread=question))
    world.ask(Verb.TELL, speaker="ash", text="It lints.", to="alice", issue=ISSUE)
    story = told(world, ISSUE)
    wanted = [
        "opens i-7k2m: Login",
        "starts ash on i-7k2m",
        "asks: Which hash?",
        "asks leave for ash: Bash: make lint",
        f"answers {question}: bcrypt",
        f"answers {leave}: Allow once",
        f"passes on the answer to {question}",
        "writes to alice: It lints.",
    ]
    places = [next(n for n, line in enumerate(story) if each in line) for each in wanted]
    assert places == sorted(places)
    assert not [line for line in story if "other" in line]
    assert [line for line in told(world) if "What of the other?" in line]
