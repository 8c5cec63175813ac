"""What an agent leaves open in its words swallows nothing below them, and how much one turn opens has an end."""

import pytest

from dispatchd.application.agents.speaking import MOST_OPENED, speak
from dispatchd.domain.errors import Rejected
from tests.application.test_story_of_a_coordinator import ISSUE, Lead
from tests.application.world import World
from tests.fakes.instant_store import run

OPEN = ("Look:\n\n```\ncode", "~~~~\ncode", "<!-- hidden", "<script><pre>\n\nx")


@pytest.mark.parametrize("body", OPEN)
def test_a_proposal_is_voted_on_whatever_its_author_leaves_open(world: World, body: str) -> None:
    lead = Lead(world)
    lead.say("propose", title="Use argon2id", body=body, voters=["@alice"])
    world.settle()
    (path,) = world.paths("proposals/")
    text = world.read(path)
    assert "\n## Votes\n" in text
    world.edit(path, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert [type(each.event).__name__ for each in world.events()].count("VoteCast") == 1


@pytest.mark.parametrize("body", OPEN)
def test_a_question_is_answered_whatever_its_author_leaves_open(world: World, body: str) -> None:
    lead = Lead(world)
    lead.say("ask_human", question="Which?", text=body, options=["Blue", "Green"])
    world.settle()
    (path,) = world.paths("inbox/")
    world.edit(path, "- [ ] Blue", "- [x] Blue")
    world.settle()
    answered = [each.event for each in world.events() if type(each.event).__name__ == "ThreadAnswered"]
    assert len(answered) == 1


def test_one_turn_puts_no_more_than_some_files_before_others(world: World) -> None:
    lead = Lead(world)
    world.save("config.toml", world.read("config.toml").replace("votes = 1", "votes = 100"))
    world.settle()
    desk = lead.desk
    for number in range(MOST_OPENED // 2):
        run(speak(desk, lead.run.id, "propose", {"title": f"Use it {number}"}))
        run(speak(desk, lead.run.id, "send_message", {"text": f"Look {number}."}))
        with pytest.raises(Rejected):
            run(speak(desk, lead.run.id, "propose", {"title": ""}))
    for verb in ("propose", "send_message", "request_review"):
        with pytest.raises(Rejected, match=f"you have opened {MOST_OPENED} messages and proposals"):
            run(speak(desk, lead.run.id, verb, {"title": "One more", "text": "One more"}))
    lead.end(lead.run)
    turn = lead.start("kit", ISSUE)
    assert run(speak(desk, turn.id, "propose", {"title": "In another turn"}))
