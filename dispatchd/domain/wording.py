"""How messages put things together in plain words: lists, quotes, many as one."""

from collections.abc import Iterable


def listed(words: Iterable[str], joint: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *first, last = tuple(words) or ("nothing",)
    return f"{', '.join(first)} {joint} {last}" if first else last


def one_of(words: Iterable[str]) -> str:
    """How a refusal offers a vocabulary: `choose one of: a, b, c`."""
    return f"choose one of: {', '.join(words)}"


def quoted(words: Iterable[str], joint: str = "or") -> str:
    """The same with every word in double quotes."""
    return listed((f'"{word}"' for word in words), joint)


def counted(number: int, thing: str) -> str:
    """`1 issue`, `2 issues`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def in_words(word: str) -> str:
    """A word of a vocabulary as people read it: `awaiting gate`; the underscore belongs to files and JSON."""
    return word.replace("_", " ")


def one_line(text: str) -> str:
    """*text* without line breaks, doubled spaces and control characters, as a subject line or a tally needs it."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.split())
