"""Opening what a person wants to see: with the program the desktop uses for it, and where its page is."""

from typing import TYPE_CHECKING, Final

from dispatchd.composition.looking import Workspace

if TYPE_CHECKING:
    from dispatchd.application.forge_pages import Remote

_OPENERS: Final = ("xdg-open", "open", "wslview")
_SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")


def open_on_desktop(workspace: Workspace, what: str) -> bool:
    """Hand a path or an address to the desktop; False where there is no desktop to hand it to."""
    import shutil
    import sys

    from dispatchd.adapters.processes.background import spawn_detached
    from dispatchd.adapters.processes.environment import without_git
    from dispatchd.adapters.processes.runner import ProgramMissingError

    env = without_git()
    # Without a screen xdg-open would start a browser for terminals, in the background and unseen.
    is_desktop = sys.platform == "darwin" or any(env.get(name) for name in _SCREENS)
    opener = next((found for name in _OPENERS if (found := shutil.which(name, path=env.get("PATH")))), None)
    if opener is None or not is_desktop:
        return False
    try:
        output = workspace.private / "logs" / "opened.txt"
        return spawn_detached([opener, what], env=env, cwd=workspace.root, output=output).wait(0.5) in {
            None,
            0,
        }
    except ProgramMissingError:
        return False


def remote_of(workspace: Workspace) -> "Remote | None":
    """The remote that the tree's branch is shared by."""
    from dispatchd.adapters.git.remotes import remote_of_branch

    return remote_of_branch(workspace.places.common_dir)
