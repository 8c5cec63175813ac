"""Reads files and trees of commits, as bytes and without filters."""

from collections.abc import Iterator, Sequence

from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import BlobId, CommitId
from dispatchd.domain.identifiers import DocumentPath

_REGULAR = frozenset({"100644", "100755"})


def read_file(runner: GitRunner, commit: CommitId, path: DocumentPath) -> bytes | None:
    """The bytes of *path* in *commit*; None where it is no file there."""
    return next(_batch(runner, [f"{commit}:{path}"]))


def read_folders(
    runner: GitRunner, commit: CommitId, folders: Sequence[DocumentPath]
) -> dict[DocumentPath, bytes]:
    """Git's own lists of those of *folders* that *commit* has, as it keeps them."""
    if not folders:
        return {}
    lists = _batch(runner, [f"{commit}:{folder}" for folder in folders], b"tree")
    return {folder: listing for folder, listing in zip(folders, lists, strict=True) if listing is not None}


def read_blobs(runner: GitRunner, blobs: Sequence[BlobId]) -> dict[BlobId, bytes]:
    """The bytes of those of *blobs* that are here."""
    if not blobs:
        return {}
    contents = _batch(runner, blobs)
    return {blob: content for blob, content in zip(blobs, contents, strict=True) if content is not None}


def commits_named(runner: GitRunner, names: Sequence[str]) -> list[CommitId | None]:
    """The commits that *names* lead to, all asked for at once; None for a name that leads to none."""
    wanted = "".join(f"{name}^{{commit}}\0" for name in names).encode("utf-8", "surrogateescape")
    answers = runner.feed("cat-file", "--batch-check", "-z", stdin=wanted).stdout.splitlines()
    parts = [answer.decode("ascii", "replace").split(" ") for answer in answers]
    return [CommitId(each[0]) if each[1:2] == ["commit"] else None for each in parts]


def tree_at(runner: GitRunner, commit: CommitId) -> dict[DocumentPath, BlobId]:
    """Every regular file of *commit*."""
    found: dict[DocumentPath, BlobId] = {}
    for entry in _entries(runner.ask("ls-tree", "-r", "-z", "--full-tree", commit).stdout):
        (mode, _, blob), path = entry
        if mode in _REGULAR:
            found[path] = BlobId(blob)
    return found


def index_at(runner: GitRunner) -> dict[DocumentPath, BlobId]:
    """Every regular file of the tree's index that is not in conflict."""
    found: dict[DocumentPath, BlobId] = {}
    for (mode, blob, stage), path in _entries(runner.ask("ls-files", "--stage", "-z").stdout):
        if mode in _REGULAR and stage == "0":
            found[path] = BlobId(blob)
    return found


def _entries(output: bytes) -> Iterator[tuple[tuple[str, str, str], DocumentPath]]:
    for entry in output.decode("utf-8", "surrogateescape").split("\0"):
        if entry:
            facts, _, path = entry.partition("\t")
            first, second, third = facts.split()
            yield (first, second, third), DocumentPath(path)


def _batch(runner: GitRunner, names: Sequence[str], wanted_kind: bytes = b"blob") -> Iterator[bytes | None]:
    wanted = "".join(f"{name}\0" for name in names).encode("utf-8", "surrogateescape")
    output = runner.feed("cat-file", "--batch", "-z", stdin=wanted).stdout
    place = 0
    for name in names:
        # "<id> <kind> <size>\n<bytes>\n", or the name as asked and what is wrong with it.
        absent = f"{name} missing\n".encode("utf-8", "surrogateescape")
        if output.startswith(absent, place):
            place += len(absent)
            yield None
            continue
        end = output.index(b"\n", place)
        _, kind, size = output[place:end].split(b" ")
        content = output[end + 1 : end + 1 + int(size)]
        place = end + 1 + int(size) + 1
        yield content if kind == wanted_kind else None
