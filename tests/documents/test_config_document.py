"""config.toml: typed settings, problems with lines, one setting changed at a time."""

from datetime import timedelta

import pytest

from dispatchd.documents.config_document import list_settings, read_config, set_setting, shown
from dispatchd.documents.config_values import Config
from dispatchd.documents.setting_kinds import BadSetting, read_duration, write_duration
from dispatchd.domain.errors import Rejected
from tests.documents.document_cast import CONFIG_TEXT, changed_lines


def config_of(text: str) -> Config:
    config = read_config(text).config
    assert config is not None
    return config


def test_the_example_reads_as_its_settings() -> None:
    reading = read_config(CONFIG_TEXT)
    assert reading.problems == ()
    config = config_of(CONFIG_TEXT)
    assert config.people == {"alice": ("alice@example.com",)}
    assert config.commands == {"test": "make test"}
    assert config.workspace.home == "alice-laptop"
    assert config.workspace.archive_after == timedelta(days=14)
    assert config.budget.day_usd == 20
    assert config.rules.people == config.people
    assert config.rules.types[0] == "feature"


def test_an_empty_file_says_the_defaults() -> None:
    assert read_config("").config == Config()
    assert read_config("").problems == ()


def test_one_address_needs_no_brackets_and_handles_no_sign() -> None:
    assert config_of('[people]\n"@Alice" = "a@x"\n').people == {"alice": ("a@x",)}


def test_own_types_come_besides_the_built_in_ones() -> None:
    types = config_of('[workspace]\ntypes = ["spike", "bug"]\n').rules.types
    assert types[-1] == "spike"
    assert types.count("bug") == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[workspace]\nstart_after = 30\n", 2, '"start_after" cannot be read'),
        ('[workspace]\nstart_after = "soon"\n', 2, '"start_after" cannot be read'),
        ("[workspace]\n\nstart_afer = 1\n", 3, 'There is no setting "start_afer" in [workspace]'),
        ("[workspce]\nhome = 'x'\n", 1, "There is no table [workspce]"),
        ("home = 'x'\n", 1, '"home" stands in no table'),
        ("people = 3\r\n", 1, '"people" is a table'),
        ("[agents]\nmax_running = true\n", 2, '"max_running" cannot be read'),
        ("[people]\nalice = 3\n", 2, '"alice" cannot be read'),
        ("[budget]\nday_usd = inf\n", 2, '"day_usd" cannot be read'),
        ("[workspace]\napprove_own = 'yes'\n", 2, '"approve_own" cannot be read'),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line_and_keeps_its_default(
    text: str, line: int, words: str
) -> None:
    reading = read_config(text)
    (problem,) = reading.problems
    assert (problem.line, problem.what) == (line, words)
    assert problem.hint
    assert reading.config == Config()


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = \n", 1), ("[people\n", 1), ("[people]\nalice = [\n", 2), ("x = 1\nx = 2\n", 2), ("=", 1)],
)
def test_what_is_no_toml_says_where_and_gives_no_settings(text: str, line: int) -> None:
    reading = read_config(text)
    assert reading.config is None
    (problem,) = reading.problems
    assert problem.line >= line
    assert "not TOML" in problem.what


def test_one_changed_setting_changes_one_line() -> None:
    changed = set_setting(CONFIG_TEXT, "workspace.start_after", "45s")
    assert changed_lines(CONFIG_TEXT, changed) == ['- start_after = "30s"', '+ start_after = "45s"']
    commented = set_setting(CONFIG_TEXT, "workspace.approve_own", "no")
    assert changed_lines(CONFIG_TEXT, commented) == [
        "- approve_own = true             # a person may approve what they began; an agent never",
        "+ approve_own = false             # a person may approve what they began; an agent never",
    ]
    crlf = CONFIG_TEXT.replace("\n", "\r\n")
    assert set_setting(crlf, "agents.max_running", "2") == crlf.replace("running = 4", "running = 2")


def test_a_new_setting_makes_its_table() -> None:
    changed = set_setting(CONFIG_TEXT, "sync.settle", "20ms")
    assert changed.startswith(CONFIG_TEXT.rstrip("\n"))
    assert config_of(changed).sync.settle == timedelta(milliseconds=20)
    assert config_of(set_setting("", "people.bob", "b@x, c@x")).people == {"bob": ("b@x", "c@x")}


def test_every_setting_can_be_set_to_what_it_is_shown_as() -> None:
    text = CONFIG_TEXT
    for key, value in list_settings(config_of(CONFIG_TEXT)).items():
        if key != "workspace.types":
            text = set_setting(text, key, shown(value))
    assert read_config(text).problems == ()
    assert config_of(text) == config_of(CONFIG_TEXT)


def test_a_budget_without_a_limit_is_not_written() -> None:
    capped = set_setting(CONFIG_TEXT, "budget.agent_usd", "5")
    assert config_of(capped).budget.agent_usd == 5
    assert set_setting(capped, "budget.agent_usd", "No limit") == CONFIG_TEXT


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("workspace.start_afer", "1s"),
        ("workspace", "1s"),
        ("nothing.at_all", "1"),
        ("workspace.start_after", "soon"),
        ("agents.max_running", "-1"),
        ("workspace.approve_own", "perhaps"),
        ("budget.day_usd", "nan"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(key: str, value: str) -> None:
    with pytest.raises(Rejected) as refused:
        set_setting(CONFIG_TEXT, key, value)
    assert key in str(refused.value) or f'"{value}" is none' in str(refused.value)
    assert refused.value.key == key


def test_a_refused_setting_says_first_how_one_is_written() -> None:
    with pytest.raises(Rejected, match=r'^write a time like 250ms, 30s or 5m; "never" is none$'):
        set_setting(CONFIG_TEXT, "workspace.start_after", "never")


def test_nothing_is_changed_in_a_file_that_cannot_be_read() -> None:
    with pytest.raises(Rejected, match="cannot be read"):
        set_setting("[people\n", "people.bob", "b@x")


@pytest.mark.parametrize("text", ["250ms", "30s", "5m", "1h", "14d", "0ms"])
def test_a_time_is_written_as_it_is_read(text: str) -> None:
    assert write_duration(read_duration(text)) == text


@pytest.mark.parametrize("text", ["", "s", "30", "30 parsecs", "-1s", "1s2", "9" * 30 + "d", "99999999d"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        read_duration(text)


def test_times_add_up() -> None:
    assert read_duration("1h 30m") == timedelta(minutes=90)


def test_a_kind_that_never_waits_is_said_and_the_others_count() -> None:
    reading = read_config('[notify]\nnow = ["question"]\ndigest = ["notice", "problm"]\n')
    (problem,) = reading.problems
    assert (problem.line, problem.what) == (3, '"problm" is no kind of what waits, and is never told')
    assert problem.hint == 'Did you mean "problem"?'
    assert reading.config is not None
    assert reading.config.notify.now == ("question",)


NO_COMMAND = 'There is no command "{}" below [commands]'


def test_a_check_that_is_no_command_is_named_at_its_line_and_counts_all_the_same() -> None:
    text = '[commands]\ntest = "make test"\n\n[agents]\nchecks = ["tset"]\nsubmit_checks = ["test", "lint"]\n'
    reading = read_config(text)
    assert [(each.line, each.what, each.hint) for each in reading.problems] == [
        (5, NO_COMMAND.format("tset"), 'Did you mean "test"? Until then nothing is merged'),
        (
            6,
            NO_COMMAND.format("lint"),
            'Write lint = "…" there, or take it out here. Until then no turn begins',
        ),
    ]
    assert reading.config is not None
    assert reading.config.agents.checks == ("tset",)
    (unread,) = read_config('[commands]\ntest = 3\n\n[agents]\nchecks = ["test"]\n').problems
    assert (unread.line, unread.what) == (2, '"test" cannot be read'), "what it was is in force"
