"""The rules by which a plan is read, each on a sentence as offices write it; and what they promise.

The promise: whatever is proposed stands in the document, in the sentence that is shown with it.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.campaigns.drafting import DraftPlan, draft_of, draft_plan
from broadcaster.campaigns.drafting.said import BETWEEN, shortened
from broadcaster.campaigns.errors import (
    SENTENCE_LIMIT_CHARACTERS,
    PlanNotUsed,
    PlanUnreadable,
)
from broadcaster.campaigns.plan import DayKind, Measure
from playlists.reading.hygiene import clean
from tests.broadcaster.campaigns.own_plans import PLANS

FILLER = (
    "Tổ chức tuyên truyền rộng rãi trong cán bộ, công chức, viên chức và Nhân dân trên địa bàn xã "
    "bằng nhiều hình thức phù hợp với tình hình thực tế của địa phương."
)
LINES = sorted(
    {line for each in PLANS for line in each.file.read_text(encoding="utf-8").splitlines()}
)
ODD = st.sampled_from(
    ["80%", "ngày 31/2", "Số: 5/KH-UBND", "(10/10)", "chủ trì", "02 tin, bài/tháng", "V. TỔ CHỨC",
     "1.", "-", "Năm 2026", "Ngày A (1/1)", "trước ngày 0/0", "“", "KẾ HOẠCH", "\t", "…", " … "]
)  # fmt: skip


def plan(*lines: str, title: str = "Tuyên truyền phòng cháy, chữa cháy trên địa bàn xã") -> str:
    """A plan with these lines in it, each a paragraph of its own."""
    return "\n\n".join(["KẾ HOẠCH", title, FILLER, *lines, FILLER])


def drafted(*lines: str, **given: str) -> DraftPlan:
    """What a plan with these lines proposes."""
    return draft_of(plan(*lines, **given), name="ke-hoach.txt")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Phấn đấu 80 % người dân được nghe loa truyền thanh, đạt mục tiêu đến năm 2030.",
         (80, 2030, Measure.RESIDENTS)),
        ("Tỷ lệ người dân tiếp cận thông tin qua loa đạt 80% trở lên đến năm 2030.",
         (80, 2030, Measure.RESIDENTS)),
        ("Đến năm 2028, trên 75% dân số được tiếp cận thông tin cơ sở; năm 2030 đánh giá lại.",
         (75, 2028, Measure.RESIDENTS)),
        ("Đến hết năm 2027, 90% người dân trưởng thành có tài khoản định danh điện tử.",
         (90, 2027, Measure.OTHER)),
        ("Thực hiện Nghị quyết số 5 ngày 1/2/2024, 60% số hộ dân có bình chữa cháy trong năm 2026.",
         (60, 2026, Measure.OTHER)),
    ],
)  # fmt: skip
def test_a_percentage_has_a_year_and_a_measure(
    sentence: str, expected: tuple[int, int, Measure]
) -> None:
    """Only residents who are to be reached are what the ledger can measure."""
    (goal,) = drafted(sentence).goals

    assert (goal.percent, goal.by_year, goal.measure) == expected
    assert goal.sentence == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Bảo đảm 100% cán bộ được phổ biến.",
        "Tăng trưởng 99,5% so với cùng kỳ năm 2025.",
        "Phấn đấu vượt 120% kế hoạch đến năm 2030.",
    ],
)
def test_what_is_no_goal_is_not_proposed(sentence: str) -> None:
    """No year anywhere, no whole number, or more than all."""
    assert drafted(sentence).goals == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Mỗi tháng gửi ít nhất 03 tin, bài về Ủy ban nhân dân xã."], [("", 3)]),
        (["- Trường Tiểu học Kim Đồng: cung cấp tối thiểu 02 tin, bài/tháng."],
         [("Trường Tiểu học Kim Đồng", 2)]),
        (["V. TỔ CHỨC THỰC HIỆN", "1. Công an xã", "- Viết 2-3 bài/01 tháng gửi đài truyền thanh."],
         [("Công an xã", 2)]),
        (["Đăng 04 bản tin mỗi tháng."], [("", 4)]),
        (["Đăng 04 bản tin trong năm."], []),
    ],
)  # fmt: skip
def test_a_quota_names_who_owes_it(lines: list[str], expected: list[tuple[str, int]]) -> None:
    """Before the colon, or in the heading of the item; of a range the least."""
    found = drafted(*lines).quotas

    assert [(each.contributor, each.a_month) for each in found] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Báo cáo kết quả trước ngày 15/11 hằng năm.", (DayKind.BEFORE, 15, 11, None)),
        ("Hoàn thành trước 30/6/2026.", (DayKind.BEFORE, 30, 6, 2026)),
        ("Gửi kế hoạch chậm nhất là ngày 20 tháng 12 năm 2026.", (DayKind.BY, 20, 12, 2026)),
        ("Trưng bày đến hết ngày 10/10/2026.", (DayKind.BY, 10, 10, 2026)),
        ("Xây dựng chuyên mục, hoàn thành trong năm 2027.", (DayKind.BY, 31, 12, 2027)),
    ],
)
def test_a_deadline_is_as_strict_as_it_is_written(
    sentence: str, expected: tuple[DayKind, int, int, int | None]
) -> None:
    """Before a day is not by that day."""
    (day,) = drafted(sentence).days

    assert (day.kind, day.day, day.month, day.year) == expected
    assert day.sentence == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Thực hiện Chỉ thị số 5-CT/TW ngày 1/2/2025 của Ban Bí thư.",
        "Báo cáo trước ngày 31/2 hằng năm.",
        "Tham gia ngày 18/5 tại xã.",
    ],
)
def test_dates_of_laws_and_impossible_days_are_no_days(sentence: str) -> None:
    """Nor is a day without a name."""
    assert drafted(sentence).days == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Giao Phòng Văn hóa - Xã hội chủ trì, phối hợp với Công an xã triển khai."],
         [("Phòng Văn hóa - Xã hội", True)]),
        (["VI. PHÂN CÔNG NHIỆM VỤ", "1. Trạm Y tế xã: Chủ trì tuyên truyền phòng dịch."],
         [("Trạm Y tế xã", True)]),
        (["III. TỔ CHỨC THỰC HIỆN", "1. Xây dựng kế hoạch chi tiết.", "2. Công an xã"],
         [("Công an xã", False)]),
        (["Các phong trào do các tổ chức chính trị - xã hội chủ trì, phát động."], []),
        (["III. TỔ CHỨC THỰC HIỆN", "1. Các bản, làng", "2. Các buôn", "3. Các bản tin gửi sớm."],
         [("Các bản, làng", False), ("Các buôn", False)]),
    ],
)  # fmt: skip
def test_units_are_whoever_is_told_to(lines: list[str], expected: list[tuple[str, bool]]) -> None:
    """By the part on carrying out, or by *giao … chủ trì*; a task is no unit."""
    assert [(each.name, each.leads) for each in drafted(*lines).units] == expected


def test_letterhead_and_span_are_read() -> None:
    """A number and a day that were filled in, and the years of the title."""
    text = "\n".join(
        [
            "ỦY BAN NHÂN DÂN",
            "XÃ TÂN AN",
            "Số: 27/KH-UBND            Tân An, ngày 05 tháng 3 năm 2026",
            "",
            plan(title="Truyền thông về an toàn giao thông giai đoạn 2026 - 2028 trên địa bàn xã"),
        ]
    )
    draft = draft_of(text, name="ke-hoach.txt")

    assert draft.number is not None
    assert draft.number.value == "27/KH-UBND"
    assert draft.issued_on is not None
    assert draft.issued_on.value == date(2026, 3, 5)
    assert draft.first is not None
    assert draft.last is not None
    assert (draft.first.value, draft.last.value) == (date(2026, 1, 1), date(2028, 12, 31))
    assert [each.value for each in draft.topics] == ["An toàn giao thông"]


def test_a_document_that_cannot_be_opened_is_refused_in_its_readers_words() -> None:
    """With the name of the file."""
    with pytest.raises(PlanNotUsed) as refused:
        draft_plan(b"%PDF-1.4 nothing", name="anh-chup.pdf")

    assert refused.value.message_vi.startswith("anh-chup.pdf: ")
    assert refused.value.code == "document_damaged"


def test_a_sentence_without_end_is_shortened() -> None:
    """What a campaign keeps is what it can quote."""
    (goal,) = drafted(f"Đến năm 2030, 80% người dân tiếp cận {'thông tin ' * 400}.").goals

    assert len(goal.sentence) <= SENTENCE_LIMIT_CHARACTERS
    assert shortened("một hai ba", 9) == "một hai…"


@given(
    lines=st.lists(st.one_of(st.sampled_from(LINES), ODD), max_size=60),
    joined=st.sampled_from(["\n", "\n\n", " "]),
)
def test_nothing_is_proposed_without_its_sentence(lines: list[str], joined: str) -> None:
    """However a document is put together: each value's words stand in it, and are not empty."""
    text = joined.join(lines)
    try:
        draft = draft_of(text, name="ke-hoach.txt")
    except PlanUnreadable:
        return
    paper = _plain(f"{clean(text).text}\n{text}")
    for sentence in _sentences(draft):
        assert sentence.strip()
        for part in sentence.split(BETWEEN):
            assert _plain(part.removesuffix("…")) in paper
    _require_own_words(draft)


def _require_own_words(draft: DraftPlan) -> None:
    """The figures and names that are proposed stand in the sentences beside them."""
    for goal in draft.goals:
        assert f"{goal.percent}" in goal.sentence
        assert goal.sentence.endswith("…") or f"{goal.by_year}" in goal.sentence
    for quota in draft.quotas:
        assert quota.sentence.endswith("…") or f"{quota.a_month}" in quota.sentence
        assert quota.contributor.casefold() in quota.sentence.casefold()
    for day in draft.days:
        wanted = {day.year} if day.kind is DayKind.BY and day.year else {day.day, day.month}
        assert day.sentence.endswith("…") or all(f"{each}" in day.sentence for each in wanted)
    for unit in draft.units:
        assert unit.name.casefold() in unit.sentence.casefold()


def _sentences(draft: DraftPlan) -> list[str]:
    said = [draft.title, draft.number, draft.issued_on, draft.first, draft.last, *draft.topics]
    entries = [*draft.goals, *draft.quotas, *draft.days, *draft.units]
    return [each.sentence for each in said if each] + [each.sentence for each in entries]


def _plain(text: str) -> str:
    return " ".join(text.split())
