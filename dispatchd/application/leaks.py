"""Whether tools of the user's own project would take the tree with them: packages, images, source archives, formatters.

The tree is excluded in a file that only git reads, so each tool has to be told. Told from the texts of the project's
own files, for the tools that are in use there alone; who reads those files is somebody else.
"""

import fnmatch
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dispatchd.domain.dataclass import dataclass

TREE: Final = ".dispatch"
INNER_NPMIGNORE: Final = f"{TREE}/.npmignore"
READ: Final = (
    "package.json",
    ".npmignore",
    INNER_NPMIGNORE,
    "Dockerfile*",
    "Containerfile*",
    ".dockerignore",
    ".containerignore",
    "pyproject.toml",
    "MANIFEST.in",
    ".gitignore",
    ".prettierignore",
    ".prettierrc*",
    "prettier.config.*",
)
"""Names (patterns) of the files whose texts are asked for, from the folder that the tree stands in."""
_PROBES: Final = (f"{TREE}/README.md", f"{TREE}/issues/x.md")


@dataclass(frozen=True, slots=True)
class Leak:
    """What would take the tree, why that matters, and the one line that mends it."""

    what: str
    why: str
    mend: str


def leaks_in(files: Mapping[str, str]) -> tuple[Leak, ...]:
    """The leaks of a project with these *files*, by name."""
    return tuple(leak for look in (_npm, _docker, _sdist, _prettier) for leak in look(files))


def _npm(files: Mapping[str, str]) -> Iterator[Leak]:
    package = _json(files.get("package.json"))
    if package is None or package.get("private") is True:
        return
    inner = files.get(INNER_NPMIGNORE, "").split()
    if "*" in inner or "**" in inner:
        return  # npm heeds it whatever package.json says of the files to pack
    if "files" in package:
        named = [str(each).removeprefix("./").strip("/") for each in package["files"] or ()]
        if not any(_is_over_tree(each) for each in named):
            return
    elif _leaves_out(files.get(".npmignore"), files.get(".gitignore")):
        return
    yield Leak(
        f"npm would pack {TREE}/ into your package.",
        "Whoever installs it would read your issues and discussions.",
        f"Run: echo '*' > {INNER_NPMIGNORE}",
    )


def _docker(files: Mapping[str, str]) -> Iterator[Leak]:
    recipes = [name for name in files if name.startswith(("Dockerfile", "Containerfile"))]
    taking = [name for name in recipes if not name.endswith("ignore") and _copies_all(files[name])]
    ignored = (".dockerignore", ".containerignore", *(f"{name}.dockerignore" for name in taking))
    if taking and not any(_is_ignored(files.get(name, "")) for name in ignored):
        yield Leak(
            f"{taking[0]} copies {TREE}/ into the image.",
            "Whoever runs the image would read your issues, and every edit of one would build it anew.",
            f"Run: echo {TREE} >> .dockerignore",
        )


def _copies_all(recipe: str) -> bool:
    """Whether a line copies the whole folder that the recipe stands in."""
    for line in recipe.replace("\\\n", " ").splitlines():
        words = line.replace("[", " ").replace("]", " ").replace('"', " ").replace(",", " ").split()
        if len(words) < 3 or words[0].upper() not in {"COPY", "ADD"} or "--from=" in line:
            continue
        sources = [word for word in words[1:-1] if not word.startswith("--")]
        if any(
            source in {".", "./", "*", "./*", "/"} or source.startswith((TREE, ".*")) for source in sources
        ):
            return True
    return False


def _sdist(files: Mapping[str, str]) -> Iterator[Leak]:
    project = _toml(files.get("pyproject.toml"))
    backend = str(_at(project, "build-system", "build-backend") or "")
    mend = ""
    if backend.startswith("hatchling") and _hatch_takes(project, files):
        mend = f'Write in pyproject.toml, under [tool.hatch.build.targets.sdist]: exclude = ["{TREE}"]'
    elif backend.startswith("flit") and _flit_takes(project):
        mend = f'Write in pyproject.toml, under [tool.flit.sdist]: exclude = ["{TREE}/**"]'
    elif (not backend or backend.startswith("setuptools")) and _manifest_takes(files.get("MANIFEST.in", "")):
        mend = f"Run: echo 'prune {TREE}' >> MANIFEST.in"
    if mend:
        yield Leak(
            f"A source archive of your Python package would hold {TREE}/.",
            "Whoever downloads it would read your issues and discussions.",
            mend,
        )


def _hatch_takes(project: Mapping[str, Any], files: Mapping[str, str]) -> bool:
    own = _at(project, "tool", "hatch", "build", "targets", "sdist") or {}
    shared = _at(project, "tool", "hatch", "build") or {}
    excluded = [*_list(own, "exclude"), *_list(shared, "exclude")]
    if _is_ignored("\n".join(excluded)) or _is_ignored(files.get(".gitignore", "")):
        return False
    chosen = [
        *(_list(own, "only-include") or _list(shared, "only-include")),
        *(_list(own, "include") or _list(shared, "include")),
    ]
    return not chosen or any(_picks(each.strip("/")) for each in chosen)


def _flit_takes(project: Mapping[str, Any]) -> bool:
    sdist = _at(project, "tool", "flit", "sdist") or {}
    if any(_is_over_tree(each.strip("/")) for each in _list(sdist, "exclude")):
        return False
    return any(_picks(each.strip("/")) for each in _list(sdist, "include"))


def _manifest_takes(manifest: str) -> bool:
    """Whether setuptools would take the tree: the last line about it counts."""
    takes = False
    for line in manifest.splitlines():
        command, *words = line.partition("#")[0].split() or [""]
        folder = words[0].strip("/") if words else ""
        if command in {"graft", "recursive-include"} and folder in {".", TREE, "*", ".*"}:
            takes = True
        elif command in {"global-include", "include"}:
            takes = takes or any(_is_over_file(word, anywhere=command[0] == "g") for word in words)
        elif command == "prune" and folder in {TREE, ".*"}:
            takes = False
    return takes


def _is_over_file(pattern: str, *, anywhere: bool) -> bool:
    names = [path.rpartition("/")[2] for path in _PROBES] if anywhere else list(_PROBES)
    return any(fnmatch.fnmatchcase(name, pattern) for name in names) and (
        anywhere or pattern.startswith(TREE)
    )


def _prettier(files: Mapping[str, str]) -> Iterator[Leak]:
    package = _json(files.get("package.json")) or {}
    needed = {**(package.get("dependencies") or {}), **(package.get("devDependencies") or {})}
    has_settings = any(name.startswith((".prettierrc", "prettier.config.")) for name in files)
    in_use = "prettier" in needed or "prettier" in package or has_settings
    if in_use and not _leaves_out(files.get(".prettierignore"), files.get(".gitignore"), both=True):
        yield Leak(
            f"Prettier would format {TREE}/ with your code.",
            "Your files there would be rewritten, and prettier --check would fail for what others write there.",
            f"Run: echo {TREE} >> .prettierignore",
        )


def _leaves_out(own: str | None, gits: str | None, *, both: bool = False) -> bool:
    """Whether an ignore file leaves the tree out; git's stands in where there is none, or beside it (*both*)."""
    heeded = [own or "", gits or ""] if both else [gits or "" if own is None else own]
    return any(_is_ignored(text) for text in heeded)


def _is_ignored(text: str) -> bool:
    """Whether patterns, as git and docker know them, leave the tree out; the last that fits counts."""
    left_out = False
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        if _is_over_tree(pattern.removeprefix("!").removeprefix("./").strip("/")):
            left_out = not pattern.startswith("!")
    return left_out


def _is_over_tree(pattern: str) -> bool:
    """Whether a pattern without outer slashes covers the tree as a whole."""
    bare = pattern.removeprefix("**/")
    for tail in ("/**/*", "/**", "/*"):
        bare = bare.removesuffix(tail)
    return bare == "." or fnmatch.fnmatchcase(TREE, bare)


def _picks(pattern: str) -> bool:
    """Whether a pattern covers the tree, or some of the files that stand in it."""
    bare = pattern.removeprefix("**/")
    found = (path if "/" in bare else path.rpartition("/")[2] for path in _PROBES)
    return _is_over_tree(pattern) or any(fnmatch.fnmatchcase(each, bare) for each in found)


def _json(text: str | None) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text) if text is not None else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _toml(text: str | None) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError:
        return {}


def _at(table: Mapping[str, Any], *keys: str) -> Any:
    found: Any = table
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _list(table: Any, key: str) -> Sequence[str]:
    found = table.get(key) if isinstance(table, dict) else None
    words: Iterable[Any] = found if isinstance(found, list) else ()
    return [str(each) for each in words]
