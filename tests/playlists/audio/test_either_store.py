"""What who makes and plays sound may count on, whichever store keeps it: a folder or a bucket."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from playlists.audio.audio_errors import AudioMissing, AudioNameInvalid, AudioStoreFailed
from playlists.audio.audio_store import AudioStore
from playlists.audio.bucket_store import BucketStore
from playlists.audio.sounds import Sounds
from tests.s3_server import S3Server, bucket_on

SOUND = bytes(range(256)) * 40
NAME = hashlib.sha256(SOUND).hexdigest()

Open = Callable[[], Sounds]


@pytest.fixture(params=["folder", "bucket"])
def opened(request: pytest.FixtureRequest, tmp_path: Path, s3: S3Server) -> Open:
    """The store as each process opens it."""
    if request.param == "folder":
        return lambda: AudioStore(tmp_path / "audio")
    return lambda: BucketStore(
        here=AudioStore(tmp_path / "audio"),
        owed=AudioStore(tmp_path / "owed"),
        bucket=bucket_on(s3),
    )


def test_bytes_are_kept_under_their_sha256(opened: Open, tmp_path: Path) -> None:
    """From memory or a file, which stays its owner's; a later process finds them."""
    source = tmp_path / "source.mp3"
    source.write_bytes(SOUND)

    assert opened().put(source) == NAME
    assert opened().put(SOUND) == NAME
    assert source.read_bytes() == SOUND
    assert opened().exists(NAME)
    assert opened().require(NAME).read_bytes() == SOUND


def test_what_is_there_is_never_written_again(opened: Open) -> None:
    """A second put of the same leaves the file alone."""
    store = opened()
    store.put(SOUND)
    before = store.require(NAME).stat()
    store.put(SOUND)
    after = store.require(NAME).stat()

    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_many_writers_of_the_same_audio_agree(opened: Open) -> None:
    """Callers at the same time get one name."""
    store, names = opened(), list[str]()
    writers = [threading.Thread(target=lambda: names.append(store.put(SOUND))) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)

    assert names == [NAME] * 4
    assert store.require(NAME).read_bytes() == SOUND


@pytest.mark.parametrize("name", ["", NAME.upper(), NAME[:-1], "../" + NAME[3:], NAME + "\n"])
def test_only_a_sha256_is_a_name(opened: Open, name: str) -> None:
    """No other text becomes a path or a request."""
    for ask in (opened().require, opened().exists):
        with pytest.raises(AudioNameInvalid):
            ask(name)


def test_audio_that_is_not_kept_is_missing(opened: Open) -> None:
    """Absence is an answer for `exists` and an error for `require`."""
    assert not opened().exists(NAME)
    with pytest.raises(AudioMissing):
        opened().require(NAME)


def test_a_source_that_is_gone_leaves_nothing(opened: Open, tmp_path: Path, s3: S3Server) -> None:
    """A vanished file is a named error and no empty audio is kept."""
    with pytest.raises(AudioStoreFailed):
        opened().put(tmp_path / "absent.mp3")

    assert list((tmp_path / "audio").iterdir()) == []
    assert s3.kept == {}


def test_a_workspace_is_gone_afterwards(opened: Open) -> None:
    """With all that was made in it."""
    with opened().workspace() as folder:
        (folder / "half.mp3").write_bytes(SOUND)

    assert not folder.exists()
