"""The kinds of trouble that are watched for, and what a letter calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Trouble(StrEnum):
    """What can be wrong; a name that was once used is never given another meaning."""

    NOT_CONFIRMED = "not_confirmed"
    """Loudspeakers owe their word on a broadcast, an emergency or a talk beyond its deadline."""
    DEVICE_SILENT = "device_silent"
    DISK_LOW = "disk_low"
    CLOCK_WRONG = "clock_wrong"
    BACKUP_LATE = "backup_late"
    STATION_AWAY = "station_away"
    """Nothing of it ran; told by itself when it is back."""
    STORAGE_AWAY = "storage_away"
    """The database takes nothing: it is gone, full, spoilt, or does not answer in time."""
    BROKER_AWAY = "broker_away"
    CLOCK_JUMPED = "clock_jumped"
    CERTIFICATE_ENDING = "certificate_ending"
    """Within thirty days, or it has ended."""
    CERTIFICATE_ENDED = "certificate_ended"


OF_THE_MACHINE = (
    Trouble.DISK_LOW,
    Trouble.CLOCK_WRONG,
    Trouble.BACKUP_LATE,
    Trouble.STATION_AWAY,
    Trouble.STORAGE_AWAY,
    Trouble.BROKER_AWAY,
    Trouble.CLOCK_JUMPED,
    Trouble.CERTIFICATE_ENDING,
    Trouble.CERTIFICATE_ENDED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a trouble's begin and end are said, and what to do; `{}` is what it is about."""

    began_vi: str
    began_en: str
    ended_vi: str
    ended_en: str
    remedy_vi: str
    remedy_en: str


WORDS: Mapping[Trouble, Words] = MappingProxyType(
    {
        Trouble.NOT_CONFIRMED: Words(
            began_vi="Có loa quá hạn chưa xác nhận: {}",
            began_en="Loudspeakers have not confirmed: {}",
            ended_vi="Mọi loa nay đã xác nhận: {}",
            ended_en="All loudspeakers have confirmed by now: {}",
            remedy_vi="Mở trang Hôm nay, xem loa nào; gọi trưởng thôn hỏi bà con có nghe không.",
            remedy_en="See on the page Hôm nay which; ask the village's head what was heard.",
        ),
        Trouble.DEVICE_SILENT: Words(
            began_vi="Loa mất liên lạc: {}",
            began_en="A loudspeaker is silent: {}",
            ended_vi="Loa liên lạc lại: {}",
            ended_en="A loudspeaker is back: {}",
            remedy_vi="Xem điện và sóng 4G ở cột; loa vẫn phát theo lịch đã nhận.",
            remedy_en="Look at its power and 4G; it goes on by the plan that it holds.",
        ),
        Trouble.DISK_LOW: Words(
            began_vi="Ổ đĩa của đài sắp đầy: {}",
            began_en="The station's disk fills: {}",
            ended_vi="Ổ đĩa của đài đã đủ chỗ: {}",
            ended_en="The station's disk has room again: {}",
            remedy_vi="Dọn ổ đĩa; đầy hẳn thì đài không ghi được xác nhận. Chạy “loa doctor”.",
            remedy_en="Make room; on a full disk no confirmation is kept. Run “loa doctor”.",
        ),
        Trouble.CLOCK_WRONG: Words(
            began_vi="Đồng hồ máy của đài không được giữ đúng giờ.",
            began_en="Nothing keeps the clock of the station's machine right.",
            ended_vi="Đồng hồ máy của đài lại được giữ đúng giờ.",
            ended_en="The clock of the station's machine is kept right again.",
            remedy_vi="Loa tin giờ của máy này. Chạy “timedatectl set-ntp true”, hoặc cài chrony.",
            remedy_en="Loudspeakers believe it. Run “timedatectl set-ntp true”, or install chrony.",
        ),
        Trouble.BACKUP_LATE: Words(
            began_vi="Bản sao lưu bị trễ: {}",
            began_en="A backup is late: {}",
            ended_vi="Đài đã được sao lưu: {}",
            ended_en="The station was backed up: {}",
            remedy_vi="Xem việc “loa backup” hằng đêm còn chạy và ổ đĩa của nó còn chỗ.",
            remedy_en="See that the nightly “loa backup” runs and that its disk has room.",
        ),
        Trouble.STATION_AWAY: Words(
            began_vi="Đài ngừng chạy trong {}",
            began_en="The station did not run for {}",
            ended_vi="Đài chạy lại sau {}",
            ended_en="The station runs again after {}",
            remedy_vi="Loa vẫn phát lịch đã nhận; xác nhận đang tới. Xem trang Hôm nay.",
            remedy_en="Loudspeakers played by their plans; their word is coming. See Hôm nay.",
        ),
        Trouble.STORAGE_AWAY: Words(
            began_vi="Cơ sở dữ liệu của đài không ghi được: {}",
            began_en="The station's database takes nothing: {}",
            ended_vi="Cơ sở dữ liệu của đài lại ghi được: {}",
            ended_en="The station's database takes what comes again: {}",
            remedy_vi="Không mất gì: loa phát lịch đã nhận và giữ xác nhận. Chạy “loa doctor”.",
            remedy_en="Nothing is lost: loudspeakers play on and keep their word. “loa doctor”.",
        ),
        Trouble.BROKER_AWAY: Words(
            began_vi="Máy chủ MQTT không nhận lệnh của đài: {}",
            began_en="The MQTT broker takes no orders: {}",
            ended_vi="Máy chủ MQTT lại nhận lệnh của đài: {}",
            ended_en="The MQTT broker takes orders again: {}",
            remedy_vi="Loa phát lịch đã nhận; lệnh mới và khẩn cấp chưa tới loa. “loa doctor”.",
            remedy_en="Loudspeakers play on; new orders, emergencies too, wait. “loa doctor”.",
        ),
        Trouble.CLOCK_JUMPED: Words(
            began_vi="Đồng hồ máy của đài nhảy {}; đài vẫn giữ giờ cũ.",
            began_en="The clock of the station's machine jumped {}; the station keeps its time.",
            ended_vi="Đồng hồ máy của đài đã về đúng giờ.",
            ended_en="The clock of the station's machine is where it should be again.",
            remedy_vi="Đặt lại đồng hồ. Chỉ khi giờ mới là giờ đúng: khởi động lại đài.",
            remedy_en="Set the clock right. Only where the new time is right: restart the station.",
        ),
        Trouble.CERTIFICATE_ENDING: Words(
            began_vi="Chứng chỉ sắp hết hạn: {}",
            began_en="A certificate ends soon: {}",
            ended_vi="Chứng chỉ đã được thay: {}",
            ended_en="A certificate was renewed: {}",
            remedy_vi="Xin chứng chỉ mới trước ngày đó, hoặc chạy lại “loa init”.",
            remedy_en="Obtain a new one before that day, or run “loa init” again.",
        ),
        Trouble.CERTIFICATE_ENDED: Words(
            began_vi="Chứng chỉ đã hết hạn, loa không vào được: {}",
            began_en="A certificate has ended, and loudspeakers are kept out: {}",
            ended_vi="Chứng chỉ nay còn hạn: {}",
            ended_en="The certificate holds now: {}",
            remedy_vi="Loa phát lịch đã nhận và giữ xác nhận. Thay chứng chỉ ngay: “loa doctor”.",
            remedy_en="They play on and keep their word. Renew it now: “loa doctor”.",
        ),
    }
)
