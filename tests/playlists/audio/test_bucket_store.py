"""Audio in an S3 store: shared by sites, checked as it comes, and no trouble while it is away."""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from playlists.audio.audio_errors import (
    AudioSpoilt,
    AudioStoreAway,
    AudioStoreRefused,
)
from playlists.audio.audio_store import AudioStore
from playlists.audio.bucket_store import ASKED_AGAIN_AFTER_S, PAUSE_S, Bucket, BucketStore, Sent
from tests.s3_server import PAGE, SECRET, S3Server, Trouble, bucket_on

SOUND = b"not really sound" * 1_000
NAME = hashlib.sha256(SOUND).hexdigest()

Site = Callable[[str], BucketStore]


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """The present."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """One that stands still."""
    return Clock()


@pytest.fixture
def site(tmp_path: Path, s3: S3Server, clock: Clock) -> Site:
    """A site by its name: a folder of its own, and one that all share."""
    return lambda name: store_of(bucket_on(s3), tmp_path, name, clock)


def store_of(bucket: Bucket, folder: Path, name: str, clock: Clock) -> BucketStore:
    """A store with that bucket."""
    return BucketStore(
        here=AudioStore(folder / name),
        owed=AudioStore(folder / "owed"),
        bucket=bucket,
        now_s=clock,
    )


def test_what_one_site_made_another_plays(site: Site, s3: S3Server) -> None:
    """It is fetched once, by whoever asks first, and read from the folder from then on."""
    site("first").put(SOUND)
    second = site("second")
    found: list[bytes] = []
    askers = [
        threading.Thread(target=lambda: found.append(second.require(NAME).read_bytes()))
        for _ in range(5)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(timeout=60)

    assert found == [SOUND] * 5
    assert (s3.count("PUT"), s3.count("GET")) == (1, 1)
    assert list(s3.kept) == [f"{NAME}.mp3"]


def test_the_same_sound_is_sent_once(site: Site, s3: S3Server) -> None:
    """Whoever makes it again only looks; what broke off in the bucket is sent again."""
    site("first").put(SOUND)
    site("second").put(SOUND)
    assert s3.count("PUT") == 1

    s3.kept[f"{NAME}.mp3"] = SOUND[:100]
    site("third").put(SOUND)
    assert s3.kept[f"{NAME}.mp3"] == SOUND


def test_what_is_not_what_its_name_says_is_not_played(site: Site, s3: S3Server) -> None:
    """Nor kept: the next who asks gets what is right by then."""
    s3.kept[f"{NAME}.mp3"] = b"another sound"
    store = site("one")

    with pytest.raises(AudioSpoilt):
        store.require(NAME)
    assert store.here.names() == []

    s3.kept[f"{NAME}.mp3"] = SOUND
    assert store.require(NAME).read_bytes() == SOUND


def test_what_spoilt_in_the_folder_never_reaches_the_bucket(site: Site, s3: S3Server) -> None:
    """It is looked at before it is sent."""
    store = site("one")
    (store.here.directory / f"{NAME}.mp3").write_bytes(b"rotten")

    with pytest.raises(AudioSpoilt):
        store.put(SOUND)
    assert s3.kept == {}


@pytest.mark.parametrize("trouble", [Trouble.HANGS_UP, Trouble.ERROR_500, Trouble.NO_BUCKET])
def test_while_the_bucket_is_away_sound_is_made_and_played(
    site: Site, s3: S3Server, clock: Clock, trouble: Trouble
) -> None:
    """Here and at every other site of the station; the bucket gets it when it is back."""
    s3.trouble = trouble
    first, second = site("first"), site("second")
    with capture_logs() as logs:
        assert first.put(SOUND) == NAME

    assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["audio_owed"]
    assert first.require(NAME).read_bytes() == second.require(NAME).read_bytes() == SOUND
    assert first.send_owed() == Sent(sent=0, owed=1)

    s3.trouble = Trouble.NONE
    clock.now_s += PAUSE_S
    assert first.send_owed() == Sent(sent=1, owed=0)
    assert s3.kept == {f"{NAME}.mp3": SOUND}
    assert first.owed.names() == []


def test_what_only_the_bucket_has_is_away_with_it(site: Site, s3: S3Server) -> None:
    """Away is not missing: whoever asks is told to come again."""
    site("first").put(SOUND)
    s3.trouble = Trouble.HANGS_UP
    elsewhere = site("second")

    for ask in (elsewhere.require, elsewhere.exists):
        with pytest.raises(AudioStoreAway) as caught:
            ask(NAME)
        assert caught.value.message_vi != caught.value.message_en


def test_nobody_waits_for_a_bucket_that_has_just_not_answered(
    site: Site, s3: S3Server, clock: Clock
) -> None:
    """It is asked again after a few seconds."""
    s3.trouble = Trouble.HANGS_UP
    store = site("one")
    with pytest.raises(AudioStoreAway):
        store.require(NAME)
    asked = len(s3.asked)
    for _ in range(20):
        with pytest.raises(AudioStoreAway):
            store.require(NAME)
    assert len(s3.asked) == asked

    s3.trouble, s3.kept[f"{NAME}.mp3"] = Trouble.NONE, SOUND
    clock.now_s += PAUSE_S
    assert store.require(NAME).read_bytes() == SOUND


def test_whether_it_answers_is_asked_now_and_then(site: Site, s3: S3Server, clock: Clock) -> None:
    """Not at every look; and a bucket that is back is seen."""
    store = site("one")
    assert [store.answers() for _ in range(3)] == [True] * 3
    assert len(s3.asked) == 1

    s3.trouble = Trouble.HANGS_UP
    clock.now_s += ASKED_AGAIN_AFTER_S + 1
    assert [store.answers(), store.answers()] == [False, False]
    clock.now_s += PAUSE_S
    assert not store.answers()

    s3.trouble = Trouble.NONE
    clock.now_s += PAUSE_S
    assert store.answers()


def test_a_bucket_that_lets_nobody_in_is_told_apart_and_no_secret_is_told(
    s3: S3Server, tmp_path: Path, clock: Clock
) -> None:
    """A wrong secret, key, region or bucket: each refused, in words and logs without the secret."""
    right = bucket_on(s3)
    for wrong in (
        replace(right, secret="another"),
        replace(right, key_id="nobody"),
        replace(right, region="elsewhere"),
        replace(right, bucket="another-bucket"),
    ):
        with pytest.raises(AudioStoreRefused) as caught:
            wrong.check()
        assert SECRET not in f"{caught.value!r} {caught.value.detail} {wrong!r}"
    assert set(s3.refused) == {"SignatureDoesNotMatch", "InvalidAccessKeyId"}

    with capture_logs() as logs:
        store_of(replace(right, key_id="nobody"), tmp_path, "one", clock).put(SOUND)
    assert "audio_store_refused" in json.dumps(logs)
    assert SECRET not in json.dumps(logs)


def test_all_names_are_told_and_nothing_else(s3: S3Server) -> None:
    """Page after page, and only what is named as sound is."""
    names = {hashlib.sha256(bytes([each])).hexdigest() for each in range(2 * PAGE + 1)}
    s3.kept = {f"{each}.mp3": b"" for each in names} | {"notes.txt": b"", "x.mp3": b""}
    bucket = bucket_on(s3)
    bucket.check()

    assert sorted(bucket.names()) == sorted(names)
    assert s3.refused == []


def test_a_bucket_that_gives_back_something_else_is_refused(s3: S3Server) -> None:
    """The check reads what it wrote."""

    class Forgetful(dict[str, bytes]):
        def __setitem__(self, name: str, body: bytes) -> None:
            super().__setitem__(name, body[:-1])

    s3.kept = Forgetful()
    with pytest.raises(AudioStoreRefused):
        bucket_on(s3).check()
