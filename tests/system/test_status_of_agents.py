"""What people see of agents at work on the status screen and in STATUS.md, also where no cell holds them."""

from collections.abc import Iterator

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, until

WAITS = "[[turn]]\nstep = [ { say = 'I look around.' }, { wait = true } ]"


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    desk.down()
    desk.dispatchd("config", "set", "agents.sandbox", "off")
    agents = AgentDesk(desk)
    desk.up()
    agents.lay("ash")
    yield agents
    agents.end_runs()


def test_status_says_who_does_what_in_no_cell_and_what_is_held(at_work: AgentDesk) -> None:
    at_work.queue("endless", WAITS)
    page = until(lambda: line_with(at_work, "I look around."), "STATUS.md does not say what ash does")
    assert "ash, since " in page
    assert "**uncontained**" in page
    screen = at_work.desk.dispatchd("status")
    assert "uncontained: I look around." in screen
    running = at_work.desk.json("status")["running"][0]
    assert (running["who"], running["doing"], running["uncontained"]) == ("ash", "I look around.", True)
    at_work.desk.dispatchd("agent", "kill", "ash")
    page = until(lambda: line_with(at_work, "held"), "STATUS.md does not say that it is held")
    assert f"dispatchd agent start {running['id']}" in page


def line_with(at_work: AgentDesk, words: str) -> str:
    """The line of STATUS.md that has *words*."""
    lines = (at_work.desk.tree / "STATUS.md").read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if words in line), "")
