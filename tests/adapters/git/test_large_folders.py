"""Lists of large folders that are written ahead of a commit are to the bit those that git itself makes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatchd.adapters.git import building, large_folders
from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.building import BUILD_SETTINGS, Builder
from dispatchd.adapters.git.folder_patch import patched
from dispatchd.adapters.git.large_folders import folders_ahead
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import AuditCommit, CommitId
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository, status

SHA1_BYTES = 20
# Names of which one begins the other, where a folder sorts elsewhere than a file of its name, and ids with zeros in them.
NAMES = st.sampled_from(("a", "a-b", "a.md", "a0", "ü.md"))
PATHS = st.builds("{}{}".format, st.sampled_from(("", "issues/", "issues/a/", "archive/2026/11/")), NAMES)
OWN_PATHS = st.builds("{}{}".format, st.sampled_from(("issues/", "archive/2026/11/")), NAMES)
CONTENTS = st.sampled_from((b"", b"one\n", b"two\n", b"three\n"))
TREES = st.dictionaries(PATHS, CONTENTS, max_size=12)
NEW_CONTENTS = st.one_of(st.none(), CONTENTS)
CHANGES = st.one_of(
    st.dictionaries(PATHS, NEW_CONTENTS, min_size=1, max_size=5),
    st.dictionaries(OWN_PATHS, NEW_CONTENTS, min_size=1, max_size=5),
)
MODES = st.sampled_from((b"100644", b"100755", b"120000", b"160000", b"40000"))
IDS = st.one_of(st.binary(min_size=20, max_size=20), st.just(b"\x00100644 a\x00" * 2))
RAW_NAMES = st.text("a-0", min_size=1, max_size=3).map(str.encode)
ENTRIES = st.dictionaries(RAW_NAMES, st.tuples(MODES, IDS), max_size=30)
EDITS = st.dictionaries(RAW_NAMES, st.one_of(st.none(), IDS), max_size=6)


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def places(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> RepositoryPlaces:
    person = repository(tmp_path_factory.mktemp("code"), f"--object-format={request.param}")
    return init(person.folder).places


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_folders, "LARGE", 1)
    monkeypatch.setattr(building, "LARGE_INDEX", 0)


def listing_of(entries: Mapping[bytes, tuple[bytes, bytes]]) -> bytes:
    """What git keeps of a folder, by git's rule for its order."""

    def place(name: bytes) -> bytes:
        return name + (b"/" if entries[name][0] == b"40000" else b"")

    return b"".join(
        b"%b %b\0%b" % (entries[name][0], name, entries[name][1]) for name in sorted(entries, key=place)
    )


@settings(max_examples=400)
@given(entries=ENTRIES, edits=EDITS)
def test_a_list_with_a_few_changes_is_the_list_made_anew(
    entries: dict[bytes, tuple[bytes, bytes]], edits: dict[bytes, bytes | None]
) -> None:
    after = dict(entries)
    for name, new in edits.items():
        after.pop(name, None)
        if new is not None:
            after[name] = (b"100644", new)
    assert patched(listing_of(entries), edits, SHA1_BYTES) == listing_of(after)


def test_an_entry_is_found_wherever_it_stands_in_a_long_list() -> None:
    entries = {b"i-%05d.md" % number: (b"100644", b"%020d" % number) for number in range(0, 9000, 3)}
    listing = listing_of(entries)
    for number in (0, 1, 2, 3, 1497, 1498, 4500, 8996, 8997, 8998):
        for new in (None, b"\0" * SHA1_BYTES):
            name = b"i-%05d.md" % number
            after = {each: kept for each, kept in entries.items() if each != name}
            if new is not None:
                after[name] = (b"100644", new)
            assert patched(listing, {name: new}, SHA1_BYTES) == listing_of(after)


@pytest.mark.parametrize("broken", [b"100644 a", b"100644 a\0short", b"\0" * 30, b"100644 a\0" + b"1" * 21])
def test_what_is_no_list_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="no entry"):
        patched(broken, {b"a": None}, SHA1_BYTES)


@pytest.mark.usefixtures("all_are_large")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(standing=TREES, batches=st.lists(CHANGES, min_size=1, max_size=3))
def test_commits_are_those_that_git_makes_alone(
    places: RepositoryPlaces, standing: dict[str, bytes], batches: Sequence[dict[str, bytes | None]]
) -> None:
    head = GitAuditLog(places).head()
    commits = [a_commit(changes, f"step {number}") for number, changes in enumerate(batches)]
    (parent,) = made(places, [a_commit(standing, "what stands")], head, ahead=False)
    with_lists = made(places, commits, parent, ahead=True)
    person = Person(places.tree)
    assert person.git("fsck", "--strict", "--no-dangling", with_lists[-1]) == ""
    assert with_lists == made(places, commits, parent, ahead=False)


def made(
    places: RepositoryPlaces, commits: Sequence[AuditCommit], parent: CommitId, *, ahead: bool
) -> tuple[CommitId, ...]:
    """The ids of *commits*; they stand nowhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "LARGE_INDEX", 0 if ahead else 1 << 60)
        return (
            Builder(places, GitRunner(places.admin_dir, places.tree))
            .build(commits, parent, is_noted=False)
            .commits
        )


@pytest.fixture
def fresh(tmp_path: Path) -> RepositoryPlaces:
    return init(repository(tmp_path / "code").folder).places


def written(places: RepositoryPlaces, *changes: Mapping[str, bytes | None]) -> list[list[str]] | None:
    """The folders that are written ahead of commits with these *changes*."""
    log = GitAuditLog(places)
    commits = [a_commit(each) for each in changes]
    ahead = folders_ahead(GitRunner(places.admin_dir, places.tree), commits, log.head(), BUILD_SETTINGS)
    return None if ahead is None else [sorted(each) for each in ahead]


@pytest.mark.usefixtures("all_are_large")
def test_only_a_folder_that_stands_and_changes_by_its_own_files_is_written_ahead(
    fresh: RepositoryPlaces,
) -> None:
    login = "issues/i-7k2m-login.md"
    assert written(fresh, {login: b"x", "epics/e.md": b"new folder\n"}) == [["issues"]]
    assert written(fresh, {login: b"x"}, {"config.toml": b"y"}, {login: None, "issues/b.md": b""}) == [
        ["issues"],
        [],
        ["issues"],
    ]
    assert written(fresh, {"config.toml": b"at the top\n"}) is None
    assert written(fresh, {login: None}) is None
    assert written(fresh, {login: b"x"}, {"issues/below/a.md": b"x"}) is None
    assert written(fresh, {login: b"x"}, {"issues": b"a file now\n"}) is None
    assert (
        written(fresh, *({login: b"%d" % number} for number in range(large_folders.MOST_LISTS + 1))) is None
    )


@pytest.mark.usefixtures("all_are_large")
def test_what_cannot_be_written_ahead_is_made_by_git_alone(
    fresh: RepositoryPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "LISTING_SETTINGS", ("core.looseCompression=nonsense",))
    log = GitAuditLog(fresh)
    (commit,) = log.record([a_commit({"issues/new.md": b"new\n"})], log.head())
    assert log.read(commit, DocumentPath("issues/new.md")) == b"new\n"


@pytest.mark.usefixtures("all_are_large")
def test_while_git_collects_nothing_is_left_lying_loose(fresh: RepositoryPlaces) -> None:
    (fresh.common_dir / "gc.pid").write_text("1 somewhere", encoding="utf-8")
    person, log = Person(fresh.tree), GitAuditLog(fresh)
    before = person.git("count-objects")
    log.record([a_commit({"issues/new.md": b"new\n"})], log.head())
    assert person.git("count-objects") == before


@pytest.mark.usefixtures("all_are_large")
def test_the_tree_is_level_after_commits_with_lists_written_ahead(fresh: RepositoryPlaces) -> None:
    log, person = GitAuditLog(fresh), Person(fresh.tree)
    person.writes("issues/new.md", b"new\n")
    person.writes("epics/e.md", b"epic\n")
    log.record([a_commit({"issues/new.md": b"new\n", "epics/e.md": b"epic\n"})], log.head())
    (fresh.tree / "issues/i-7k2m-login.md").unlink()
    log.record([a_commit({"issues/i-7k2m-login.md": None}, "gone")], log.head())
    assert status(fresh) == ""
    assert person.git("fsck", "--strict", "--no-dangling") == ""
    assert GitAuditLog(fresh).recover() == ()
