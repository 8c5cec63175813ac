"""Ticks as people really write them, with the daemon running."""

from tests.system.desk import BRISK, Desk

EPIC = "epics/login.md"
TEXT = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Login\n\n## Stages\n\n### Design\n\nGate: approval: Is it right?\n"


def test_a_reason_without_a_colon_and_a_line_beside_the_box(bare_desk: Desk) -> None:
    desk = bare_desk
    desk.init(BRISK)
    desk.up()
    desk.save(EPIC, TEXT)
    desk.sync()
    box = "- [ ] Approve\n"
    desk.save(EPIC, desk.read(EPIC).replace(box, f"{box}- [x] Approve it all\n"))
    desk.sync()
    assert '- [x] Approve it all\n  > dispatchd: tick the box "Approve" itself' in desk.read(EPIC)
    desk.save(EPIC, desk.read(EPIC).replace(box, "-[x] Approve because it is fast\n"))
    desk.sync()
    assert "- [x] Approved: because it is fast (Alice Doe, " in desk.read(EPIC)
    assert "- [x] Approve it all\n" in desk.read(EPIC)
    assert "dispatchd:" not in desk.read(EPIC)
    assert desk.event_types("e-3fq9").count("GateApproved") == 1
    desk.is_level()
