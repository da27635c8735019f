"""Audio is kept under the hash of its bytes, once, whole or not at all."""

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.audio_errors import (
    AudioMissing,
    AudioNameInvalid,
    AudioStoreFailed,
)
from playlists.audio.audio_store import AudioStore

SOUND = b"not really sound" * 1_000
NAME = hashlib.sha256(SOUND).hexdigest()


def files(store: AudioStore) -> list[str]:
    """The names of everything in the store's folder."""
    return sorted(path.name for path in store.directory.iterdir())


@settings(deadline=None, max_examples=40)
@given(audio=st.binary(max_size=4_000))
def test_bytes_are_kept_under_their_sha256(audio: bytes) -> None:
    """The name that comes back is the SHA-256, and the file holds the bytes."""
    with TemporaryDirectory() as folder:
        store = AudioStore(Path(folder))
        sha256 = store.put(audio)

        assert sha256 == hashlib.sha256(audio).hexdigest()
        assert store.path_of(sha256).read_bytes() == audio
        assert store.exists(sha256)


def test_a_file_is_copied_and_stays_where_it_was(store: AudioStore, tmp_path: Path) -> None:
    """The store takes a copy; the caller's file is the caller's."""
    source = tmp_path / "source.mp3"
    source.write_bytes(SOUND)

    assert store.put(source) == NAME
    assert source.read_bytes() == SOUND
    assert files(store) == [f"{NAME}.mp3"]


def test_the_same_audio_is_written_once(store: AudioStore) -> None:
    """A second put finds the name taken and leaves the file alone."""
    store.put(SOUND)
    before = store.path_of(NAME).stat()
    store.put(SOUND)
    after = store.path_of(NAME).stat()

    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert files(store) == [f"{NAME}.mp3"]


def test_many_writers_of_the_same_audio_agree(store: AudioStore) -> None:
    """Callers at the same time get one name and leave one file."""
    names: list[str] = []
    writers = [threading.Thread(target=lambda: names.append(store.put(SOUND))) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=30)

    assert names == [NAME] * 8
    assert files(store) == [f"{NAME}.mp3"]


@pytest.mark.parametrize(
    "name",
    ["", "ab", NAME.upper(), NAME + "0", NAME[:-1] + "g", "../" + NAME[3:], NAME + "\n", "/etc"],
)
def test_only_a_sha256_is_a_name(store: AudioStore, name: str) -> None:
    """No other text becomes a path, so no request leaves the folder."""
    with pytest.raises(AudioNameInvalid):
        store.path_of(name)


def test_audio_that_is_not_kept_is_missing(store: AudioStore) -> None:
    """Absence is an answer for `exists` and an error for `require`."""
    assert not store.exists(NAME)
    with pytest.raises(AudioMissing):
        store.require(NAME)

    store.put(SOUND)

    assert store.require(NAME) == store.path_of(NAME)


def test_kept_audio_may_be_read_by_a_web_server(store: AudioStore) -> None:
    """The file is readable by others, as a proxy that serves it needs."""
    store.put(SOUND)

    assert store.path_of(NAME).stat().st_mode & 0o777 == 0o644


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    """What does not fit is a named error; older audio is whole, no rest lies about."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from playlists.audio.audio_errors import AudioStoreFull\n"
        "from playlists.audio.audio_store import AudioStore\n"
        "store = AudioStore(Path(sys.argv[1]))\n"
        "store.put(b'small')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: store.put(bytes(8000))\n"
        "except AudioStoreFull as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, check=True, timeout=60, capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "audio_store_full"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"small"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be is a sentence for the operator, not a traceback."""
    tmp_path.joinpath("audio").write_text("in the way")

    with pytest.raises(AudioStoreFailed) as caught:
        AudioStore(tmp_path / "audio")
    assert caught.value.message_vi != caught.value.message_en


def test_a_source_that_is_gone_leaves_nothing(store: AudioStore, tmp_path: Path) -> None:
    """A vanished file is a named error and no empty audio is kept."""
    with pytest.raises(AudioStoreFailed):
        store.put(tmp_path / "absent.mp3")

    assert files(store) == []


def test_a_workspace_is_gone_afterwards(store: AudioStore) -> None:
    """Files in the making share the store's disk and vanish with the work."""
    with store.workspace() as workspace:
        workspace.joinpath("half.mp3").write_bytes(SOUND)
        assert workspace.stat().st_dev == store.directory.stat().st_dev

    assert files(store) == []


def test_what_a_killed_writer_left_is_cleared_away(store: AudioStore) -> None:
    """A rest older than a day goes at the next start; a writer at work and audio stay."""
    store.put(SOUND)
    old_file, old_folder = store.directory / ".incoming-1", store.directory / ".incoming-2"
    young = store.directory / ".incoming-3"
    old_folder.mkdir()
    for path in (old_file, old_folder / "half.mp3", young):
        path.write_bytes(b"half")
    for path in (old_file, old_folder):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    again = AudioStore(store.directory)

    assert files(again) == [young.name, f"{NAME}.mp3"]
