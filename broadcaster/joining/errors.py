"""What can stand between two stations that are to become one.

LoaError
├── BadInput
│   ├── StationUnlike        another time zone, or one of both is a rehearsal
│   ├── JoinedOthers         the other station was itself made of several
│   ├── OtherLedgerBroken    the other station's ledger does not hold under its root key
│   ├── DecisionsUnreadable  no list of decisions, or a line that answers nothing
│   │   └── DecisionUnusable     a code or a name that cannot be given
│   └── ItselfJoined         the backup is one of this very station
├── NotFound
│   └── UnknownJoining       nothing of that id was prepared here
└── Conflict
    ├── NotAtRest            the other station still has something that is to sound
    ├── Undecided            names or codes that both have, and nobody said what becomes of them
    └── IdsTaken             ids that both have and that nobody typed: one was made of the other
"""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.errors import BadInput, Conflict, NotFound


class StationUnlike(BadInput):
    """Another time zone, or one of both is a rehearsal."""

    code = "station_unlike"
    message_vi = (
        "Hai đài khác múi giờ, hoặc một đài là đài diễn tập, nên không nhập được. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "The stations have different time zones, or one of them is a rehearsal: they cannot be "
        "joined. Nothing was changed."
    )


class JoinedOthers(BadInput):
    """The other station was itself made of several."""

    code = "joined_others"
    message_vi = (
        "Đài kia đã từng nhập đài khác nên không nhập tiếp được: hãy làm ngược lại, nhập đài này "
        "vào đài kia. Chưa có gì thay đổi."
    )
    message_en = (
        "The other station was itself made of several and cannot be joined on: do it the other way "
        "round, and join this one to it. Nothing was changed."
    )


class OtherLedgerBroken(BadInput):
    """The other station's ledger does not hold under its root key."""

    code = "other_ledger_broken"
    message_vi = (
        "Sổ của đài kia không nguyên vẹn với khóa gốc này nên chưa nhập gì. Hãy xem khóa gốc công "
        "khai bằng “loa keys show” ở đài kia, rồi chạy “loa ledger verify” ở đó."
    )
    message_en = (
        "The other station's ledger does not hold under this root key, so nothing was joined. See "
        "its public root key with “loa keys show” there, and run “loa ledger verify” there."
    )


class DecisionsUnreadable(BadInput):
    """No list of decisions, or a line that answers nothing."""

    code = "decisions_unreadable"
    message_vi = (
        "Bảng quyết định phải là CSV có cột kind, code, decision và chỉ gồm các dòng mà “--dry-run”"
        " nêu. Chưa có gì thay đổi."
    )
    message_en = (
        "Decisions are a CSV with the columns kind, code, decision, and only the lines that "
        "“--dry-run” names. Nothing was changed."
    )


_NOT_GIVEN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "device": (
            "Mã loa mới cần chữ thường không dấu, chữ số hoặc dấu “-”, và chưa loa nào của hai đài "
            "mang. Chưa có gì thay đổi.",
            "A loudspeaker's new code has small letters, digits or “-”, and no loudspeaker of "
            "either station has it. Nothing was changed.",
        ),
        "person": (
            "Tên đăng nhập mới cần chữ thường không dấu, chữ số, dấu “.” hoặc “-”, và chưa ai "
            "ở hai đài mang; hoặc chọn cùng một người. Chưa có gì thay đổi.",
            "A new user name has small letters, digits, “.” or “-”, and nobody at either "
            "station has it; or say that both are one person. Nothing was changed.",
        ),
    }
)
_NOT_A_PLACE = (
    "Tên mới của thôn hay cụm cần từ 1 đến 60 chữ; hoặc chọn giữ tên trùng. Chưa có gì thay đổi.",
    "A village's or cluster's new name has 1 to 60 letters; or keep the name. Nothing was changed.",
)


class DecisionUnusable(DecisionsUnreadable):
    """A code or a name that cannot be given."""

    code = "decision_unusable"

    def __init__(self, detail: str = "", *, kind: str, field: str | None = None) -> None:
        """`kind` is what both stations have."""
        super().__init__(detail, field=field)
        self.message_vi, self.message_en = _NOT_GIVEN.get(kind, _NOT_A_PLACE)


class UnknownJoining(NotFound):
    """Nothing of that id was prepared here."""

    code = "joining_unknown"
    message_vi = (
        "Không có bản chuẩn bị nhập đài nào mang mã này: đã nhập xong, đã bỏ, hoặc chưa chạy "
        "“loa join … --prepare” trên máy của đài."
    )
    message_en = (
        "Nothing by that id was prepared: it was joined or dropped, or “loa join … --prepare” was "
        "not run on the station's machine."
    )


class ItselfJoined(BadInput):
    """The backup is one of this very station."""

    code = "itself_joined"
    message_vi = "Bản sao lưu này là của chính đài này. Hãy chọn bản của đài kia."
    message_en = "This backup is of this very station. Choose one of the other station."


class NotAtRest(Conflict):
    """The other station still has something that is to sound."""

    code = "not_at_rest"
    message_vi = (
        "Ở bản sao lưu này đài kia còn nội dung đang hoặc sắp phát. Hãy kết thúc thông báo khẩn và "
        "buổi nói, dừng đài, chờ hết giờ phát cuối, sao lưu lại. Chưa có gì thay đổi."
    )
    message_en = (
        "In this backup the other station still has something on air. End its emergencies and "
        "talks, stop it, wait until its last broadcast is over, and back it up again. Nothing "
        "was changed."
    )


class Undecided(Conflict):
    """Names or codes that both have, and nobody said what becomes of them."""

    code = "undecided"
    message_vi = (
        "Hai đài có tên hoặc mã trùng nhau mà chưa ai quyết định. Hãy chạy với “--prepare” rồi "
        "quyết định ở trang “Đài đã nhập”; hoặc chạy với “--dry-run --write-decisions TỆP”, điền "
        "cột decision, rồi chạy với “--decisions TỆP”. Chưa có gì thay đổi."
    )
    message_en = (
        "Both stations have names or codes that nobody decided about. Run with “--prepare” and "
        "decide on the page “Đài đã nhập”; or run with “--dry-run --write-decisions FILE”, fill in "
        "the column decision, then run with “--decisions FILE”. Nothing was changed."
    )


class IdsTaken(Conflict):
    """Ids that both have and that nobody typed: one was made of the other."""

    code = "ids_taken"
    message_vi = (
        "Hai đài có chung mã nội bộ: một đài được dựng từ bản sao của đài kia, hoặc cả hai là đài "
        "mẫu. Không nhập được; chưa có gì thay đổi."
    )
    message_en = (
        "Both stations have the same internal ids: one was made of the other's backup, or both are "
        "demonstrations. They cannot be joined; nothing was changed."
    )
