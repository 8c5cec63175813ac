"""What `init` lays, with the person at this machine and this clone entered in the config."""

from collections.abc import Mapping

from dispatchd.application.people import handle_from
from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.person_identity import PersonName
from dispatchd.documents.config_document import set_setting
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.identifiers import DocumentPath


def first_files(assets: Assets, person: PersonName, clone: str) -> Mapping[DocumentPath, bytes]:
    """The files to lay. A person without a configured address is entered as the login name at `local`."""
    files = dict(assets.laid_files())
    config = files[CONFIG].decode()
    handle = handle_from(person.name, person.email)
    config = set_setting(config, f"people.{handle}", f'["{person.email}"]')
    files[CONFIG] = set_setting(config, "workspace.home", clone).encode()
    return files
