"""What can stand between a plan on paper and a campaign.

LoaError
├── BadInput
│   ├── CampaignUntitled    no title, or one that is too long
│   ├── PeriodUnusable      no first or last day, or the last before the first
│   ├── TopicMissing        no topic, so no bulletin would belong to it
│   ├── GoalUnusable        no percentage from 1 to 100, or no year
│   ├── QuotaUnusable       no number a month
│   ├── DayUnusable         no day of any calendar, or without a name
│   ├── UnitUnusable        no name
│   ├── EntryTooLong        one entry is longer than what is kept
│   ├── TooManyEntries      more than one plan has
│   ├── PlanNotUsed         the document cannot be opened, in its reader's words
│   └── PlanUnreadable      its words are no readable Vietnamese: a failed scan
└── NotFound
    └── NoSuchCampaign
"""

from broadcaster.errors import BadInput, NotFound

ENTRY_LIMIT_CHARACTERS = 200
SENTENCE_LIMIT_CHARACTERS = 2_000
ENTRIES_LIMIT = 60


class CampaignUntitled(BadInput):
    """No title, or one that is too long."""

    code = "campaign_untitled"
    message_vi = "Đợt tuyên truyền cần một tên, nhiều nhất 200 chữ cái. Chưa có gì thay đổi."
    message_en = "A campaign needs a title of at most 200 characters. Nothing was changed."


class PeriodUnusable(BadInput):
    """No first or last day, or the last before the first."""

    code = "campaign_period_unusable"
    message_vi = (
        "Cần ngày đầu và ngày cuối, ngày cuối không trước ngày đầu, trong những năm 2000 đến 2099. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "A first and a last day are needed, the last not before the first, from 2000 to 2099. "
        "Nothing was changed."
    )


class TopicMissing(BadInput):
    """No topic, so no bulletin would belong to it."""

    code = "campaign_topic_missing"
    message_vi = (
        "Cần ít nhất một chủ đề, viết đúng như ở bản tin: bản tin thuộc đợt theo chủ đề. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "At least one topic is needed, spelt as in the bulletins: they belong by their topic. "
        "Nothing was changed."
    )


class GoalUnusable(BadInput):
    """No percentage from 1 to 100, or no year."""

    code = "campaign_goal_unusable"
    message_vi = "Mục tiêu cần một tỷ lệ từ 1 đến 100 và một năm. Chưa có gì thay đổi."
    message_en = "A goal needs a percentage from 1 to 100 and a year. Nothing was changed."


class QuotaUnusable(BadInput):
    """No number a month."""

    code = "campaign_quota_unusable"
    message_vi = "Chỉ tiêu cần số tin mỗi tháng, từ 1 đến 100. Chưa có gì thay đổi."
    message_en = "A quota needs 1 to 100 items a month. Nothing was changed."


class DayUnusable(BadInput):
    """No day of any calendar, or without a name."""

    code = "campaign_day_unusable"
    message_vi = (
        "Ngày cần một tên và viết như 18/5 (hằng năm) hoặc 31/12/2026. Chưa có gì thay đổi."
    )
    message_en = (
        "A day needs a name, and is written like 18/5 (every year) or 31/12/2026. "
        "Nothing was changed."
    )


class UnitUnusable(BadInput):
    """No name."""

    code = "campaign_unit_unusable"
    message_vi = "Đơn vị cần một tên. Chưa có gì thay đổi."
    message_en = "A unit needs a name. Nothing was changed."


class EntryTooLong(BadInput):
    """One entry is longer than what is kept."""

    code = "campaign_entry_too_long"
    message_vi = (
        "Có mục dài quá 200 chữ cái (câu trích: 2.000). Chưa có gì thay đổi; hãy viết ngắn lại."
    )
    message_en = (
        "An entry is longer than 200 characters (a quoted sentence: 2,000). Nothing was changed; "
        "shorten it."
    )


class TooManyEntries(BadInput):
    """More than one plan has."""

    code = "campaign_too_many_entries"
    message_vi = (
        "Mỗi loại nhiều nhất 60 mục. Chưa có gì thay đổi; hãy chia thành hai đợt tuyên truyền."
    )
    message_en = "At most 60 entries of each kind. Nothing was changed; make it two campaigns."


class PlanNotUsed(BadInput):
    """What the documents' reader refused, in its own words and under its own code."""

    code = "plan_not_used"

    def __init__(self, *, name: str, code: str, message_vi: str, message_en: str) -> None:
        self.code = code
        self.message_vi = f"{name}: {message_vi}" if name else message_vi
        self.message_en = f"{name}: {message_en}" if name else message_en
        super().__init__(field="document")


class PlanUnreadable(BadInput):
    """Its words are no readable Vietnamese: a failed scan, or letters without their marks."""

    code = "plan_unreadable"

    def __init__(self, *, name: str, why_vi: str, why_en: str) -> None:
        self.message_vi = (
            f"Không đọc được kế hoạch {name}: {why_vi}. Chưa lấy gì từ tệp này; "
            "hãy lấy tệp gốc (.docx), hoặc nhập đợt tuyên truyền bằng tay."
        )
        self.message_en = (
            f"The plan {name} cannot be read: {why_en}. Nothing was taken from it; "
            "take the original file (.docx), or enter the campaign by hand."
        )
        super().__init__(field="document")


class NoSuchCampaign(NotFound):
    """There is no campaign by this id."""

    code = "no_such_campaign"
    message_vi = "Không có đợt tuyên truyền này. Hãy mở lại danh sách."
    message_en = "There is no such campaign. Open the list again."
