"""What pages call events, deliveries and what stood against them; each a msgid."""

from collections.abc import Mapping
from types import MappingProxyType

from broadcaster.web.language import msgid
from broadcaster.webhooks.kinds import TRIAL, Kind, State

KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Kind.BULLETIN_APPROVED: msgid("Bản tin được duyệt"),
        Kind.BROADCAST_PLANNED: msgid("Buổi phát được xếp"),
        Kind.BROADCAST_CANCELLED: msgid("Buổi phát bị bỏ"),
        Kind.BROADCAST_STARTED: msgid("Loa đầu tiên bắt đầu phát"),
        Kind.BROADCAST_CONFIRMED: msgid("Mọi loa xác nhận phát trọn"),
        Kind.BROADCAST_NOT_CONFIRMED: msgid("Có loa quá hạn chưa xác nhận, hoặc báo lỗi"),
        Kind.EMERGENCY_GIVEN: msgid("Lệnh khẩn cấp hoặc diễn tập được ra"),
        Kind.EMERGENCY_ENDED: msgid("Lệnh khẩn cấp hoặc diễn tập kết thúc"),
        Kind.DEVICE_SILENT: msgid("Loa mất liên lạc"),
        Kind.DEVICE_BACK: msgid("Loa liên lạc lại"),
        Kind.DISK_LOW: msgid("Ổ đĩa của đài sắp đầy"),
        Kind.DISK_ENOUGH: msgid("Ổ đĩa của đài lại đủ chỗ"),
        Kind.CLOCK_WRONG: msgid("Đồng hồ của máy chủ không được giữ đúng giờ"),
        Kind.CLOCK_RIGHT: msgid("Đồng hồ của máy chủ lại được giữ đúng giờ"),
        Kind.BACKUP_LATE: msgid("Bản sao lưu bị trễ"),
        Kind.BACKUP_MADE: msgid("Đài được sao lưu lại sau khi trễ"),
        Kind.STATION_AWAY: msgid("Đài đã ngừng chạy"),
        Kind.STATION_BACK: msgid("Đài chạy lại"),
        Kind.STORAGE_AWAY: msgid("Cơ sở dữ liệu không ghi được"),
        Kind.STORAGE_BACK: msgid("Cơ sở dữ liệu lại ghi được"),
        Kind.BROKER_AWAY: msgid("Máy chủ MQTT không nhận lệnh của đài"),
        Kind.BROKER_BACK: msgid("Máy chủ MQTT lại nhận lệnh của đài"),
        Kind.CLOCK_JUMPED: msgid("Đồng hồ của máy chủ nhảy sang giờ khác"),
        Kind.CLOCK_RETURNED: msgid("Đồng hồ của máy chủ đã về đúng giờ"),
        Kind.CERTIFICATE_ENDING: msgid("Chứng chỉ sắp hết hạn"),
        Kind.CERTIFICATE_RENEWED: msgid("Chứng chỉ đã được thay"),
        Kind.CERTIFICATE_ENDED: msgid("Chứng chỉ đã hết hạn"),
        Kind.CERTIFICATE_HOLDS: msgid("Chứng chỉ nay còn hạn"),
        TRIAL: msgid("Tin gửi thử"),
    }
)

STATE_WORDS: Mapping[State, str] = MappingProxyType(
    {
        State.WAITING: msgid("đang chờ gửi"),
        State.DELIVERED: msgid("đã nhận"),
        State.GIVEN_UP: msgid("thôi gửi"),
    }
)

_TROUBLES: Mapping[str, str] = MappingProxyType(
    {
        "too_slow": msgid("không trả lời kịp trong 10 giây"),
        "unreachable": msgid("không liên lạc được, hoặc chứng thư không đúng"),
        "forbidden": msgid("tên máy trỏ tới địa chỉ không được phép gửi"),
        "secret_unreadable": msgid("khóa keys/webhooks.key không còn nên không ký được"),
    }
)
_HTTP = msgid("trả lời mã khác 2xx")


def trouble_words(code: str) -> str:
    """The msgid of what stood against a delivery."""
    return _TROUBLES.get(code, _HTTP)
