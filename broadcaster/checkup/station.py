"""The station itself: its database, its keys, its voice, and how old its newest backup is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from broadcaster.backup.backup_key import PUBLIC_FILE
from broadcaster.checkup.finding import Finding, Level
from broadcaster.database import Database
from broadcaster.database.columns import from_ms
from broadcaster.database.spoilt import is_spoilt
from broadcaster.keys import KeyUnreadable, load_keys
from broadcaster.settings import Settings
from broadcaster.sounds.opening import bucket_store
from broadcaster.voices.house import usable_voices
from broadcaster.watching.machine import BACKUP_HOLDS_FOR, newest_backup
from playlists.audio.audio_errors import AudioStoreError

KEYS_END_SOON = timedelta(days=30)


def check_database(database: Database) -> Iterator[Finding]:
    """Whether every page of it can be read and belongs where it is."""
    if database.engine.dialect.name != "sqlite":
        with database.engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
        yield Finding(
            check="database", level=Level.WELL, vi=f"PostgreSQL {version} trả lời.",
            en=f"PostgreSQL {version} answers.",
        )  # fmt: skip
        return
    said = _said_of_its_pages(database)
    if said == ["ok"]:
        yield Finding(
            check="database", level=Level.WELL, vi="Cơ sở dữ liệu đọc được trọn vẹn.",
            en="The database can be read whole.",
        )  # fmt: skip
        return
    yield Finding(
        check="database", level=Level.ILL, vi=f"Cơ sở dữ liệu bị hỏng: {said[0]}",
        en=f"The database is spoilt: {said[0]}",
        remedy_vi="Dừng đài, giữ nguyên tệp hỏng, rồi “loa restore” bản sao lưu mới nhất.",
        remedy_en="Stop the station, keep the spoilt file, and “loa restore” the newest backup.",
    )  # fmt: skip


def _said_of_its_pages(database: Database) -> Sequence[str]:
    try:
        with database.engine.connect() as connection:
            return connection.execute(text("PRAGMA quick_check(5)")).scalars().all()
    except DBAPIError as error:
        if not is_spoilt(error):
            raise
        return [str(error.orig)]


def check_keys(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Whether orders can be signed, and until when loudspeakers will believe them."""
    try:
        keys = load_keys(settings.keys_dir)
    except KeyUnreadable as error:
        yield Finding(
            check="keys", level=Level.ILL, vi=f"{error.message_vi} ({error.detail})",
            en=f"{error.message_en} ({error.detail})",
            remedy_vi="“loa restore” bản sao lưu, hoặc lấy lại thư mục khóa từ đó.",
            remedy_en="“loa restore” a backup, or take the keys folder out of one.",
        )  # fmt: skip
        return
    until = from_ms(keys.issuer.not_after_ms)
    level = Level.WELL if until - now > KEYS_END_SOON else Level.SOON
    if until <= now:
        level = Level.ILL
    is_well = level is Level.WELL
    yield Finding(
        check="keys", level=level, vi=f"Khóa ký của đài dùng được đến {until:%d/%m/%Y}.",
        en=f"The signing key serves until {until:%d/%m/%Y}.",
        remedy_vi="" if is_well else "Lấy khóa gốc trên giấy và chạy “loa keys rotate”.",
        remedy_en="" if is_well else "Take the root key's paper and run “loa keys rotate”.",
    )  # fmt: skip


def check_voice(settings: Settings) -> Iterator[Finding]:
    """Whether anything can be read aloud here without a network."""
    names = [voice.name for voice in usable_voices(settings.voices_dir)]
    if names:
        yield Finding(
            check="voice", level=Level.WELL, vi=f"Giọng đọc: {', '.join(names)}.",
            en=f"Voices: {', '.join(names)}.",
        )  # fmt: skip
        return
    yield Finding(
        check="voice", level=Level.SOON, vi="Chỉ có giọng máy eSpeak; giọng tự nhiên chưa cài.",
        en="Only eSpeak's voice is here; no natural one is installed.",
        remedy_vi=f"Chạy “loa voice install {settings.voice_default}”; không có mạng thì thêm "
        "“--from THƯ_MỤC” của thẻ nhớ.",
        remedy_en=f"Run “loa voice install {settings.voice_default}”, and without a network with "
        "“--from FOLDER” of a memory stick.",
    )  # fmt: skip


def check_sounds(settings: Settings) -> Iterator[Finding]:
    """Whether the S3 store takes and gives back sound; a folder is looked at with the disk."""
    store = bucket_store(settings)
    if store is None:
        return
    place, owed = f"{settings.s3_endpoint}/{settings.s3_bucket}", len(store.owed.names())
    owed_vi = f" Còn {owed} âm thanh chờ gửi vào kho." if owed else ""
    owed_en = f" {owed} sounds wait to be sent there." if owed else ""
    try:
        store.bucket.check()
    except AudioStoreError as error:
        yield Finding(
            check="sounds", level=Level.ILL,
            vi=f"{error.message_vi}{owed_vi} ({place}: {error.detail})",
            en=f"{error.message_en}{owed_en} ({place}: {error.detail})",
        )  # fmt: skip
        return
    yield Finding(
        check="sounds", level=Level.SOON if owed else Level.WELL,
        vi=f"Kho âm thanh S3 nhận và trả đúng: {place}.{owed_vi}",
        en=f"The S3 store takes audio and gives it back: {place}.{owed_en}",
        remedy_vi="Đài tự gửi khi đang chạy; nếu còn mãi, xem nhật ký." if owed else "",
        remedy_en="A running station sends them; if they stay, look at its log." if owed else "",
    )  # fmt: skip


def check_backup(database: Database, settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Whether the newest backup is one of these nights."""
    with database.reading() as session:
        at = newest_backup(session)
    if at is None:
        has_key = (settings.keys_dir / PUBLIC_FILE).exists()
        first = "" if has_key else "“loa backup-key”, "
        yield Finding(
            check="backup", level=Level.ILL, vi="Đài chưa sao lưu lần nào.",
            en="The station was never backed up.",
            remedy_vi=f"Chạy {first}“loa backup THƯ_MỤC” ở ổ khác, rồi hẹn giờ mỗi đêm.",
            remedy_en=f"Run {first}“loa backup FOLDER” on another disk, then every night.",
        )  # fmt: skip
        return
    days = (now - at) // timedelta(days=1)
    is_well = now - at <= BACKUP_HOLDS_FOR
    yield Finding(
        check="backup", level=Level.WELL if is_well else Level.ILL,
        vi=f"Bản sao lưu mới nhất ngày {at:%d/%m/%Y} ({days} ngày trước).",
        en=f"The newest backup is of {at:%d/%m/%Y} ({days} days ago).",
        remedy_vi="" if is_well else "Xem việc sao lưu hằng đêm còn chạy và ổ đĩa của nó còn chỗ.",
        remedy_en="" if is_well else "See that the nightly backup runs and its disk has room.",
    )  # fmt: skip
