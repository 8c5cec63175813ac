"""What a check showed: whether the tests did what their phase expects of them. Nobody's word is asked.

Red: there are new tests, each of them fails, and every test there was before passes. Green: all pass, and among them are
those that were red: a test that is left out, or skipped, has not passed. Where the command leaves no results, its exit
code has to do, unless it left some at red.
"""

from collections.abc import Mapping
from typing import Final

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.wording import counted, listed
from dispatchd.domain.workflow import Expectation

Results = Mapping[str, bool]
"""Of each test that ran, whether it passed."""
_NO_PROGRAM: Final = frozenset({126, 127})
"""What a shell says of a command that it could not run."""
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`why` says in a clause what it came to."""

    as_expected: bool
    why: str
    passed: int = 0
    failed: int = 0
    fresh: int = 0
    fresh_failed: int = 0
    red: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What green has to show besides: that the tests that were `red` ran, and of all at least as many as at red did."""

    red: tuple[str, ...] = ()
    least: int = 0


NOTHING_WANTED: Final = Wanted()


def judged(
    expect: Expectation,
    exit_code: int | None,
    now: Results | None,
    before: Results | None,
    wanted: Wanted = NOTHING_WANTED,
) -> Shown:
    """What came of a command; *now* are its results, *before* those without the new tests, where there are any."""
    if exit_code is None:
        return Shown(as_expected=False, why="it took too long")
    if exit_code in _NO_PROGRAM:
        return Shown(as_expected=False, why=f"the command could not be run ({exit_code})")
    if expect is Expectation.PASS:
        return _green(exit_code, now, wanted)
    return _red(exit_code, now, before)


def _green(exit_code: int, now: Results | None, wanted: Wanted) -> Shown:
    if now is None and (wanted.red or wanted.least):
        return Shown(
            as_expected=False, why="it left no results, and the tests that were red have to be in them"
        )
    if now is None:
        why = "it passes" if exit_code == 0 else f"it fails ({exit_code})"
        return Shown(as_expected=exit_code == 0, why=why)
    failed = [name for name, passed in now.items() if not passed]
    missing = ""
    if failed:
        why = f"{len(failed)} of {counted(len(now), 'test')} {_fail(len(failed))}: {_named(failed)}"
    elif not now:
        why = "no test ran"
    elif exit_code:
        why = f"every test passes, and the command fails ({exit_code})"
    else:
        missing = _left_out(now, wanted)
        why = missing or f"every test passes ({len(now)})"
    good = bool(now) and not failed and exit_code == 0 and not missing
    return Shown(as_expected=good, why=why, passed=len(now) - len(failed), failed=len(failed))


def _left_out(now: Results, wanted: Wanted) -> str:
    """Which tests did not run that have to, as a clause; empty where all did."""
    missing = [name for name in wanted.red if not _ran(name, now)]
    if missing:
        return f"{counted(len(missing), 'test')} that had failed at red did not run: {_named(missing)}"
    if len(now) < wanted.least:
        return f"{counted(len(now), 'test')} ran, and {wanted.least} did at red"
    return ""


def _ran(red: str, now: Results) -> bool:
    """Whether *red* ran; a file that could not be loaded at red is one name there, and now those of its tests begin so."""
    return red in now or any(name.startswith((f"{red}::", f"{red}.")) for name in now)


def _red(exit_code: int, now: Results | None, before: Results | None) -> Shown:
    if now is None:
        why = f"it fails ({exit_code})" if exit_code else "it passes, and there should be tests that fail"
        return Shown(as_expected=exit_code != 0, why=why)
    known = before or {}
    fresh = {name: passed for name, passed in now.items() if name not in known}
    good = [name for name, passed in fresh.items() if passed]
    broken = [name for name, passed in known.items() if passed and not now.get(name, False)]
    shown = Shown(
        as_expected=bool(fresh) and not good and not broken,
        why=f"{counted(len(fresh), 'new test')} {_fail(len(fresh))}, {_old_ones(sum(now.values()) - len(good))}",
        passed=sum(now.values()),
        failed=len(now) - sum(now.values()),
        fresh=len(fresh),
        fresh_failed=len(fresh) - len(good),
        red=tuple(name for name, passed in fresh.items() if not passed),
    )
    if shown.as_expected:
        return shown
    return _with_why(shown, _not_red(fresh, good, broken, now))


def _with_why(shown: Shown, why: str) -> Shown:
    return Shown(
        as_expected=False,
        why=why,
        passed=shown.passed,
        failed=shown.failed,
        fresh=shown.fresh,
        fresh_failed=shown.fresh_failed,
    )


def _not_red(fresh: Results, good: list[str], broken: list[str], now: Results) -> str:
    if broken:
        gone = [name for name in broken if name not in now]
        how = "did not run any more" if gone else f"{_fail(len(broken))} now"
        return f"{counted(len(broken), 'test')} that passed before {how}: {_named(gone or broken)}"
    if not fresh:
        return "there is no new test"
    does = "passes" if len(good) == 1 else "pass"
    return f"{len(good)} of {counted(len(fresh), 'new test')} {does} without the code: {_named(good)}"


def _old_ones(passing: int) -> str:
    if passing == 0:
        return "and there are no old ones"
    return "1 old one passes" if passing == 1 else f"{passing} old ones pass"


def _fail(number: int) -> str:
    return "fails" if number == 1 else "fail"


def _named(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:_MOST_NAMED]]
    rest = len(names) - len(shown)
    return listed([*shown, f"{rest} more"], "and") if rest else listed(shown, "and")
