"""What the commands of backups do, and what they tell whoever sits there."""

from datetime import UTC, datetime
from pathlib import Path

from nacl.public import PrivateKey
from rich.console import Console

from broadcaster.audit import Act, record
from broadcaster.backup.backup_key import backup_key_told, make_backup_key, name_of
from broadcaster.backup.errors import BackupKeyPresent
from broadcaster.backup.restoring import restore
from broadcaster.backup.writing import Written, forget_older, write_backup
from broadcaster.database import Database, connect
from broadcaster.database.columns import from_ms
from broadcaster.inspection.ledger_command import Wish, told, verified_station
from broadcaster.keys import write_secret
from broadcaster.settings import Settings


def made_key(settings: Settings, *, replace: bool, file: Path | None) -> str:
    """Make the backup key and tell it once, or write it; raise BackupKeyPresent."""
    if file is not None and file.exists():
        raise BackupKeyPresent(str(file))
    key = make_backup_key(settings.keys_dir, replace=replace)
    named, secret = name_of(key.public_key), backup_key_told(key)
    if file is not None:
        write_secret(file, f"{secret}\n".encode(), replace=False)
        return f"» Khóa sao lưu {named}: chép ra giấy rồi hủy tệp / The backup key: {file}\n"
    return (
        f"» Khóa sao lưu {named}, chỉ in một lần / The backup key, printed once\n    {secret}\n"
        "  Chép ra giấy, cất xa máy này: không có nó thì không mở được bản sao lưu nào.\n"
        "  Write it down, keep it away from this machine: without it no backup opens.\n"
    )


def backed_up(
    database: Database,
    settings: Settings,
    folder: Path,
    *,
    station_id: str,
    keep: int,
    now: datetime,
) -> str:
    """Write a backup, put it into the trail, let go of older ones; raise what `write_backup` does.

    None is removed before the new one is whole.
    """
    written = write_backup(database, settings, folder, station_id=station_id, now=now)
    with database.writing() as session:
        record(
            session, Act.STATION_BACKED_UP, by=None, about=station_id, at=now,
            details={"octets": written.octets, "sha256": written.sha256},
        )  # fmt: skip
    gone = forget_older(folder, station_id=station_id, keep=keep) if keep else []
    lines = [
        f"✓ {written.file}",
        f"  {written.octets:,} byte, {written.files} tệp và cơ sở dữ liệu, đã đọc lại trọn vẹn",
        f"  {written.octets:,} bytes, {written.files} files and the database, read back whole",
        *_of_the_bucket(written, settings),
        *(f"  ✕ {each.name} (cũ / older)" for each in gone),
    ]
    return "\n".join(lines) + "\n"


def _of_the_bucket(written: Written, settings: Settings) -> list[str]:
    if not settings.s3_endpoint:
        return []
    place = f"{settings.s3_endpoint}/{settings.s3_bucket}"
    if written.in_bucket is None:
        return [
            f"» Kho S3 {place} không trả lời: bản này chứa mọi âm thanh đang có ở máy này.",
            "  The S3 store does not answer: all audio that lies at this machine is in the file.",
        ]
    return [
        f"» {written.in_bucket:,} âm thanh nằm trong kho S3 {place}, không có trong bản này.",
        f"  {written.in_bucket:,} sounds lie in the S3 store and not in this file; back it up too.",
    ]


def restored(file: Path, settings: Settings, *, key: PrivateKey, now: datetime) -> str:
    """Make a station of a backup, and say what is to be known of it; raise what `restore` does."""
    done = restore(file, settings, key=key, now=now)
    made_at = from_ms(done.header.made_at_ms).astimezone(UTC)
    lines = [
        f"● {done.station_name} ({done.header.station})",
        f"  như lúc / as of {made_at:%Y-%m-%d %H:%M} UTC, Loa {done.header.version}; "
        f"{done.files} tệp / files",
        "» Loa phát tiếp như thường và gửi lại những gì đài còn thiếu ngay khi đài chạy.",
        "  Loudspeakers play on, and say again what is missing as soon as the station runs.",
        "» Việc làm sau lúc sao lưu (người dùng, bản tin, lịch) phải làm lại bằng tay.",
        "  What people did since (accounts, bulletins, schedules) is to be done again by hand.",
    ]
    if done.settings_file is not None:
        lines.append(f"» Thiết lập cũ để so / The settings as they were: {done.settings_file}")
    return "\n".join(lines) + "\n"


def verified(settings: Settings, *, now: datetime, progress: Console) -> tuple[str, bool]:
    """Verify the ledger that was restored, in words and whether it holds."""
    database = connect(settings.database)
    try:
        verdict = verified_station(database, settings, Wish(), now=now, progress=progress)
    finally:
        database.dispose()
    return told(verdict, as_json=False), verdict.holds
