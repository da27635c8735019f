"""What can keep a station at its older version; the database is as it was in every case.

LoaError
├── UpgradeFailed        a step of the migration, or the room for it, failed
├── UpgradeUnverified    migrated on the copy, but what was found there does not hold
Conflict
├── StationRuns          somebody has the database open
└── DatabaseOfNewerVersion  a newer Loa has been here
"""

from broadcaster.errors import Conflict, LoaError


class UpgradeFailed(LoaError):
    """A step failed: the copy was thrown away, and the database is as it was."""

    code = "upgrade_failed"
    message_vi = (
        "Không nâng cấp được; cơ sở dữ liệu còn nguyên như trước. Hãy chạy lại phiên bản cũ và gửi "
        "lý do dưới đây cho người bảo trì."
    )
    message_en = (
        "The upgrade failed, and the database is as it was. Run the older version again, and send "
        "the reason below to whoever maintains this."
    )


class UpgradeUnverified(LoaError):
    """Migrated, but something does not hold: the copy was thrown away."""

    code = "upgrade_unverified"
    message_vi = (
        "Nâng cấp trên bản sao rồi kiểm tra thì thấy chỗ không đúng, nên không thay cơ sở dữ liệu: "
        "nó còn nguyên như trước. Hãy chạy lại phiên bản cũ; “loa ledger verify” của nó cho biết "
        "chỗ đó đã có từ trước chưa. Nếu đã có, thêm --despite-ledger."
    )
    message_en = (
        "The upgraded copy does not hold, so the database was left as it was. Run the older "
        "version; its “loa ledger verify” tells whether it was so before. If it was, add "
        "--despite-ledger."
    )


class StationRuns(Conflict):
    """Somebody has the database open, and could write while it is copied."""

    code = "station_runs"
    message_vi = (
        "Đài đang chạy, hoặc một lệnh khác đang mở cơ sở dữ liệu; chưa có gì thay đổi. Hãy dừng "
        "đài (“systemctl stop loa”, hoặc Ctrl-C) rồi chạy lại."
    )
    message_en = (
        "The station runs, or another command has its database open; nothing was changed. Stop it "
        "(“systemctl stop loa”, or Ctrl-C) and start again."
    )


class DatabaseOfNewerVersion(Conflict):
    """A newer Loa has been here."""

    code = "database_of_newer_version"
    message_vi = (
        "Cơ sở dữ liệu đã do phiên bản Loa mới hơn nâng cấp; chưa có gì thay đổi. Hãy cài phiên "
        "bản đó, hoặc khôi phục bản sao lưu trước khi nâng cấp."
    )
    message_en = (
        "A newer Loa has upgraded this database; nothing was changed. Install that version, or "
        "restore the backup from before."
    )
