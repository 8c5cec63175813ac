"""The page that a forge shows of a file: its address made from the remote's, without asking anybody.

Which software runs at a host is told from its name, or said by whoever knows.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from dispatchd.domain.dataclass import dataclass

_SCP: Final = re.compile(r"(?:[^@/]+@)?(?P<host>\[[^\]]+\]|[^:/]+):(?P<path>[^/].*|/(?!/).*)")
_URL: Final = re.compile(
    r"(?P<scheme>https?|ssh|git|git\+ssh)://(?:[^@/]+@)?(?P<host>[^:/]+)(?::(?P<port>\d+))?/(?P<path>.+)",
    re.IGNORECASE,
)
_Page = Callable[[str, str], str]
FORGES: Final[Mapping[str, _Page]] = {
    "github": lambda branch, path: f"/blob/{branch}/{path}",
    "gitlab": lambda branch, path: f"/-/blob/{branch}/{path}",
    "gitea": lambda branch, path: f"/src/branch/{branch}/{path}",
    "bitbucket": lambda branch, path: f"/src/{branch}/{path}",
    "sourcehut": lambda branch, path: f"/tree/{branch}/item/{path}",
}
_BY_NAME: Final = (
    ("github", "github"),
    ("gitlab", "gitlab"),
    ("bitbucket", "bitbucket"),
    ("codeberg", "gitea"),
    ("gitea", "gitea"),
    ("forgejo", "gitea"),
    ("sr.ht", "sourcehut"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A remote of the repository. `forge` is what git's configuration says runs there; `has_branch`, as last fetched."""

    name: str
    url: str
    forge: str = ""
    has_branch: bool = False


def forge_at(host: str) -> str | None:
    """What runs at *host*, as far as its name tells."""
    return next((forge for part, forge in _BY_NAME if part in host.lower()), None)


def page_of(remote: Remote, branch: str, path: str) -> str | None:
    """The address of the page of *path* on *branch*; None where the remote is no forge's, or its kind is not known."""
    found = _URL.fullmatch(remote.url.strip()) or _SCP.fullmatch(remote.url.strip())
    if found is None:
        return None
    named = found.groupdict()
    forge = remote.forge.lower() or forge_at(named["host"]) or ""
    if forge not in FORGES:
        return None
    scheme = (named.get("scheme") or "").lower()
    is_web = scheme in {"http", "https"}
    port = f":{named['port']}" if is_web and named.get("port") else ""
    repository = named["path"].strip("/").removesuffix(".git")
    address = f"{scheme if is_web else 'https'}://{named['host']}{port}/{quote(repository, safe='/~')}"
    return address + FORGES[forge](quote(branch, safe="/"), quote(path, safe="/"))
