"""What does not hold, and where: one finding a row, so that nobody has to search."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """Why a row does not hold. The value is what programs read; `SAID` is for people."""

    BATCH_ALTERED = "batch_altered"
    BATCH_UNSIGNED = "batch_unsigned"
    BATCH_LATE = "batch_after_retirement"
    EVIDENCE_MISSING = "evidence_missing"
    ROW_ALTERED = "row_altered"
    ROW_MISSING = "row_missing"
    CHAIN_BROKEN = "chain_broken"
    HEAD_DIFFERS = "head_differs"
    JOURNAL_DIFFERS = "journal_differs"
    TAIL_MISSING = "tail_missing"
    FOLD_DIFFERS = "fold_differs"
    ALERT_DIFFERS = "alert_differs"
    FIGURE_DIFFERS = "figure_differs"
    FACT_UNRECORDED = "fact_unrecorded"
    FACT_DIFFERS = "fact_differs"
    FACT_MISSING = "fact_missing"
    ENTRY_UNSIGNED = "entry_unsigned"
    ENTRY_ALTERED = "entry_altered"
    ENTRY_MISSING = "entry_missing"
    TRAIL_CUT = "trail_cut"
    PRIVATE_ALTERED = "private_altered"
    PRIVATE_MISSING = "private_missing"
    KEYRING_UNFOUNDED = "keyring_unfounded"
    ROOT_UNSIGNED = "root_unsigned"
    ROOT_ALTERED = "root_altered"
    ROOT_MISSING = "root_missing"
    DAY_REWRITTEN = "day_rewritten"
    ANCHOR_MISSED = "anchor_missed"


SAID: dict[Flaw, tuple[str, str]] = {
    Flaw.BATCH_ALTERED: ("bằng chứng đã bị sửa", "the signed evidence was changed"),
    Flaw.BATCH_UNSIGNED: (
        "chữ ký không phải của loa này",
        "the signature is not this device's",
    ),
    Flaw.BATCH_LATE: ("nhận sau khi loa đã thôi dùng", "came after the device was retired"),
    Flaw.EVIDENCE_MISSING: ("thiếu bằng chứng đã ký", "the signed evidence is missing"),
    Flaw.ROW_ALTERED: (
        "khác với điều loa đã ký",
        "says something else than the device signed",
    ),
    Flaw.ROW_MISSING: ("xác nhận đã bị xóa", "a confirmation was removed"),
    Flaw.CHAIN_BROKEN: ("không nối tiếp xác nhận trước", "does not follow the one before it"),
    Flaw.HEAD_DIFFERS: (
        "đầu sổ khác với các xác nhận",
        "the journal's head is not what its confirmations say",
    ),
    Flaw.JOURNAL_DIFFERS: (
        "sổ khác với các xác nhận",
        "the journal is not what its confirmations say",
    ),
    Flaw.TAIL_MISSING: (
        "loa nói đã ghi nhiều hơn số đang có",
        "the device says that it wrote more than is held",
    ),
    Flaw.FOLD_DIFFERS: (
        "lượt phát khác với điều các xác nhận nói",
        "the play is not what its confirmations say",
    ),
    Flaw.ALERT_DIFFERS: (
        "cảnh báo khác với các lượt phát",
        "the alert is not what the plays say",
    ),
    Flaw.FIGURE_DIFFERS: (
        "con số khác với các lượt phát",
        "the figure is not what the plays come to",
    ),
    Flaw.FACT_UNRECORDED: ("không ai ghi vào nhật ký", "nobody's act in the trail brought it"),
    Flaw.FACT_DIFFERS: ("khác với nhật ký", "is not what the trail says"),
    Flaw.FACT_MISSING: (
        "nhật ký có, nay không còn",
        "stands in the trail and is there no more",
    ),
    Flaw.ENTRY_UNSIGNED: ("chữ ký không phải của đài", "the signature is not the station's"),
    Flaw.ENTRY_ALTERED: ("mục nhật ký đã bị sửa", "the entry was changed"),
    Flaw.ENTRY_MISSING: ("thiếu mục nhật ký", "an entry is missing"),
    Flaw.TRAIL_CUT: (
        "chỗ giữ khóa đã ký mục này, nhật ký không có",
        "was signed, as the file beside the key says, and is not in the trail",
    ),
    Flaw.PRIVATE_ALTERED: (
        "phần riêng đã bị sửa",
        "what is kept beside the entry was changed",
    ),
    Flaw.PRIVATE_MISSING: (
        "phần riêng mất mà không ai xóa theo quy định",
        "what is kept beside the entry is gone, and nobody erased it",
    ),
    Flaw.KEYRING_UNFOUNDED: (
        "vòng khóa không do khóa gốc ký",
        "the keyring was not signed by the root key",
    ),
    Flaw.ROOT_UNSIGNED: (
        "mã gốc không do đài ký",
        "the daily root was not signed by the station",
    ),
    Flaw.ROOT_ALTERED: ("mã gốc của ngày đã bị sửa", "the daily root was changed"),
    Flaw.ROOT_MISSING: ("thiếu mã gốc của ngày", "the day has no root"),
    Flaw.DAY_REWRITTEN: (
        "khác với lúc ký mã gốc của ngày",
        "is not what it was when the day's root was signed",
    ),
    Flaw.ANCHOR_MISSED: (
        "mã gốc đưa vào không có trong sổ",
        "the root that was given is not in the ledger",
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One row that does not hold: its table, its key, why, and what stood against what."""

    table: str
    key: str
    flaw: Flaw
    detail: str = ""


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, in a stable order."""
    return sorted(set(findings))
