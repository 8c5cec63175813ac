"""The way to YAML: it is loaded for the first value that is more than plain words."""

from dispatchd.documents.plain_values import PlainData, Resolve
from dispatchd.documents.problems import DocumentProblem


def read_yaml(text: str, first_line: int, resolve: Resolve) -> PlainData | DocumentProblem:
    """The value of the one key in *text*, whose first line has the index *first_line* in its file."""
    # The parser costs as much to load as thousands of files to read, and hardly a file needs it.
    from dispatchd.documents.yaml_events import walk_yaml  # noqa: PLC0415

    return walk_yaml(text, first_line, resolve)
