import resource

import pytest

from shared import key_files
from shared.key_files import KeyUnusable


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_is_its_owners_alone_and_never_overwritten(tmp_path, mode):
    path = tmp_path / "secret"
    key_files.write(path, b"first", mode=mode)
    with pytest.raises(FileExistsError):
        key_files.write(path, b"second")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"first", mode)


def test_of_a_file_that_the_disk_has_no_room_for_nothing_stays(tmp_path):
    path = tmp_path / "secret"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            key_files.write(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not path.exists()
    key_files.write(path, b"first")


def test_a_key_is_made_once(tmp_path):
    path = tmp_path / "keys" / "master.key"
    key_files.make(path, 96)
    made = key_files.read(path, 96)
    key_files.make(path, 96)
    assert key_files.read(path, 96) == made
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_key_that_is_missing_or_cut_is_told_in_one_line_with_the_mend(tmp_path):
    path = tmp_path / "master.key"
    with pytest.raises(KeyUnusable, match="cannot be read") as missing:
        key_files.read(path, 96, mend="put back its copy")
    path.write_bytes(b"short")
    with pytest.raises(KeyUnusable, match="has 5 bytes instead of 96") as cut:
        key_files.read(path, 96, mend="put back its copy")
    for told in map(str, (missing.value, cut.value)):
        assert f"put back its copy: (umask 077; head -c 96 /dev/urandom > {path})" in told
        assert "\n" not in told
