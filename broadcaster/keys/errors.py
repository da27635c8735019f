"""What can stand against the station's keys.

LoaError
├── KeyUnreadable        a key file is missing, damaged, or not of a piece with the others
├── CertificateUnreadable  a certificate or its key is missing, damaged, or not of a piece
├── Conflict
│   ├── KeysPresent      the folder holds keys already, and no founding replaces them
│   ├── KeyInUse         the station signs with this key, so it cannot be revoked yet
│   └── KeyringFull      no room for another key until older ones have ended
├── NotFound
│   └── UnknownKey       the keyring names no such key
└── BadInput
    ├── RootKeyMistyped  not a root key: a sign is missing or wrong
    └── WrongRootKey     a root key, but of another station
"""

from broadcaster.errors import BadInput, Conflict, LoaError, NotFound


class KeyUnreadable(LoaError):
    """A key file is missing, damaged, or not of a piece with the others."""

    code = "key_unreadable"
    message_vi = (
        "Không đọc được khóa của đài. Đài chưa gửi lệnh nào. "
        "Hãy khôi phục thư mục khóa từ bản sao lưu."
    )
    message_en = (
        "The station's keys cannot be read. No order was sent. "
        "Restore the keys folder from its backup."
    )


class CertificateUnreadable(LoaError):
    """A certificate or its key is missing, damaged, or the one does not fit the other."""

    code = "certificate_unreadable"
    message_vi = (
        "Không đọc được chứng chỉ TLS hoặc khóa của nó, hoặc hai tệp không khớp nhau. "
        "Hãy kiểm tra đường dẫn, hoặc chạy lại “loa init”."
    )
    message_en = (
        "The TLS certificate or its key cannot be read, or they do not belong together. "
        "Check the paths, or run “loa init” again."
    )


class KeysPresent(Conflict):
    """The folder holds keys already, and no founding replaces them."""

    code = "keys_present"
    message_vi = (
        "Thư mục khóa đã có khóa của một đài, mà cơ sở dữ liệu thì chưa có đài nào. Chưa có gì "
        "thay đổi. Hãy khôi phục cơ sở dữ liệu của đài đó, hoặc dời thư mục khóa đi nơi khác "
        "rồi chạy lại."
    )
    message_en = (
        "The keys folder holds a station's keys, but the database holds no station. Nothing was "
        "changed. Restore that station's database, or move the keys folder away and start again."
    )


class KeyInUse(Conflict):
    """The station signs with this key, so it cannot be revoked yet."""

    code = "key_in_use"
    message_vi = (
        "Đài đang ký bằng khóa này nên chưa thu hồi được. "
        "Hãy chạy “loa keys rotate --revoke-old” để đổi khóa và thu hồi khóa cũ ngay."
    )
    message_en = (
        "The station signs with this key, so it cannot be revoked yet. Run “loa keys rotate "
        "--revoke-old” to make a new key and revoke this one at once."
    )


class KeyringFull(Conflict):
    """No room for another key until older ones have ended."""

    code = "keyring_full"
    message_vi = (
        "Vòng khóa đã đủ khóa, chưa thêm được. Hãy thu hồi khóa không dùng nữa bằng "
        "“loa keys revoke”. Chưa có gì thay đổi."
    )
    message_en = (
        "The keyring has no room for another key. Revoke one that is no longer used with "
        "“loa keys revoke”. Nothing was changed."
    )


class UnknownKey(NotFound):
    """The keyring names no such key, or several."""

    code = "unknown_key"
    message_vi = "Không có khóa này trong vòng khóa của đài. Xem mã khóa bằng “loa keys show”."
    message_en = "The keyring names no such key. See the key ids with “loa keys show”."


class RootKeyMistyped(BadInput):
    """Not a root key: a sign is missing or wrong."""

    code = "root_key_mistyped"
    message_vi = (
        "Khóa gốc chép chưa đúng: thừa, thiếu hoặc sai một ký tự. "
        "Hãy so lại từng nhóm bốn ký tự với bản giấy. Chưa có gì thay đổi."
    )
    message_en = (
        "This is not a root key: a sign is missing, added or wrong. Compare it with the paper, "
        "four signs at a time. Nothing was changed."
    )


class WrongRootKey(BadInput):
    """A root key, but of another station."""

    code = "wrong_root_key"
    message_vi = "Đây là khóa gốc của đài khác. Chưa có gì thay đổi."
    message_en = "This is the root key of another station. Nothing was changed."
