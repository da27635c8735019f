"""An emergency waits for no S3 store: its words are made, ordered and handed out without it."""

from pathlib import Path

import pytest

from playlists.audio.audio_store import AudioStore
from playlists.audio.bucket_store import BucketStore
from tests.broadcaster.emergency.conftest import WatchRoom
from tests.s3_server import S3Server, Trouble, bucket_on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_its_words_go_on_air_and_every_site_has_them(
    room: WatchRoom, s3: S3Server, tmp_path: Path
) -> None:
    """Each part has its sound as if the store were there; it is owed, and kept by no store yet."""
    s3.trouble = Trouble.HANGS_UP
    owed = AudioStore(tmp_path / "owed")
    room.studio.store = BucketStore(
        here=AudioStore(tmp_path / "audio"), owed=owed, bucket=bucket_on(s3)
    )
    elsewhere = BucketStore(here=AudioStore(tmp_path / "other"), owed=owed, bucket=bucket_on(s3))
    room.authorise()
    room.raise_()
    room.make_all()
    ordered = {item.sha256 for order in room.orders() for item in order.items}

    assert ordered
    assert ordered <= set(owed.names())
    assert s3.kept == {}
    assert all(elsewhere.require(each).is_file() for each in ordered)
