from hypothesis import given
from hypothesis import strategies as st

from dispatchd.application.settling import SettleTimes, Settling
from dispatchd.domain.identifiers import DocumentPath

PATH = DocumentPath("issues/a.md")


@given(st.floats(min_value=0, max_value=1e6), st.floats(min_value=0, max_value=300))
def test_what_is_due_again_has_been_quiet_for_as_long_as_was_asked(saved: float, quiet: float) -> None:
    settling = Settling(SettleTimes())
    settling.note(PATH, "bytes", saved)
    settling.took(PATH, look_again_at_quiet=quiet)
    assert settling.quiet_for(PATH, settling.due_at(PATH, 0.0)) >= quiet
