"""The language server as an editor meets it: a process, a protocol, a repository with its daemon."""

from collections.abc import Callable, Iterator

import pytest

from tests.system.desk import Desk, until
from tests.system.language_client import LanguageClient, applied

EPIC = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Login ö𝄞\n\n## Stages\n\n### Design\n\nGate: approval: ö𝄞?\n"
NewClient = Callable[..., LanguageClient]


@pytest.fixture
def client_at() -> Iterator[NewClient]:
    started: list[LanguageClient] = []

    def start(desk: Desk, *, shows_documents: bool = False) -> LanguageClient:
        started.append(LanguageClient(desk.root, shows_documents=shows_documents))
        return started[-1]

    yield start
    assert [client.end() for client in started] == [0] * len(started)


@pytest.fixture
def epic(desk: Desk) -> str:
    desk.save("epics/login.md", EPIC)
    desk.sync()
    until(lambda: "- [ ] Approve" in desk.read("epics/login.md"), "no gate asks")
    return "epics/login.md"


def test_a_refusal_is_said_while_one_types_and_nothing_is_written(
    desk: Desk, epic: str, client_at: NewClient
) -> None:
    client, file, before = client_at(desk), desk.path(epic), desk.events()
    client.open(file)
    assert client.said_of(file) == []
    text = desk.read(epic)
    client.type(file, text.replace("status: awaiting_gate", "status: completed"))
    (message,) = client.said_of(file)
    client.type(file, text)
    assert client.said_of(file) == []
    desk.sed("s/^status: .*/status: completed/", epic)
    desk.sync()
    until(lambda: message in desk.read(epic), "the save was answered in other words")
    assert len(desk.events()) == len(before) + 1


def test_an_action_ticks_the_box_in_the_buffer_and_the_save_is_the_act(
    desk: Desk, epic: str, client_at: NewClient
) -> None:
    client, file, before = client_at(desk), desk.path(epic), desk.read(epic)
    client.open(file)
    approve = client.actions(file)["Approve (Design)"]
    assert approve["kind"] == "dispatchd.act"
    assert desk.read(epic) == before
    assert "GateApproved" not in desk.event_types("e-3fq9")
    desk.save(epic, applied(before, approve, file))
    desk.sync()
    assert "- [x] Approved (" in desk.read(epic)
    assert desk.event_types("e-3fq9").count("GateApproved") == 1


def test_where_a_reason_is_needed_the_pointer_is_put_there(
    desk: Desk, epic: str, client_at: NewClient
) -> None:
    client, file = client_at(desk, shows_documents=True), desk.path(epic)
    client.open(file)
    action = client.actions(file)["Reject … (Design)"]
    client.ask("workspace/executeCommand", action["command"])
    (shown,) = until(lambda: client.shown, "nothing was shown")
    line = desk.read(epic).split("\n")[shown["selection"]["start"]["line"]]
    assert line == "- [ ] Reject:"
    assert shown["selection"]["start"]["character"] == len(line)


def test_what_others_do_meanwhile_changes_what_is_said(desk: Desk, epic: str, client_at: NewClient) -> None:
    desk.save("issues/mail.md", "---\nid: i-2b9x\n---\n\nMail\n")
    desk.save("issues/login.md", "---\nid: i-7k2m\n---\n\nLogin\n")
    desk.sync()
    client, file = client_at(desk), desk.path("issues/login.md")
    client.open(
        file, desk.read("issues/login.md").replace("priority:", "epic: e-3fq9\nstage: Two\npriority:")
    )
    assert "the stages of e-3fq9" in client.said_of(file)[0]
    desk.sed("s/^### Design/### Two/", epic)
    desk.sync()
    until(lambda: client.notes[file.as_uri()] == [], "the remark still stands")


def test_a_file_outside_of_any_tree_is_left_alone(desk: Desk, client_at: NewClient) -> None:
    client = client_at(desk)
    readme = desk.root / "README.md"
    readme.write_text("---\nstatus: nonsense\n---\n\n- [ ] Approve\n", encoding="utf-8")
    client.open(readme)
    assert client.actions(readme) == {}
    assert client.ask("textDocument/hover", client.at(readme, 1, 3)) is None
    assert readme.as_uri() not in client.notes


def test_without_a_database_documents_are_read_all_the_same(idle_desk: Desk, client_at: NewClient) -> None:
    client, file = client_at(idle_desk), idle_desk.path("issues/new.md")
    client.open(file, "---\ntitle: x\ntitle: y\n---\n")
    assert "stands on line 2 and on line 3" in client.said_of(file)[0]
    assert not (idle_desk.private / "state.db").exists()


def test_a_stage_cannot_be_renamed_to_one_there_is(desk: Desk, epic: str, client_at: NewClient) -> None:
    client, file = client_at(desk), desk.path(epic)
    client.open(file, desk.read(epic) + "\n### Build\n")
    line = desk.read(epic).split("\n").index("### Design")
    asked = {**client.at(file, line, 6), "newName": "Build"}
    assert "give this one a name of its own" in client.ask("textDocument/rename", asked)["error"]
    assert client.ask("textDocument/rename", {**asked, "newName": "Plan"})["changes"]
