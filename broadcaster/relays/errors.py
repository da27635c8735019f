"""What can stand against a relay.

LoaError
├── BadInput
│   ├── RelaySourceMissing    no source was chosen, or devices may not open it
│   ├── RelayLengthUnusable   not from a second to as long as a session may be
│   ├── StallUnusable         not from 1 to 60 seconds
│   └── FallbackNotApproved   what shall fill in is no bulletin that is approved
└── NotFound
    └── UnknownRelay          the station has no such relay
"""

from broadcaster.errors import BadInput, NotFound


class RelaySourceMissing(BadInput):
    """No source was chosen, or devices may not open it."""

    code = "relay_source_missing"
    message_vi = (
        "Hãy chọn một nguồn trong danh sách mà loa được phép mở. Nếu chưa có, nhờ quản trị viên "
        "thêm nguồn. Chưa có gì thay đổi."
    )
    message_en = (
        "Choose a source of the list that devices may open. If there is none, ask an admin to add "
        "it. Nothing was changed."
    )


class RelayLengthUnusable(BadInput):
    """Not from a second to as long as a session may be."""

    code = "relay_length_unusable"

    def __init__(self, *, longest_ms: int, field: str) -> None:
        """`longest_ms` is how long a session of this station may be."""
        super().__init__(str(longest_ms), field=field)
        minutes = longest_ms // 60_000
        self.message_vi = (
            f"Thời lượng tiếp sóng từ 1 đến {minutes} phút: một buổi phát của đài không dài hơn. "
            "Chưa có gì thay đổi."
        )
        self.message_en = (
            f"A relay lasts 1 to {minutes} minutes: no session of this station is longer. "
            "Nothing was changed."
        )


class StallUnusable(BadInput):
    """Not from 1 to 60 seconds."""

    code = "stall_unusable"
    message_vi = "Thời gian chờ khi mất sóng từ 1 đến 60 giây. Chưa có gì thay đổi."
    message_en = "How long to wait when nothing comes is 1 to 60 seconds. Nothing was changed."


class FallbackNotApproved(BadInput):
    """What shall fill in is no bulletin that is approved."""

    code = "fallback_not_approved"
    message_vi = (
        "Bản tin phát thay chưa được duyệt. Hãy chọn một bản tin đã duyệt, hoặc để loa im lặng "
        "khi mất sóng. Chưa có gì thay đổi."
    )
    message_en = (
        "What shall fill in is not approved. Choose an approved bulletin, or silence. "
        "Nothing was changed."
    )


class UnknownRelay(NotFound):
    """The station has no such relay."""

    code = "unknown_relay"
    message_vi = "Đài không có lịch tiếp sóng này."
    message_en = "The station has no such relay."
