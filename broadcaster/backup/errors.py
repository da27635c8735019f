"""What can stand between a station and its backup.

LoaError
├── BackupKeyMissing      no backup key was made here yet
├── BackupNotWritten      the disk took less than all of it
Conflict
├── BackupKeyPresent      a backup key is there already
├── StationPresent        where it is to be restored, a station lives
BadInput
├── BackupKeyMistyped     no backup key: a sign is missing or wrong
├── WrongBackupKey        a backup key, but not the one that this file was sealed for
├── NoBackup              this file is no backup of Loa
├── BackupBroken          cut off, spoilt or forged: nothing of it is used
└── BackupOfNewerVersion  made by a newer Loa than this
"""

from broadcaster.errors import BadInput, Conflict, LoaError


class BackupKeyMissing(LoaError):
    """No backup key was made here yet."""

    code = "backup_key_missing"
    message_vi = (
        "Đài chưa có khóa sao lưu nên chưa ghi gì. Hãy chạy “loa backup-key” một lần, chép khóa "
        "ra giấy, rồi chạy lại."
    )
    message_en = (
        "There is no backup key yet, so nothing was written. Run “loa backup-key” once, write the "
        "key down, and start again."
    )


class BackupNotWritten(LoaError):
    """The disk took less than all of it, or gives back something else."""

    code = "backup_not_written"
    status = 507
    message_vi = (
        "Không ghi trọn được bản sao lưu; phần dở đã xóa, các bản cũ còn nguyên. Hãy kiểm tra chỗ "
        "trống và quyền ghi của ổ đĩa."
    )
    message_en = (
        "The backup could not be written whole; what was begun was removed, older ones are as "
        "they were. Check the disk's room and whether it may be written to."
    )


class BackupKeyPresent(Conflict):
    """A backup key is there already."""

    code = "backup_key_present"
    message_vi = (
        "Đài đã có khóa sao lưu; không có gì thay đổi. Nếu tờ giấy ghi khóa bị mất, hãy chạy "
        "“loa backup-key --replace”: các bản sao lưu cũ vẫn chỉ mở được bằng khóa cũ."
    )
    message_en = (
        "There is a backup key already; nothing was changed. If its paper is lost, run “loa "
        "backup-key --replace”: older backups still open with the old key only."
    )


class StationPresent(Conflict):
    """Where it is to be restored, a station lives."""

    code = "station_present"
    message_vi = (
        "Ở đây đã có một đài, nên không khôi phục đè lên. Chưa có gì thay đổi. Hãy dừng đài và dời "
        "thư mục dữ liệu (và cơ sở dữ liệu) đi nơi khác, rồi chạy lại."
    )
    message_en = (
        "A station is here already, and nothing is restored over it. Nothing was changed. Stop it, "
        "move its data folder (and its database) away, and start again."
    )


class BackupKeyMistyped(BadInput):
    """Not a backup key: a sign is missing or wrong, or it is a root key."""

    code = "backup_key_mistyped"
    message_vi = (
        "Khóa sao lưu thiếu hoặc sai ký tự, hoặc là khóa khác. Hãy gõ lại đủ như trên giấy."
    )
    message_en = (
        "A sign of the backup key is missing or wrong, or it is another kind of key. Type it as "
        "it is on the paper."
    )


class WrongBackupKey(BadInput):
    """A backup key, but not the one that this file was sealed for."""

    code = "wrong_backup_key"
    message_vi = (
        "Đây là khóa sao lưu, nhưng không phải khóa của tệp này. Hãy tìm tờ giấy có mã khóa ghi ở "
        "đầu tệp."
    )
    message_en = (
        "This is a backup key, but not the one for this file. Look for the paper with the key's "
        "name that the file tells."
    )


class NoBackup(BadInput):
    """This file is no backup of Loa."""

    code = "no_backup"
    message_vi = "Tệp này không phải bản sao lưu của Loa."
    message_en = "This file is no backup of Loa."


class BackupBroken(BadInput):
    """Cut off, spoilt or forged: nothing of it is used."""

    code = "backup_broken"
    message_vi = (
        "Bản sao lưu bị cắt cụt, hỏng hoặc bị sửa; không dùng được phần nào của nó. Chưa có gì "
        "thay đổi. Hãy dùng bản khác."
    )
    message_en = (
        "The backup is cut off, spoilt or altered, and nothing of it is used. Nothing was changed. "
        "Take another one."
    )


class BackupOfNewerVersion(BadInput):
    """Made by a newer Loa than this."""

    code = "backup_of_newer_version"
    message_vi = (
        "Bản sao lưu này do phiên bản Loa mới hơn tạo ra. Hãy cài phiên bản đó rồi khôi phục."
    )
    message_en = "A newer Loa made this backup. Install that version and restore with it."
