"""What is wrong with a document, said to the person who wrote it.

A problem is a value, never raised: it names the place, what was found there and what to write instead. What
follows from it (a note on the line, a thread, a line in `status`) is decided by those who read it.
"""

from dataclasses import replace

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

NOWHERE = DocumentPath("")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentProblem:
    """One thing that cannot be read, with its place and its mend."""

    path: DocumentPath = NOWHERE
    line: int = 0
    """Counted from one; zero means the whole file."""
    column: int = 0
    """Counted in characters from one; zero means the whole line."""
    what: str
    hint: str = ""
    key: str | None = None

    def at(self, path: DocumentPath) -> "DocumentProblem":
        """The same problem in the file at *path*."""
        return replace(self, path=path)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        sentence = f"{self.what}. {self.hint}" if self.hint else self.what
        return f"{place}: {sentence}" if place else sentence
