from pathlib import Path

import pytest

from dispatchd.adapters.git.identity import GitPersonIdentity
from dispatchd.application.ports.person_identity import PersonName
from tests.adapters.git.git_sandbox import init, repository


def test_the_identity_is_the_one_git_would_commit_with(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    places = init(person.folder).places
    read = GitPersonIdentity().user_identity
    assert read(places) == PersonName(name="Alice Doe", email="alice@example.com", is_configured=True)
    person.git("config", "user.email", "alice@work.example")
    assert read(places).email == "alice@work.example"
    person.git("config", "author.email", "a.doe@example.com")
    person.git("config", "author.name", "Dr A. Doe")
    assert read(places) == PersonName(name="Dr A. Doe", email="a.doe@example.com", is_configured=True)


def test_without_an_address_the_login_name_at_local_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "none").touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("EMAIL", "ignored@example.com")
    found = GitPersonIdentity().user_identity(init(repository(tmp_path / "code").folder).places)
    assert found.name
    assert (found.email, found.is_configured) == (f"{found.name}@local", False)
