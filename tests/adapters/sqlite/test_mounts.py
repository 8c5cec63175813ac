from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.mounts import file_system_of, refuse_shared_file_system
from dispatchd.application.ports.store_failures import DatabaseUnplaceable

TABLE = r"""27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /home rw,relatime shared:5 - nfs4 server:/home rw
31 30 0:41 / /home/alice/local\040disk rw,relatime - xfs /dev/vdb rw
32 27 0:42 / /mnt/windows rw - 9p drvfs rw
33 27 0:43 / /mnt/far rw - fuse.sshfs host: rw
34 27 0:44 / /mnt/own rw - fuse.gocryptfs /x rw
35 27 0:45 / /mnt/twice rw - ext4 /dev/vdc rw
36 35 0:46 / /mnt/twice rw - cifs //server/share rw
a line that says nothing
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE, encoding="utf-8")
    return table


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/work/repo/.git/dispatchd/state.db", "ext4"),
        ("/home/alice/repo/state.db", "nfs4"),
        ("/home/alice/local disk/repo/state.db", "xfs"),
        ("/homeless/state.db", "ext4"),
        ("/mnt/twice/state.db", "cifs"),
    ],
)
def test_the_deepest_and_then_the_last_mount_counts(mounts: Path, path: str, kind: str) -> None:
    assert file_system_of(Path(path), mounts) == kind


@pytest.mark.parametrize(
    "path", ["/home/a/state.db", "/mnt/windows/state.db", "/mnt/far/state.db", "/mnt/twice/s.db"]
)
def test_a_database_on_a_shared_file_system_is_refused_with_the_next_step(mounts: Path, path: str) -> None:
    with pytest.raises(DatabaseUnplaceable, match="local disk"):
        refuse_shared_file_system(Path(path), mounts)


@pytest.mark.parametrize("path", ["/work/state.db", "/mnt/own/state.db", "/home/alice/local disk/state.db"])
def test_a_local_disk_will_do_also_through_fuse(mounts: Path, path: str) -> None:
    refuse_shared_file_system(Path(path), mounts)


def test_where_the_kernel_tells_nothing_nothing_is_refused(tmp_path: Path) -> None:
    assert file_system_of(tmp_path, tmp_path / "missing") is None
    refuse_shared_file_system(tmp_path, tmp_path / "missing")
