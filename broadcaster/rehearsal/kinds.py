"""The faults that a page can switch on, in the words of those who will have them one day."""

from collections.abc import Mapping
from dataclasses import dataclass

from broadcaster.web.language import msgid


@dataclass(frozen=True, slots=True)
class FaultWords:
    """What a kind is called, and what then happens to a device; both are msgids."""

    name: str
    means: str


FAULTS: Mapping[str, FaultWords] = {
    "offline": FaultWords(msgid("Mất mạng"), msgid("Không nối được với đài, không tải được tệp.")),
    "slow_link": FaultWords(msgid("Mạng chậm"), msgid("Lệnh đến muộn, tệp tải rất chậm.")),
    "duplicated": FaultWords(msgid("Tin đến hai lần"), msgid("Có tin được gửi lại lần nữa.")),
    "reordered": FaultWords(msgid("Tin đến lộn thứ tự"), msgid("Tin gửi sau lại đến trước.")),
    "lost_receipts": FaultWords(
        msgid("Mất biên nhận"), msgid("Loa không biết đài đã ghi sổ, nên báo lại.")
    ),
    "clock_drift": FaultWords(msgid("Đồng hồ chạy sai"), msgid("Giờ của loa lệch dần.")),
    "clock_jump": FaultWords(msgid("Đồng hồ nhảy giờ"), msgid("Giờ của loa nhảy rồi về lại.")),
    "disk_full": FaultWords(msgid("Đầy bộ nhớ"), msgid("Không ghi được nhật ký và tệp âm thanh.")),
    "corrupt_download": FaultWords(msgid("Tệp tải về bị hỏng"), msgid("Mỗi tệp sai một chỗ.")),
    "crash": FaultWords(msgid("Mất điện"), msgid("Loa tắt ngay, có điện lại thì khởi động lại.")),
    "muted_amplifier": FaultWords(
        msgid("Âm ly câm"), msgid("Loa tưởng đã phát nhưng không ra tiếng.")
    ),
    "stolen": FaultWords(
        msgid("Loa bị lấy cắp"), msgid("Kẻ gian dùng khóa của loa để báo cáo sai.")
    ),
    "intruder": FaultWords(
        msgid("Kẻ lạ ra lệnh"), msgid("Dùng tài khoản của loa để gửi lệnh phát giả.")
    ),
}
LENGTHS_S: Mapping[int, str] = {
    30: msgid("30 giây"),
    60: msgid("1 phút"),
    300: msgid("5 phút"),
    900: msgid("15 phút"),
    3_600: msgid("1 giờ"),
    86_400: msgid("Đến khi gỡ"),
}
