"""What can stand between the station and the province's system.

BadInput                    422
├── AddressUnusable             not https, or with a password in it
├── OfficeIdUnusable            an id that could not stand in a document
├── SecretUnusable              none, too short, or not what a header can carry
├── UnknownMapping              a version of the fields that this station does not have
├── DocumentTooLarge
├── FieldMissing                names the field
├── FieldUnusable               names the field
└── ForeignSoundUnusable        its sound lies elsewhere, is too large, or is another one
NotFound                    404
├── UnknownReceived
└── NotLinked                   no admin entered where the province's system is
Conflict                    409
├── NotTested                   switched on before a test was answered
├── StreamNotListed             the station's list has no such source that devices may open
├── ReceivedNotWaiting          taken, put away, replaced or withdrawn already
└── TakenAsEmergency            khẩn cấp goes through the emergency's pages
Unavailable                 503
├── OfficeUnreachable           no answer, or one that means try again
├── OfficeDenies                it does not know our secret
└── OfficeAnswersOddly          an answer that is none of this exchange
"""

from broadcaster.errors import BadInput, Conflict, NotFound, Unavailable

LONGEST_ADDRESS = 500
LONGEST_SECRET = 500
SHORTEST_SECRET = 8


class AddressUnusable(BadInput):
    """Not https (but on this machine), or with a password in it."""

    code = "exchange_address_unusable"
    message_vi = (
        "Địa chỉ hệ thống của tỉnh phải bắt đầu bằng https:// và không có mật khẩu bên trong. "
        "Hãy xin lại địa chỉ. Chưa có gì thay đổi."
    )
    message_en = (
        "The address of the province's system begins with https:// and holds no password. "
        "Ask for it again. Nothing was changed."
    )


class OfficeIdUnusable(BadInput):
    """An id that could not stand in a document."""

    code = "exchange_id_unusable"
    message_vi = "Mã này cần từ 1 đến 200 ký tự, không xuống dòng. Chưa có gì thay đổi."
    message_en = "This id has 1 to 200 characters in one line. Nothing was changed."


class SecretUnusable(BadInput):
    """None, too short, or not what a header can carry."""

    code = "exchange_secret_unusable"
    message_vi = (
        "Khóa truy cập do tỉnh cấp cần 8 đến 500 chữ cái, chữ số không dấu, không dấu cách. "
        "Địa chỉ mới thì phải nhập lại khóa. Chưa có gì thay đổi."
    )
    message_en = (
        "The secret that the province gave has 8 to 500 plain signs without spaces, and is entered "
        "again with another address. Nothing was changed."
    )


class UnknownMapping(BadInput):
    """A version of the fields that this station does not have."""

    code = "exchange_mapping_unknown"
    message_vi = (
        "Đài không có phiên bản ánh xạ trường này. Hãy cập nhật phần mềm đài, hoặc hỏi tỉnh "
        "phiên bản đang dùng. Chưa có gì thay đổi."
    )
    message_en = (
        "This station does not have that version of the field mapping. Update the station's "
        "software, or ask the province for its version. Nothing was changed."
    )


class DocumentTooLarge(BadInput):
    """More signs than any bulletin's description has."""

    code = "exchange_document_too_large"
    message_vi = "Bản tin có hơn 100.000 ký tự nên đài không nhận. Hãy báo tỉnh gửi bản ngắn hơn."
    message_en = "A bulletin of more than 100,000 signs is not taken. Ask for a shorter one."


class FieldMissing(BadInput):
    """A document without something that it cannot be used without."""

    code = "exchange_field_missing"

    def __init__(self, theirs: str) -> None:
        """`theirs` is the province's name of the field."""
        super().__init__(theirs)
        self.message_vi = f"Thiếu trường “{theirs}”. Hãy báo tỉnh gửi lại đủ."
        self.message_en = f"The field “{theirs}” is missing. Ask the province to send it again."


class FieldUnusable(BadInput):
    """A field that holds what it cannot hold."""

    code = "exchange_field_unusable"

    def __init__(self, theirs: str) -> None:
        """`theirs` is the province's name of the field."""
        super().__init__(theirs)
        self.message_vi = f"Trường “{theirs}” có giá trị không hiểu được. Hãy báo tỉnh sửa."
        self.message_en = f"The field “{theirs}” holds what nobody can read. Tell the province."


class ForeignSoundUnusable(BadInput):
    """Its sound lies elsewhere, is too large, or is another one than was promised."""

    code = "exchange_sound_unusable"
    message_vi = (
        "Không dùng được tệp âm thanh của bản tin này: tệp nằm ở máy chủ khác, quá 50 MB, "
        "không phải âm thanh, hoặc không khớp mã băm. Hãy báo tỉnh. Chưa có gì thay đổi."
    )
    message_en = (
        "The sound of this bulletin cannot be used: it lies on another host, is larger than 50 MB, "
        "is no sound, or does not match its hash. Tell the province. Nothing was changed."
    )


class UnknownReceived(NotFound):
    """Nothing of that id came to this station."""

    code = "exchange_received_unknown"
    message_vi = "Không có bản tin nào của tỉnh mang mã này ở đài."
    message_en = "No bulletin of the province by that id came to this station."


class NotLinked(NotFound):
    """No admin entered where the province's system is."""

    code = "exchange_not_linked"
    message_vi = (
        "Chưa nhập địa chỉ hệ thống của tỉnh. Quản trị viên nhập ở trang Trao đổi với tỉnh."
    )
    message_en = "Nobody entered where the province's system is. An admin does, on its page."


class NotTested(Conflict):
    """Switched on before a test was answered."""

    code = "exchange_not_tested"
    message_vi = "Hãy kiểm tra kết nối với tỉnh thành công trước khi bật. Chưa có gì được gửi đi."
    message_en = "Test the connection before switching it on. Nothing was sent."


class StreamNotListed(Conflict):
    """The station's list has no such source that devices may open; the province adds none."""

    code = "exchange_stream_not_listed"
    message_vi = (
        "Luồng này chưa có trong danh sách nguồn tiếp sóng của đài, nên loa không được mở. Nhờ "
        "quản trị viên thêm đúng địa chỉ ở trang Nguồn tiếp sóng rồi nhận lại. Lệnh vẫn chờ."
    )
    message_en = (
        "This stream is not among the station's relay sources, so devices may not open it. Ask an "
        "admin to add that very address, then take it again. The order goes on waiting."
    )


class ReceivedNotWaiting(Conflict):
    """Taken, put away, replaced or withdrawn already."""

    code = "exchange_not_waiting"
    message_vi = "Bản tin này không còn chờ: đã nhận, đã bỏ qua, hoặc tỉnh đã thay hay thu hồi."
    message_en = "This bulletin waits no more: taken, put away, replaced or withdrawn already."


class TakenAsEmergency(Conflict):
    """Khẩn cấp goes through the emergency's pages, where a person confirms it."""

    code = "exchange_is_emergency"
    message_vi = (
        "Bản tin khẩn cấp không nhận như bản tin thường. Người được ủy quyền ra lệnh phát "
        "theo nó ở trang Khẩn cấp."
    )
    message_en = "An emergency is no ordinary bulletin: whoever is authorised orders it as one."


class OfficeUnreachable(Unavailable):
    """No answer, or one that means: try again. `after_s` is when, if it said so."""

    code = "exchange_unreachable"
    message_vi = (
        "Hệ thống của tỉnh không trả lời. Mọi thứ vẫn được giữ và đài tự gửi lại; "
        "nếu kéo dài hãy gọi điện hỏi tỉnh."
    )
    message_en = (
        "The province's system does not answer. Everything is kept and sent again by itself; "
        "telephone the province if it lasts."
    )

    def __init__(self, detail: str = "", *, after_s: int = 0) -> None:
        super().__init__(detail)
        self.after_s = after_s


class OfficeDenies(OfficeUnreachable):
    """It does not know our secret, or lets us in no more."""

    code = "exchange_denied"
    message_vi = (
        "Hệ thống của tỉnh từ chối khóa truy cập. Hãy xin tỉnh khóa mới rồi nhập lại; "
        "mọi thứ chờ gửi vẫn được giữ."
    )
    message_en = (
        "The province's system refuses our secret. Ask for a new one and enter it; "
        "everything that waits is kept."
    )


class OfficeAnswersOddly(OfficeUnreachable):
    """An answer that is none of this exchange."""

    code = "exchange_answers_oddly"
    message_vi = (
        "Địa chỉ này trả lời nhưng không theo cách trao đổi đã biết. Hãy kiểm tra địa chỉ và "
        "phiên bản với tỉnh; mọi thứ chờ gửi vẫn được giữ."
    )
    message_en = (
        "That address answers, and not as this exchange does. Check the address and the version "
        "with the province; everything that waits is kept."
    )
