"""What can stand against a source.

LoaError
├── BadInput
│   ├── SourceNameUnusable   empty, or longer than a line
│   ├── SourceUrlUnusable    not the https address of a host by its name
│   ├── SourceHostForbidden  this machine's own network, where no broadcaster is
│   ├── SourceChoiceUnknown  a level or a kind that is not offered
│   └── SourceListed         this address is in the list already
├── NotFound
│   └── UnknownSource        the station's list has no such source
└── Unavailable
    └── TrialUnderWay        another source is being tried
"""

from broadcaster.errors import BadInput, NotFound, Unavailable

NAME_LIMIT_CHARACTERS = 80


class SourceNameUnusable(BadInput):
    """Empty, or longer than a line."""

    code = "source_name_unusable"
    message_vi = "Tên nguồn cần từ 1 đến 80 ký tự, ví dụ: VOV1. Chưa có gì thay đổi."
    message_en = "A source's name has 1 to 80 characters, such as VOV1. Nothing was changed."


class SourceUrlUnusable(BadInput):
    """Not the https address of a host by its name."""

    code = "source_url_unusable"
    message_vi = (
        "Địa chỉ nguồn phải bắt đầu bằng https:// và không có mật khẩu, ví dụ: "
        "https://stream.vovmedia.vn/vov1. Chưa có gì thay đổi."
    )
    message_en = (
        "A source's address begins with https:// and holds no password, such as "
        "https://stream.vovmedia.vn/vov1. Nothing was changed."
    )


class SourceHostForbidden(BadInput):
    """This machine's own network, where no broadcaster is."""

    code = "source_host_forbidden"
    message_vi = (
        "Địa chỉ này chỉ về chính máy đang mở nó (localhost, 127.…, 169.254.…), không phải một đài "
        "phát thanh. Hãy ghi địa chỉ của đài, ví dụ: https://stream.vovmedia.vn/vov1. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "This address is that of whichever machine opens it (localhost, 127.…, 169.254.…), and no "
        "broadcaster's. Enter a broadcaster's, such as https://stream.vovmedia.vn/vov1. "
        "Nothing was changed."
    )


class SourceChoiceUnknown(BadInput):
    """A level or a kind that is not offered."""

    code = "source_choice_unknown"
    message_vi = "Lựa chọn này không có. Hãy tải lại trang và chọn lại."
    message_en = "There is no such choice. Reload the page and choose again."


class SourceListed(BadInput):
    """This address is in the list already."""

    code = "source_listed"
    message_vi = "Địa chỉ này đã có trong danh sách nguồn. Chưa có gì thay đổi."
    message_en = "This address is in the list of sources already. Nothing was changed."


class UnknownSource(NotFound):
    """The station's list has no such source."""

    code = "unknown_source"
    message_vi = "Đài không có nguồn tiếp sóng này."
    message_en = "The station has no such source."


class TrialUnderWay(Unavailable):
    """Another source is being tried."""

    code = "trial_under_way"
    message_vi = "Máy đang thử một nguồn khác. Hãy đợi khoảng mười giây rồi thử lại."
    message_en = "Another source is being tried. Wait about ten seconds and try again."
