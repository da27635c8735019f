"""How emergencies are said to people: a mark and words for each stage, cadence, ending and act."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broadcaster.emergency.cadence import Cadence
from broadcaster.emergency.ending import Ending
from broadcaster.emergency.log import Act
from broadcaster.emergency.standing import Stage
from broadcaster.web.language import msgid
from broadcaster.web.play_marks import PLAY_MARKS, PlayMark


@dataclass(frozen=True, slots=True)
class StageWords:
    """A stage as people see it: one of the marks of plays, with words of its own."""

    mark: PlayMark
    words: str


STAGES: Mapping[Stage, StageWords] = MappingProxyType(
    {
        Stage.ALARM: StageWords(PLAY_MARKS["playing"], msgid("đang báo động")),
        Stage.SPEAKING: StageWords(PLAY_MARKS["playing"], msgid("đang đọc nội dung")),
        Stage.FINISHED: StageWords(PLAY_MARKS["confirmed"], msgid("đã đọc xong")),
        Stage.RECEIVED: StageWords(PLAY_MARKS["cached"], msgid("đã nhận lệnh")),
        Stage.SILENT: StageWords(PLAY_MARKS["not_confirmed"], msgid("chưa trả lời")),
        Stage.STOPPED: StageWords(PLAY_MARKS["cut"], msgid("đã im theo lệnh")),
        Stage.FAILED: StageWords(PLAY_MARKS["failed"], msgid("không phát được")),
    }
)
"""In the order in which they are shown."""

CADENCES: Mapping[Cadence, str] = MappingProxyType(
    {
        Cadence.OFTEN: msgid("Sau 5 phút, 10 phút, rồi cứ 20 phút một lần"),
        Cadence.USUAL: msgid("Sau 5 phút, 10 phút, rồi cứ 30 phút một lần"),
        Cadence.SLOW: msgid("Sau 5 phút, 10 phút, rồi cứ 2 giờ một lần"),
        Cadence.ONCE: msgid("Đọc một lần, không nhắc lại"),
    }
)

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        Ending.OVER: msgid("đã hết nguy hiểm"),
        Ending.MISTAKE: msgid("báo nhầm, đã đính chính"),
        Ending.SILENCE: msgid("đã cho im"),
    }
)

ACTS: Mapping[str, str] = MappingProxyType(
    {
        Act.RAISED: msgid("ra lệnh khẩn cấp"),
        Act.MESSAGE_READY: msgid("lời đã có tiếng và được phát"),
        Act.PROLONGED: msgid("cho nhắc lại tiếp"),
        Act.ENDED: msgid("kết thúc bằng thông báo"),
        Act.SILENCED: msgid("cho loa im"),
        Act.REVIEWED: msgid("xem xét lệnh"),
    }
)
