"""What can stand between a feed of material and the station.

BadInput                    422
├── FeedNameless                a name or licence that is none
├── MaterialUrlUnusable         no address of http or https, or a host that is none
├── MaterialListed              this address is in the list already
├── MaterialUnreadable          no RSS or Atom, or larger than 1 MB
└── MaterialSoundUnusable       on a host that nobody named, too large, or no sound
NotFound                    404
├── UnknownMaterialFeed
└── UnknownMaterialItem
Conflict                    409
└── MaterialTaken               a bulletin was made of it already
Unavailable                 503
└── MaterialUnreachable         its host does not answer as it should
"""

from broadcaster.errors import BadInput, Conflict, NotFound, Unavailable

LONGEST_NAME = 80
LONGEST_LICENCE = 200


class FeedNameless(BadInput):
    """A name or words on the licence that are empty or too long."""

    code = "material_feed_nameless"
    message_vi = (
        "Tên nguồn cần 1 đến 80 ký tự và điều kiện sử dụng cần 1 đến 200 ký tự: "
        "hãy ghi ai cho phép phát lại. Chưa có gì thay đổi."
    )
    message_en = (
        "A source has a name of 1 to 80 signs, and words of 1 to 200 on how it may be used: "
        "say who allows it. Nothing was changed."
    )


class MaterialUrlUnusable(BadInput):
    """No address of http or https, or a host that is none."""

    code = "material_url_unusable"
    message_vi = (
        "Địa chỉ nguồn phải bắt đầu bằng https:// hoặc http:// và không có mật khẩu; "
        "máy chủ âm thanh chỉ ghi tên, ví dụ tep.example.vn. Chưa có gì thay đổi."
    )
    message_en = (
        "A source's address begins with https:// or http:// and holds no password; the host of its "
        "sounds is a name such as tep.example.vn. Nothing was changed."
    )


class MaterialListed(BadInput):
    """This address is in the list already."""

    code = "material_listed"
    message_vi = "Nguồn này đã có trong danh sách. Chưa có gì thay đổi."
    message_en = "This source is in the list already. Nothing was changed."


class MaterialUnreadable(BadInput):
    """No RSS or Atom, or larger than 1 MB."""

    code = "material_unreadable"
    message_vi = (
        "Địa chỉ này không trả về danh sách RSS hoặc Atom đọc được, hoặc danh sách quá 1 MB. "
        "Hãy kiểm tra địa chỉ nguồn."
    )
    message_en = (
        "That address gives no list in RSS or Atom that can be read, or one larger than 1 MB. "
        "Check the source's address."
    )


class MaterialSoundUnusable(BadInput):
    """On a host that nobody named, too large, or no sound."""

    code = "material_sound_unusable"

    def __init__(self, why: str, *, host: str = "") -> None:
        """`host` is the one that would have to be named."""
        super().__init__(why)
        lies_vi, lies_en = "", ""
        if host:
            lies_vi = f" Tệp nằm ở máy chủ “{host}”: quản trị viên phải ghi tên đó vào nguồn."
            lies_en = f" It lies on “{host}”, which an admin would have to name."
        self.message_vi = (
            "Không dùng được tệp âm thanh này: phải nằm ở máy chủ đã cho phép, là âm thanh, "
            f"và không quá 50 MB.{lies_vi} Chưa có gì thay đổi."
        )
        self.message_en = (
            "This sound cannot be used: it must lie on a host that was allowed, be sound, "
            f"and have 50 MB at most.{lies_en} Nothing was changed."
        )


class UnknownMaterialFeed(NotFound):
    """There is no such source in use."""

    code = "material_feed_unknown"
    message_vi = "Không có nguồn này trong danh sách."
    message_en = "There is no such source in the list."


class UnknownMaterialItem(NotFound):
    """There is no such item of a source in use."""

    code = "material_item_unknown"
    message_vi = "Không có mục này trong các nguồn đang dùng. Hãy hỏi lại nguồn."
    message_en = "There is no such item in the sources in use. Ask the source again."


class MaterialTaken(Conflict):
    """A bulletin was made of it already."""

    code = "material_taken"
    message_vi = "Mục này đã được nhận thành bản tin."
    message_en = "A bulletin was made of this item already."


class MaterialUnreachable(Unavailable):
    """Its host does not answer as it should."""

    code = "material_unreachable"
    message_vi = "Nguồn này không trả lời như mong đợi. Hãy thử lại sau; những gì đã có vẫn còn."
    message_en = "This source does not answer as it should. Try later; what was there is kept."
