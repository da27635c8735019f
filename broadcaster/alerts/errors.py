"""What can stand between an alert and the station.

BadInput                    422
├── AlertTooLarge               more bytes than any alert has
├── AlertUnreadable             no XML, or XML of a kind that is never opened
├── AlertInvalid                an element is missing, misplaced or says what CAP does not know
├── SignatureBad                signed, and not by whom the station trusts, or changed since
├── SignatureMissing            not signed, where the feed promises signatures
├── FeedNameUnusable
├── FeedUrlUnusable
├── FeedListed                  this address is in the list already
├── CertificateUnusable         not a certificate in PEM
├── PlaceCodeUnusable           a code without a name, a value or a village of the station
└── UnknownSeverity             a rule about nothing that CAP knows
NotFound                    404
├── UnknownAlert
├── UnknownFeed
├── UnknownPlaceCode
└── UnknownRule
Conflict                    409
├── AlertNotWaiting             dismissed, replaced, withdrawn, expired or ordered already
└── RuleStands                  this severity has a rule already
Unavailable                 503
└── FeedUnreachable             its host does not answer as it should
"""

from broadcaster.errors import BadInput, Conflict, NotFound, Unavailable

NAME_LIMIT_CHARACTERS = 80


class AlertTooLarge(BadInput):
    """More bytes than any alert has."""

    code = "alert_too_large"
    message_vi = "Tệp cảnh báo lớn hơn 1 MB nên không đọc. Chưa có gì thay đổi."
    message_en = "The alert is larger than 1 MB and was not read. Nothing was changed."


class AlertUnreadable(BadInput):
    """No XML, or XML of a kind that is never opened."""

    code = "alert_unreadable"
    message_vi = (
        "Tệp này không phải cảnh báo CAP đọc được. Hãy xin lại tệp XML gốc từ nơi phát cảnh báo. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "This is no CAP alert that can be read. Ask its sender for the original XML file. "
        "Nothing was changed."
    )


class AlertInvalid(BadInput):
    """An element is missing, misplaced or says what CAP does not know."""

    code = "alert_invalid"

    def __init__(self, path: str) -> None:
        """`path` names the element, such as `alert/info/severity`."""
        super().__init__(path, field="file")
        self.message_vi = (
            f"Cảnh báo không đúng chuẩn CAP 1.2 ở “{path}”. Hãy báo nơi phát cảnh báo và hỏi họ "
            "qua điện thoại. Chưa có gì thay đổi."
        )
        self.message_en = (
            f"The alert breaks CAP 1.2 at “{path}”. Tell its sender, and ask them by telephone. "
            "Nothing was changed."
        )


class SignatureBad(BadInput):
    """Signed, and not by whom the station trusts, or changed since."""

    code = "alert_signature_bad"
    message_vi = (
        "Chữ ký số của cảnh báo không khớp chứng thư nào mà đài tin, hoặc nội dung đã bị sửa. "
        "Đừng phát theo; hãy gọi điện hỏi nơi phát cảnh báo."
    )
    message_en = (
        "The alert's signature is by no certificate that the station trusts, or the alert was "
        "changed. Do not act on it; telephone its sender."
    )


class SignatureMissing(BadInput):
    """Not signed, where the feed promises signatures."""

    code = "alert_signature_missing"
    message_vi = (
        "Nguồn này phải ký số mọi cảnh báo, nhưng cảnh báo này không có chữ ký. "
        "Đừng phát theo; hãy gọi điện hỏi nơi phát cảnh báo."
    )
    message_en = (
        "This feed must sign every alert, and this one is not signed. "
        "Do not act on it; telephone its sender."
    )


class FeedNameUnusable(BadInput):
    """Empty, or longer than a line."""

    code = "feed_name_unusable"
    message_vi = "Tên nguồn cảnh báo cần từ 1 đến 80 ký tự. Chưa có gì thay đổi."
    message_en = "A feed's name has 1 to 80 characters. Nothing was changed."


class FeedUrlUnusable(BadInput):
    """Not the address of a host by http or https, without a password."""

    code = "feed_url_unusable"
    message_vi = (
        "Địa chỉ nguồn phải bắt đầu bằng https:// hoặc http:// và không có mật khẩu. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "A feed's address begins with https:// or http:// and holds no password. "
        "Nothing was changed."
    )


class FeedListed(BadInput):
    """This address is in the list already."""

    code = "feed_listed"
    message_vi = "Địa chỉ này đã có trong danh sách nguồn cảnh báo. Chưa có gì thay đổi."
    message_en = "This address is in the list of feeds already. Nothing was changed."


class CertificateUnusable(BadInput):
    """Not a certificate in PEM."""

    code = "alert_certificate_unusable"
    message_vi = (
        "Tệp này không phải chứng thư PEM (bắt đầu bằng -----BEGIN CERTIFICATE-----). "
        "Chưa có gì thay đổi."
    )
    message_en = "This is no certificate in PEM (-----BEGIN CERTIFICATE-----). Nothing was changed."


class PlaceCodeUnusable(BadInput):
    """A code without a name, a value or a village of the station."""

    code = "place_code_unusable"
    message_vi = (
        "Mã địa bàn cần tên bảng mã, giá trị (mỗi thứ tối đa 80 ký tự) và nơi mà mã chỉ tới. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "A place code needs the name of its list, its value (80 characters each) and the place "
        "that it means. Nothing was changed."
    )


class UnknownSeverity(BadInput):
    """A rule about nothing that CAP knows."""

    code = "unknown_severity"
    message_vi = "Mức độ này không có trong chuẩn CAP. Hãy chọn lại. Chưa có gì thay đổi."
    message_en = "CAP knows no such severity. Choose again. Nothing was changed."


class UnknownAlert(NotFound):
    """The station has no such alert."""

    code = "unknown_alert"
    message_vi = "Đài không có cảnh báo này. Hãy mở lại trang Cảnh báo nhận được."
    message_en = "The station has no such alert. Open the page of alerts again."


class UnknownFeed(NotFound):
    """The station has no such feed."""

    code = "unknown_feed"
    message_vi = "Đài không có nguồn cảnh báo này."
    message_en = "The station has no such feed."


class UnknownPlaceCode(NotFound):
    """The station has no such code."""

    code = "unknown_place_code"
    message_vi = "Đài không có mã địa bàn này."
    message_en = "The station has no such place code."


class UnknownRule(NotFound):
    """The station has no such rule."""

    code = "unknown_alert_rule"
    message_vi = "Đài không có quy tắc này."
    message_en = "The station has no such rule."


class AlertNotWaiting(Conflict):
    """Dismissed, replaced, withdrawn, expired or ordered already."""

    code = "alert_not_waiting"
    message_vi = (
        "Cảnh báo này không còn chờ quyết định. Hãy mở lại trang để xem việc gì đã xảy ra với nó."
    )
    message_en = "This alert waits for no decision any more. Open the page again to see why."


class RuleStands(Conflict):
    """This severity has a rule already."""

    code = "alert_rule_stands"
    message_vi = (
        "Mức độ này đã có quy tắc. Muốn đổi người chịu trách nhiệm thì bỏ quy tắc cũ trước."
    )
    message_en = "This severity has a rule already. Revoke that one first."


class FeedUnreachable(Unavailable):
    """Its host does not answer as it should."""

    code = "feed_unreachable"
    message_vi = "Nguồn cảnh báo không trả lời đúng cách. Đài tự thử lại sau 30 giây."
    message_en = "The feed does not answer as it should. The station tries again in 30 seconds."
