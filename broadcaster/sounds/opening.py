"""The audio store that an installation's settings describe."""

from pathlib import Path

import structlog

from broadcaster.keys import write_secret
from broadcaster.settings import Settings
from broadcaster.sounds.errors import SecretMissing, SecretUnusable, SoundsAway
from playlists.audio.audio_errors import AudioStoreError, S3NotInstalled
from playlists.audio.audio_store import AudioStore
from playlists.audio.bucket_store import BucketStore
from playlists.audio.s3_bucket import S3Bucket, require_client
from playlists.audio.sounds import Sounds

log = structlog.get_logger()

SECRET_FILE = "s3.secret"  # noqa: S105 - where it lies, not what it is


def open_sounds(settings: Settings) -> Sounds:
    """Where sound is kept; raise SecretMissing, or SoundsAway where the extra `s3` is missing."""
    return bucket_store(settings) or AudioStore(settings.audio_dir)


def bucket_store(settings: Settings) -> BucketStore | None:
    """The S3 store with its folders; None where sound is kept in a folder.

    Raises SecretMissing, or SoundsAway where the extra `s3` is missing.
    """
    if not settings.s3_endpoint:
        return None
    try:
        require_client()
    except S3NotInstalled as error:
        raise SoundsAway(error) from error
    bucket = S3Bucket(
        endpoint=settings.s3_endpoint,
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        key_id=settings.s3_key_id,
        secret=_secret(settings),
        ca_pem=settings.s3_ca.read_text("ascii") if settings.s3_ca else "",
    )
    return BucketStore(
        here=AudioStore(settings.audio_dir),
        owed=AudioStore(settings.owed_audio_dir),
        bucket=bucket,
    )


def sounds_in_bucket(settings: Settings) -> frozenset[str] | None:
    """What the S3 store keeps, by hash; None where there is none, or it does not tell.

    Raises SecretMissing.
    """
    store = bucket_store(settings)
    if store is None:
        return None
    try:
        return frozenset(store.bucket.names())
    except AudioStoreError as error:
        log.warning("bucket_not_listed", why=error.code, detail=error.detail)
        return None


def keep_secret(typed: str, *, keys_dir: Path) -> None:
    """Keep the key's secret for its owner's eyes; raise SecretUnusable."""
    if not typed.strip() or "\n" in typed or "\r" in typed:
        raise SecretUnusable
    write_secret(keys_dir / SECRET_FILE, typed.strip().encode())


def _secret(settings: Settings) -> str:
    file = settings.s3_secret_file or settings.keys_dir / SECRET_FILE
    try:
        secret = file.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise SecretMissing(str(file)) from error
    if not secret:
        raise SecretMissing(str(file))
    return secret
