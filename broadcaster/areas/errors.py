"""What can be wrong with the name of a place.

LoaError
├── BadInput
│   ├── UnknownCluster     a cluster that this station does not have
│   ├── UnknownVillage     a village that this station does not have
│   ├── DayUnreadable      no day
│   ├── DayPast            a day that has passed: what was counted then stays
│   ├── NameUnusable       no name of a place, or a long one
│   ├── PeopleUnusable     no number of households or residents
│   ├── NothingToMerge     fewer than two villages, or one that is gone already
│   ├── LanguageUnusable   no name of a language, or a long one
│   │   └── VietnameseAlwaysHeard
│   └── TooManyLanguages   a village has at most 5 beside Vietnamese
├── NotFound
│   └── NoSuchVillage      asked for by an address that is not there
└── Unavailable
    └── StationNotFounded  the database holds no station yet
"""

from broadcaster.errors import BadInput, NotFound, Unavailable

LANGUAGE_LIMIT_LETTERS = 40
LANGUAGES_LIMIT = 5


class UnknownCluster(BadInput):
    """A cluster that this station does not have."""

    code = "unknown_cluster"
    message_vi = "Không có cụm này trong đài. Hãy tải lại trang và chọn lại cụm. Chưa gửi lệnh nào."
    message_en = (
        "The station has no such cluster. Reload the page and choose again. Nothing was sent."
    )


class UnknownVillage(BadInput):
    """A village that this station does not have."""

    code = "unknown_village"
    message_vi = "Không có thôn này trong đài. Hãy tải lại trang và chọn lại."
    message_en = "The station has no such village. Reload the page and choose again."


class DayUnreadable(BadInput):
    """No day."""

    code = "day_unreadable"
    message_vi = "Hãy ghi ngày như 31/1/2027. Chưa có gì thay đổi."
    message_en = "Write the day like 2027-01-31. Nothing was changed."


class DayPast(BadInput):
    """A day that has passed: what was counted then stays."""

    code = "day_past"
    message_vi = (
        "Chỉ ghi được từ hôm nay trở đi: số liệu của những ngày đã qua giữ nguyên như đã ghi. "
        "Chưa có gì thay đổi; hãy chọn hôm nay hoặc ngày sau."
    )
    message_en = (
        "Only today and later days can be entered: what was counted before stays as it was "
        "recorded. Nothing was changed; choose today or a later day."
    )


class NameUnusable(BadInput):
    """No name of a place, or a long one."""

    code = "place_name_unusable"
    message_vi = "Hãy ghi tên, tối đa 60 chữ, ví dụ: Thôn Đông Hạ. Chưa có gì thay đổi."
    message_en = "Write a name of at most 60 letters, such as Thôn Đông Hạ. Nothing was changed."


class PeopleUnusable(BadInput):
    """No number of households or residents."""

    code = "people_unusable"
    message_vi = "Số hộ và số dân là số từ 0 đến 1.000.000, ví dụ: 1.250. Chưa có gì thay đổi."
    message_en = "Households and residents are numbers from 0 to 1,000,000. Nothing was changed."


class NothingToMerge(BadInput):
    """Fewer than two villages, or one that is gone already."""

    code = "nothing_to_merge"
    message_vi = (
        "Hãy chọn ít nhất hai thôn đang có để nhập thành một. Chưa có gì thay đổi; "
        "nếu danh sách đã khác, hãy tải lại trang."
    )
    message_en = (
        "Choose at least two villages that stand, to make one of them. Nothing was changed; "
        "reload the page if the list is another one."
    )


class LanguageUnusable(BadInput):
    """No name of a language, or a long one."""

    code = "language_unusable"
    message_vi = (
        "Tên ngôn ngữ chỉ gồm chữ cái, tối đa 40 chữ, ví dụ: Tày, H'Mông. Chưa có gì thay đổi."
    )
    message_en = (
        "A language's name has letters only, at most 40, such as Tày or H'Mông. Nothing changed."
    )


class VietnameseAlwaysHeard(LanguageUnusable):
    """Vietnamese need not be entered."""

    code = "vietnamese_always_heard"
    message_vi = "Tiếng Việt luôn được phát nên không cần ghi. Chưa có gì thay đổi."
    message_en = "Vietnamese is always on air and need not be entered. Nothing was changed."


class TooManyLanguages(BadInput):
    """A village has at most 5 languages beside Vietnamese."""

    code = "too_many_languages"
    message_vi = "Mỗi thôn ghi tối đa 5 ngôn ngữ ngoài tiếng Việt. Chưa có gì thay đổi; hãy bỏ bớt."
    message_en = "A village has at most 5 languages beside Vietnamese. Nothing changed; remove one."


class NoSuchVillage(NotFound):
    """The station has no village at this address."""

    code = "no_such_village"
    message_vi = "Không có thôn này trong đài. Hãy mở lại danh sách thôn."
    message_en = "The station has no such village. Open the list of villages again."


class StationNotFounded(Unavailable):
    """The database holds no station yet."""

    code = "station_not_founded"
    message_vi = "Chưa lập đài trên máy này. Hãy chạy “make run” để lập đài."
    message_en = "No station has been founded on this machine. Run “make run” to found one."
