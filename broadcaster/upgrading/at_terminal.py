"""What `loa upgrade` says to whoever sits there, or reads a service's journal."""

from broadcaster import __version__
from broadcaster.upgrading.upgrade import Upgraded


def said(upgraded: Upgraded | None) -> str:
    """What came of it; nothing to do is said as well."""
    if upgraded is None:
        return (
            f"● Cơ sở dữ liệu đã đúng phiên bản {__version__}; không có gì phải làm.\n"
            f"  The database is of version {__version__} already; there is nothing to do.\n"
        )
    backup = upgraded.backup
    return (
        f"✓ {backup.file}\n"
        f"  {backup.octets:,} byte, đã đọc lại trọn vẹn / bytes, read back whole\n"
        f"✓ {upgraded.before} → {upgraded.after} (Loa {__version__}), đã kiểm tra / verified\n"
        "» Khởi động đài, rồi chạy “loa doctor”.\n"
        "  Start the station, then run “loa doctor”.\n"
    )
