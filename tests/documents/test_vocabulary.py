import pytest

from dispatchd.documents.vocabulary import (
    ISSUE_STATUS_SYNONYMS,
    PRIORITY_SYNONYMS,
    bare_reference,
    canonical,
    closest,
    is_beginning,
)

STATES = (
    "unassigned", "queued", "assigned", "in_progress", "awaiting_review", "in_review", "blocked", "done", "cancelled",
)  # fmt: skip
PRIORITIES = ("critical", "high", "medium", "low")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("queued", "queued"),
        ("Queued", "queued"),
        ("In Progress", "in_progress"),
        ("in-progress", "in_progress"),
        (" IN_PROGRESS ", "in_progress"),
        ("inprogress", "in_progress"),
        ("To Do", "unassigned"),
        ("To do", "unassigned"),
        ("todo", "unassigned"),
        ("Backlog", "unassigned"),
        ("open", "unassigned"),
        ("ready", "queued"),
        ("go", "queued"),
        ("Doing", "in_progress"),
        ("WIP", "in_progress"),
        ("fixed", "done"),
        ("Closed", "done"),
        ("Won't Do", "cancelled"),
        ("won\u2019t do", "cancelled"),
        ("wontdo", "cancelled"),
        ("canceled", "cancelled"),
        ("in\u00a0progress", "in_progress"),
        ("", None),
        (" ", None),
        ("-", None),
        ("nonsense", None),
        ("queued!", None),
    ],
)
def test_states_forgive_case_blanks_and_common_words(written: str, meant: str | None) -> None:
    assert canonical(written, STATES, ISSUE_STATUS_SYNONYMS) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("urgent", "critical"),
        ("P0", "critical"),
        ("p1", "high"),
        ("Normal", "medium"),
        ("P2", "medium"),
        ("P3", "low"),
    ],
)
def test_priorities_have_common_words_too(written: str, meant: str) -> None:
    assert canonical(written, PRIORITIES, PRIORITY_SYNONYMS) == meant


def test_a_synonym_of_a_word_that_is_not_allowed_means_nothing() -> None:
    assert canonical("todo", ("done",), ISSUE_STATUS_SYNONYMS) is None


def test_every_synonym_means_a_word_that_exists() -> None:
    assert set(ISSUE_STATUS_SYNONYMS.values()) <= set(STATES)
    assert set(PRIORITY_SYNONYMS.values()) <= set(PRIORITIES)


@pytest.mark.parametrize("typed", ["", " ", "q", "queu", "in_", "In P", "awaiting", "won't", "tod"])
def test_the_first_letters_of_a_word_are_somebody_typing(typed: str) -> None:
    assert is_beginning(typed, STATES, ISSUE_STATUS_SYNONYMS)


@pytest.mark.parametrize("typed", ["queued", "done", "x", "queuedd", "in progress"])
def test_a_whole_word_and_a_wrong_one_are_no_beginning(typed: str) -> None:
    assert not is_beginning(typed, STATES, ISSUE_STATUS_SYNONYMS)


def test_a_misspelling_has_a_closest_word_and_nonsense_has_none() -> None:
    assert closest("quued", STATES) == "queued"
    assert closest("In Progess", STATES) == "in_progress"
    assert closest("zzzz", STATES) is None
    assert closest("", STATES) is None


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("e-3fq9", "e-3fq9"),
        ("[[e-3fq9]]", "e-3fq9"),
        ("[[e-3fq9-passwordless-login]]", "e-3fq9"),
        ("[[../epics/e-3fq9-passwordless-login|The epic]]", "e-3fq9"),
        ("[[e-3fq9#Stages]]", "e-3fq9"),
        ("[[Login timeout]]", "Login timeout"),
        ("[Title](../epics/e-3fq9-x.md)", "e-3fq9"),
        ("[Title](<../epics/e-3fq9 x.md>)", "e-3fq9 x"),
        ("[Login](../issues/login%20timeout.md#act)", "login timeout"),
        ("i-7k2m-send-link.md", "i-7k2m"),
        ("#123", "123"),
        ("#i-7k2m", "i-7k2m"),
        ("@ash", "ash"),
        ("ash", "ash"),
        (" `i-7k2m` ", "i-7k2m"),
        ('"[[i-7k2m]]"', "i-7k2m"),
        ("backlog-md:TASK-12", "backlog-md:TASK-12"),
        ("", ""),
    ],
)
def test_a_reference_is_read_without_its_dress(text: str, bare: str) -> None:
    assert bare_reference(text) == bare
