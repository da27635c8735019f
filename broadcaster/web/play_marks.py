"""The states of a play as people see them: one mark, one word, one role of colour each.

Colour only repeats what mark and word say. Green stands behind a signed confirmation only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from broadcaster.web.language import msgid


@dataclass(frozen=True, slots=True)
class PlayMark:
    """How one state is shown: `symbol` where only text can stand, `tone` for the style sheet."""

    state: str
    symbol: str
    word: str
    tone: str


_ALL = (
    PlayMark("planned", "○", msgid("đã lên lịch"), "ink"),
    PlayMark("cached", "◔", msgid("đã tải về loa"), "ink"),
    PlayMark("playing", "◉", msgid("đang phát"), "signal"),
    PlayMark("confirmed", "●", msgid("đã xác nhận"), "leaf"),
    PlayMark("relayed", "⊙", msgid("đã tiếp sóng, nội dung không kiểm chứng"), "slate"),
    PlayMark("partial", "◐", msgid("phát một phần"), "straw"),
    PlayMark("cut", "✂", msgid("bị cắt ngang"), "straw"),
    PlayMark("failed", "✕", msgid("phát hỏng"), "brick"),
    PlayMark("not_confirmed", "◍", msgid("chưa xác nhận"), "slate"),
    PlayMark("unverifiable", "▢", msgid("không kiểm chứng được"), "slate"),
    PlayMark("simulated", "◇", msgid("mô phỏng"), "slate"),
)

PLAY_MARKS: Mapping[str, PlayMark] = MappingProxyType({mark.state: mark for mark in _ALL})
