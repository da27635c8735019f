"""What `loa audio` says to whoever sits there."""

from rich.console import Console

from broadcaster.settings import Settings
from broadcaster.sounds.errors import NoBucketSet, SoundsAway
from broadcaster.sounds.moving import Moved, Where, move
from broadcaster.sounds.opening import bucket_store
from playlists.audio.audio_errors import AudioStoreError

_EVERY = 100


def moved(settings: Settings, *, to: Where, progress: Console) -> tuple[str, bool]:
    """Move all sound, in words and whether each came whole; raise NoBucketSet or SoundsAway."""
    store = bucket_store(settings)
    if store is None:
        raise NoBucketSet

    def tell(so_far: Moved) -> None:
        done = so_far.came + so_far.were_there
        if done % _EVERY == 0:
            progress.print(f"» {done:,}", highlight=False)

    try:
        found = move(store, to=to, progress=tell)
    except AudioStoreError as error:
        raise SoundsAway(error) from error
    return _told(found, to=to), not found.spoilt


def _told(found: Moved, *, to: Where) -> str:
    into_vi, into_en = ("kho S3", "the S3 store") if to is Where.S3 else ("thư mục", "the folder")
    lines = [
        f"✓ {found.came:,} âm thanh ({found.octets:,} byte) đã vào {into_vi}, "
        f"{found.were_there:,} có sẵn; đã đọc lại từng tệp theo mã băm.",
        f"  {found.came:,} sounds ({found.octets:,} bytes) came into {into_en}, "
        f"{found.were_there:,} were there; each was read again by its hash.",
    ]
    if found.spoilt:
        lines += [
            f"✕ {len(found.spoilt):,} tệp không đúng mã băm nên không chuyển; hãy tạo lại bản tin.",
            "  These are not what their names say and were not moved; make their bulletins again.",
            *(f"    {sha256}" for sha256 in found.spoilt),
        ]
    if to is Where.FOLDER:
        lines += [
            "» Bỏ LOA_S3_ENDPOINT và chạy lại đài để dùng thư mục; kho S3 còn nguyên.",
            "  Unset LOA_S3_ENDPOINT and restart the station; the S3 store is as it was.",
        ]
    return "\n".join(lines) + "\n"
