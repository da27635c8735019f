"""What can be wrong with a question to the ledger.

LoaError
└── BadInput
    ├── PeriodUnreadable   no day, month, quarter, year, and no two of them
    └── PeriodTooLong      more days, with all their words, than one answer holds
"""

from broadcaster.errors import BadInput


class PeriodUnreadable(BadInput):
    """No day, month, quarter or year, and no two of them in their order."""

    code = "period_unreadable"
    message_vi = (
        "Không đọc được khoảng thời gian. Hãy viết như 2026, 2026-H1, 2026-Q3, 2026-11, "
        "2026-11-22, hoặc 2026-02-10..2026-05-19."
    )
    message_en = (
        "The period cannot be read. Write it like 2026, 2026-H1, 2026-Q3, 2026-11, "
        "2026-11-22, or 2026-02-10..2026-05-19."
    )


class PeriodTooLong(BadInput):
    """More days, with all their words, than one answer holds."""

    code = "period_too_long"
    message_vi = "Mỗi lần xem được tối đa 92 ngày của một thôn. Hãy chia khoảng thời gian ra."
    message_en = "At most 92 days of a village are told at once. Split the period."
