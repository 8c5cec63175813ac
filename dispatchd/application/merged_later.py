"""Of commits that came together: what the maker of a later merge had before their eyes, nobody else is asked about.

Commits are taken one after the other, so that texts meet here which their makers have long joined. What of that is
asked all the same (because a third text met them) is asked about as it stands when all have been taken.
"""

from collections.abc import Collection, Mapping, Sequence

from dispatchd.application.command_handler import Door
from dispatchd.application.contest_places import likest, place_of, text_of
from dispatchd.application.contest_words import Where, told
from dispatchd.application.contests import ask, open_contests, stands_in
from dispatchd.application.history import Movement
from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.domain.command import Circumstance, DismissThread
from dispatchd.domain.identifiers import DocumentPath, EntityId


def shown_later(moved: Movement) -> list[Mapping[DocumentPath, tuple[str, ...]]]:
    """For each foreign commit of *moved*, by path, the texts that its maker, or that of a later merge of it, had."""
    contents = {digest(content): content for content in moved.blobs.values()}
    found: list[Mapping[DocumentPath, tuple[str, ...]]] = []
    for place, commit in enumerate(moved.foreign):
        shown: dict[DocumentPath, tuple[str, ...]] = {}
        for seen in commit.sightings:
            for later in moved.foreign[place:]:
                met = later.met.get(seen.path, frozenset())
                if later is commit or digest(seen.content) in met:
                    texts = (decode(contents[each]) for each in met if each in contents)
                    found_now = tuple(text for text in texts if isinstance(text, str))
                    shown[seen.path] = (*shown.get(seen.path, ()), *found_now)
        found.append(shown)
    return found


def settled_by_makers(work: UnitOfWork, moved: Movement) -> Mapping[CommitId, frozenset[DocumentPath]]:
    """For each foreign commit, the files about which nobody is to be asked: whoever merged it saw what stands here.

    What a replica's daemon joined to such a merge afterwards, its maker has not seen.
    """
    parents = {each.oid: each.parents for each in moved.own}
    parents.update({each.commit: each.parents for each in moved.foreign})
    found: dict[CommitId, set[DocumentPath]] = {each.commit: set() for each in moved.foreign}
    for merge in moved.foreign:
        paths = {
            path
            for path, met in merge.met.items()
            if (record := work.documents.at(path)) is not None and record.current in met
        }
        for commit in _past(merge.commit, parents) if paths else ():
            found.get(commit, set()).update(paths)
    return {commit: frozenset(paths) for commit, paths in found.items()}


def _past(commit: CommitId, parents: Mapping[CommitId, Sequence[CommitId]]) -> set[CommitId]:
    """*commit* and what it holds, as far as *parents* tell."""
    seen: set[CommitId] = set()
    waiting = [commit]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting.extend(parents.get(each, ()))
    return seen


def ask_as_it_stands(
    door: Door,
    paths: Collection[DocumentPath],
    shown: Mapping[DocumentPath, tuple[str, ...]],
    by: Circumstance,
) -> None:
    """Put the open questions about lines of the files at *paths* anew where those lines have been joined since.

    What stood before goes on being offered, but where it was *shown* to whoever joined the lines.
    """
    for path in sorted(paths):
        record = door.work.documents.at(path)
        if record is None:
            continue
        text = text_of(door.work, record)
        for thread, contest in list(open_contests(door, EntityId(record.subject))):
            place = likest(contest.stands, text)
            if contest.facts or place is None or place_of(contest, text) is not None:
                continue
            stands = text[place.start : place.end]
            before = () if stands_in(contest.stands, shown.get(path, ())) else (contest.stands,)
            others = [each for each in (*before, *contest.texts) if each.strip() != stands.strip()]
            door.handle(DismissThread(thread=thread.id), by_daemon(by.at))
            if others:
                fresh = contest.with_texts(stands, others)
                ask(door, fresh, told(fresh, Where(path=path, line=place.line_in(text), by=by.actor)), by.at)
