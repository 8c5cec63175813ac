"""What people say below an issue's activity: each thing once, signed, however it was saved."""

import pytest

from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from tests.application.world import BOB, World

ISSUE = "issues/login.md"
TEXT = "---\nid: i-7k2m\nstatus: queued\n---\n\n# Login times out\n\nIt gives up after two seconds.\n"
MOST = 100.0
"""Seconds: longer than prose rests."""


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(ISSUE, TEXT)
    world.settle()
    world.ask(Verb.ASK, speaker="ash", question="Which hash?", issue="i-7k2m")
    world.settle()


def activity(world: World) -> str:
    return world.read(ISSUE).split("## Activity\n")[1]


def said(world: World) -> list[tuple[str, str]]:
    return [(each.by.name, each.text) for each in world.entity("i-7k2m").comments if not each.withdrawn]


def say(world: World, text: str) -> None:
    world.save(ISSUE, world.read(ISSUE) + text)


def test_text_at_the_end_becomes_a_signed_line_once_it_has_rested(world: World) -> None:
    say(world, "\nIt also happens behind the proxy.\n")
    world.advance(20.0)
    assert activity(world).endswith("\n\nIt also happens behind the proxy.\n")
    assert said(world) == []
    world.advance(MOST)
    assert "Z, **Alice Doe**: It also happens behind the proxy.\n" in activity(world)
    assert activity(world).count("behind the proxy") == 1
    assert activity(world).strip().count("\n\n") == 0
    assert said(world) == [("Alice Doe", "It also happens behind the proxy.")]
    assert any(
        "Alice Doe comments on i-7k2m (Login times out): It also happens" in line for line in world.told()
    )
    world.settle()
    assert any(line.startswith("Alice Doe: Alice Doe comments on i-7k2m") for line in world.subjects())


def test_a_line_right_below_the_last_one_is_a_comment_too(world: World) -> None:
    say(world, "Me too.\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "Me too.")]
    assert activity(world).count("Me too.") == 1
    assert "asks: [Which hash?]" in activity(world)


def test_what_is_typed_with_an_editor_that_saves_by_itself_is_one_comment(world: World) -> None:
    words = "The proxy drops the header, so the session is new each time. Two retries are not enough."
    base = world.read(ISSUE) + "\n"
    for end in range(5, len(words) + 1, 5):
        world.save(ISSUE, base + words[:end])
        world.advance(4.0)
    world.save(ISSUE, base + words + "\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", words)]
    assert activity(world).count("proxy") == 1


def test_everything_in_it_is_kept_byte_for_byte(world: World) -> None:
    text = (
        "First.  \nSecond line with\ttab\n\n- [x] Approve\n* one\n\n```sh\nls   -la\n\n# no heading\n```\n\n"
        "    code\n\n> quoted\n\ndispatchd: is not talking\n<!-- not closed"
    )
    say(world, f"\n{text}\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", text)]
    lines = activity(world).split("**Alice Doe**:\n")[1].rstrip("\n").split("\n")
    kept = [line.removeprefix("  >").removeprefix(" ") for line in lines]
    assert "\n".join(kept).replace(" dispatchd:", "dispatchd:") == text
    before = world.read(ISSUE)
    world.save(ISSUE, before.replace("two seconds", "three seconds"))
    world.advance(MOST)
    assert activity(world) == before.split("## Activity\n")[1]
    assert len(said(world)) == 1


def test_two_texts_with_a_line_of_the_daemons_between_are_two_comments(world: World) -> None:
    head, tail = world.read(ISSUE).split("## Activity\n")
    world.save(ISSUE, f"{head}## Activity\n\nAbove it.\n{tail}\nBelow it.\n")
    world.advance(MOST)
    assert sorted(text for _, text in said(world)) == ["Above it.", "Below it."]


def test_the_persons_own_heading_will_do(world: World) -> None:
    world.save("issues/other.md", "---\nid: i-8p3q\n---\n\n# Other\n")
    world.settle()
    world.save("issues/other.md", world.read("issues/other.md") + "\n## activity\n\nFirst!\n")
    world.advance(MOST)
    assert [each.text for each in world.entity("i-8p3q").comments] == ["First!"]


def test_text_that_a_new_file_has_there_stays_text(world: World) -> None:
    text = "# Other\n\n## Activity\n\nAn old note.\n\n- 2020-01-01 10:00Z: from elsewhere\n"
    world.save("issues/other.md", text)
    world.settle()
    assert world.at("issues/other.md").comments == ()
    assert world.read("issues/other.md").endswith(text)
    world.save("issues/other.md", world.read("issues/other.md") + "\nA new one.\n")
    world.advance(MOST)
    assert [each.text for each in world.at("issues/other.md").comments] == ["A new one."]
    assert "An old note." in world.read("issues/other.md")
    assert "- 2020-01-01 10:00Z: from elsewhere" in world.read("issues/other.md")


def test_a_commit_from_elsewhere_is_signed_by_its_author(world: World) -> None:
    world.commit({ISSUE: world.read(ISSUE) + "\nFrom my phone.\n"}, BOB)
    world.settle()
    assert said(world) == [("Bob Roe", "From my phone.")]
    assert "**Bob Roe**: From my phone." in activity(world)
    world.settle()
    assert len(world.happened("CommentAdded")) == 1


def test_a_commit_of_what_was_saved_says_it_once(world: World) -> None:
    say(world, "\nSaid here.\n")
    saved = world.read(ISSUE)
    world.advance(MOST)
    world.commit({ISSUE: saved}, ("Alice Doe", "alice@example.com"))
    world.settle()
    assert said(world) == [("Alice Doe", "Said here.")]
    assert activity(world).count("Said here.") == 1


def test_two_people_may_say_the_same(world: World) -> None:
    base = world.read(ISSUE)
    world.commit({ISSUE: base + "\n+1\n"}, BOB)
    world.settle()
    say(world, "\n+1\n")
    world.advance(MOST)
    assert said(world) == [("Bob Roe", "+1"), ("Alice Doe", "+1")]


def test_a_stale_buffer_says_nothing_twice(world: World) -> None:
    buffer = world.read(ISSUE) + "\nSaid once.\n"
    world.save(ISSUE, buffer)
    world.advance(MOST)
    world.save(ISSUE, buffer + "\nAnd this.\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "Said once."), ("Alice Doe", "And this.")]
    assert activity(world).count("Said once.") == 1
    world.save(ISSUE, buffer)
    world.advance(MOST)
    assert len(said(world)) == 2
    assert activity(world).count("Said once.") == 1


def test_the_daemons_lines_are_put_back_and_the_file_says_so(world: World) -> None:
    world.ask(Verb.COMMENT, id="i-7k2m", text="Use v2.")
    world.settle()
    whole = activity(world)
    world.edit(ISSUE, "Use v2.", "Use v3.")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "Use v2.")]
    assert "kept as it was signed" in activity(world)
    assert "Use v3." not in world.read(ISSUE)
    world.save(ISSUE, world.read(ISSUE) + "I meant v3.\n")
    world.advance(MOST)
    assert said(world)[-1] == ("Alice Doe", "I meant v3.")
    assert "dispatchd:" not in world.read(ISSUE)
    world.save(ISSUE, world.read(ISSUE).split("\n## Activity")[0] + "\n")
    world.advance(MOST)
    assert activity(world).startswith(whole)
    assert len(said(world)) == 2


def test_an_answer_written_into_somebodys_comment_is_a_comment_of_its_own(world: World) -> None:
    world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text="One.\n\nTwo.")
    world.settle()
    world.edit(ISSUE, "  > Two.\n", "  > Two.\n  > I agree.\n")
    world.advance(MOST)
    assert said(world) == [("ash", "One.\n\nTwo."), ("Alice Doe", "I agree.")]
    assert "  > One.\n  >\n  > Two.\n- 2026" in activity(world)


def test_a_forged_signature_is_signed_by_who_wrote_it(world: World) -> None:
    say(world, "- 2026-11-21 09:00Z, **Bob Roe**: Approved, go on.\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "- 2026-11-21 09:00Z, **Bob Roe**: Approved, go on.")]
    assert "**Alice Doe**:\n  > - 2026-11-21 09:00Z, **Bob Roe**" in activity(world)


def test_a_fact_and_a_comment_in_one_save_are_both_heard(world: World) -> None:
    world.save(ISSUE, world.read(ISSUE).replace("status: queued", "status: unassigned") + "\nNot yet.\n")
    world.advance(MOST)
    assert world.field(ISSUE, "status") == "unassigned"
    assert said(world) == [("Alice Doe", "Not yet.")]


def test_what_was_being_typed_when_the_process_ended_is_heard_by_the_next(world: World) -> None:
    say(world, "\nHalf a thought\n")
    world.advance(5.0)
    world.restart()
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "Half a thought")]


def test_a_finished_issue_takes_comments_and_a_deleted_one_does_not(world: World) -> None:
    world.edit(ISSUE, "status: queued", "status: done")
    world.settle()
    say(world, "\nIt came back.\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "It came back.")]
    world.delete(ISSUE)
    world.settle()
    with pytest.raises(Rejected, match="restore i-7k2m"):
        world.ask(Verb.COMMENT, id="i-7k2m", text="Hello?")


def test_agents_speak_in_their_own_name_and_nobody_says_nothing(world: World) -> None:
    world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text="Started with the proxy.\n")
    world.settle()
    assert "Z, **ash**: Started with the proxy.\n" in activity(world)
    with pytest.raises(Rejected, match="says nothing"):
        world.ask(Verb.COMMENT, id="i-7k2m", text=" \n\n")


def test_line_ends_of_the_file_are_kept(world: World) -> None:
    text = world.read(ISSUE).replace("\n", "\r\n")
    world.save(ISSUE, text + "\r\nOne\r\n\r\nTwo\r\n")
    world.advance(MOST)
    assert said(world) == [("Alice Doe", "One\n\nTwo")]
    assert "**Alice Doe**:\r\n  > One\r\n  >\r\n  > Two\r\n" in world.read(ISSUE)
    assert "\n" not in world.read(ISSUE).replace("\r\n", "")


def test_comments_that_a_file_brings_along_stay_who_said_them(world: World) -> None:
    world.ask(Verb.COMMENT, id="i-7k2m", text="One.\n\ndispatchd: is a word\n- two")
    world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text="Three.")
    world.settle()
    body = world.read(ISSUE).split("---\n", 2)[2].replace("**ash**", "**Carol Poe**")
    anew = World({"issues/login.md": body})
    anew.settle()
    assert anew.read(ISSUE).endswith(body)
    found = anew.at(ISSUE)
    assert [(each.by.name, each.text) for each in found.comments] == [
        ("Alice Doe", "One.\n\ndispatchd: is a word\n- two"),
        ("Carol Poe", "Three."),
    ]
    anew.save(ISSUE, anew.read(ISSUE) + "Four.\n")
    anew.advance(MOST)
    assert [each.text for each in anew.at(ISSUE).comments][2:] == ["Four."]
    assert anew.read(ISSUE).count("Three.") == 1
    anew.store.remove()


def test_what_an_agent_says_leaves_the_file_one_that_can_be_read(world: World) -> None:
    """A file beyond 1 MiB is not read: a status saved in it would be nobody's word."""
    for number in range(10):
        world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text=f"{number}\n" + "x" * 89_000)
    with pytest.raises(Rejected, match="put it into a file in context/"):
        world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text="x" * 89_000)
    world.settle()
    world.ask(Verb.COMMENT, speaker="ash", id="i-7k2m", text="Short.")
    world.settle()
    assert len(world.read(ISSUE).encode()) < LARGEST_FILE
    world.save(ISSUE, world.read(ISSUE).replace("status: queued", "status: cancelled"))
    world.settle()
    assert world.entity("i-7k2m").status.value == "cancelled"
