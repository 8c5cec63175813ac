"""`config set`: one setting of `config.toml`, changed where it stands, everything else in the file left as it is.

Which settings there are, and what their values may be, stands in `documents.config_document`; that the whole file
still reads is checked here, so that a command never writes what a save would be told to mend.
"""

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.request import Request
from dispatchd.application.revisions import revision_of
from dispatchd.documents.config_document import read_config, set_setting
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.command import Command
from dispatchd.domain.errors import Rejected


def plan_config(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The new text of `config.toml`, already among the blobs; nothing where the value is what it was."""
    before = _text(work)
    after = set_setting(before, request.text("key").strip(), request.text("value"))
    if after == before:
        return ()
    known = {problem.what for problem in read_config(before).problems}
    for problem in read_config(after).problems:
        if problem.what not in known:
            raise Rejected(str(problem.at(CONFIG)))
    return (revision_of(work, CONFIG, work.blobs.put(after.encode())),)


def _text(work: UnitOfWork) -> str:
    record = work.documents.at(CONFIG)
    if record is None or record.current is None:
        return ""
    text = decode(work.blobs.get(record.current))
    if isinstance(text, DocumentProblem):
        raise Rejected(f"mend {CONFIG} first: {text}")
    return text
