"""What can be wrong with a file of lists, or with one of its rows.

LoaError
├── BadInput
│   ├── FileMissing          no file was chosen, or an empty one
│   ├── FileTooLarge         more than a commune's lists ever weigh
│   ├── FileDamaged          neither CSV nor XLSX, or one that does not open
│   ├── FileLocked           an XLSX that asks for a password
│   ├── LettersUnknown       a CSV in none of the encodings that are read
│   ├── TooManyRows          more rows than one file may bring
│   ├── HeadingsMissing      no row of headings, or a needed column is not there
│   ├── NothingInFile        headings and nothing below
│   ├── ListUnknown          no kind of list has this name
│   ├── OutPresent           a file of this name is there; nothing is overwritten
│   ├── RowsUnreadable       what the page of the check sent back is not what it was given
│   ├── RowsChosenNone       rows with a problem, and nobody said to leave them out
│   ├── RowUnusable          a row that could not be kept after all; nothing of the file was
│   └── CellUnusable         a cell that cannot be read or kept
│       ├── CellMissing, CellTooLong, FormulaFailed, NumberUnusable, DayUnusable
│       ├── TimeUnusable, WeekdaysUnusable, PlaceUnreadable, SharesUnreadable
│       ├── VillageUnknown, VillageUnclear, VillageNameFixed, VillageClusterFixed
│       ├── ClusterNotThere, PeopleIncomplete, DayGone, RowTwice
│       ├── PersonUnclear, PersonNameFixed, HeadIsAnother, RoleUnknown, HeadsVillageMissing
│       ├── PhoneOfHeadsOnly, PhoneByNobody, AnswersNobody
│       ├── DeviceIdUnusable, DeviceOfAnother, DeviceNameFixed, DeviceClusterFixed
│       ├── DeviceNoteNotKept, SharesOverWhole, CampaignUnknown, MonthlyUnusable
│       └── BulletinUnknown, BulletinUnclear
└── Conflict
    └── ChangedSinceCheck    the station is another one than when the file was checked
"""

from broadcaster.errors import BadInput, Conflict

ROWS_LIMIT = 1_000
"""A commune has some dozens of villages; while rows are kept, nobody else can write."""
CELL_LIMIT_CHARACTERS = 500
FILE_LIMIT_BYTES = 5_000_000


class FileMissing(BadInput):
    """No file was chosen, or an empty one."""

    code = "table_missing"
    message_vi = "Hãy chọn một tệp CSV hoặc XLSX có nội dung. Chưa có gì thay đổi."
    message_en = "Choose a CSV or XLSX file with something in it. Nothing was changed."


class FileTooLarge(BadInput):
    """More than a commune's lists ever weigh."""

    code = "table_too_large"
    message_vi = (
        "Tệp quá lớn: tối đa 5 MB, bung ra không quá 60 MB. Chưa có gì thay đổi; hãy bỏ hình ảnh "
        "và các trang tính khác rồi lưu lại."
    )
    message_en = (
        "The file is too large: at most 5 MB, unpacked at most 60 MB. Nothing was changed; take "
        "pictures and other sheets out and save it again."
    )


class FileDamaged(BadInput):
    """Neither CSV nor XLSX, or one that does not open."""

    code = "table_damaged"
    message_vi = (
        "Không mở được tệp này. Hãy mở bằng Excel hoặc LibreOffice rồi lưu lại dạng .xlsx hoặc "
        ".csv. Chưa có gì thay đổi."
    )
    message_en = (
        "The file cannot be opened. Open it in Excel or LibreOffice and save it as .xlsx or .csv. "
        "Nothing was changed."
    )


class FileLocked(BadInput):
    """An XLSX that asks for a password."""

    code = "table_locked"
    message_vi = "Tệp có mật khẩu. Hãy bỏ mật khẩu rồi lưu lại. Chưa có gì thay đổi."
    message_en = "The file asks for a password. Save it without one. Nothing was changed."


class LettersUnknown(BadInput):
    """A CSV in none of the encodings that are read."""

    code = "table_letters_unknown"
    message_vi = (
        "Không đọc được chữ trong tệp CSV. Hãy lưu lại dạng “CSV UTF-8” hoặc .xlsx. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "The letters of this CSV cannot be read. Save it as “CSV UTF-8” or as .xlsx. "
        "Nothing was changed."
    )


class TooManyRows(BadInput):
    """More rows than one file may bring: while they are kept, nobody else can write."""

    code = "table_too_many_rows"

    def __init__(self, limit: int = ROWS_LIMIT, *, field: str | None = None) -> None:
        super().__init__(str(limit), field=field)
        self.message_vi = (
            f"Mỗi tệp tối đa {limit} dòng. Hãy chia thành nhiều tệp. Chưa có gì thay đổi."
        )
        self.message_en = f"A file brings at most {limit} rows. Split it. Nothing was changed."


class HeadingsMissing(BadInput):
    """No row of headings, or a needed column is not there; `detail` names them."""

    code = "table_headings_missing"
    message_vi = (
        "Không thấy dòng tiêu đề với các cột cần có. Hãy tải tệp mẫu, chép dữ liệu vào rồi gửi "
        "lại. Chưa có gì thay đổi."
    )
    message_en = (
        "There is no row of headings with the columns that are needed. Download the template, "
        "copy your rows into it and send it again. Nothing was changed."
    )

    def __init__(self, columns: str = "", *, field: str | None = None) -> None:
        super().__init__(columns, field=field)
        if columns:
            self.message_vi = f"Tệp thiếu cột: {columns}. {_TEMPLATE_VI}"
            self.message_en = f"The file lacks columns: {columns}. {_TEMPLATE_EN}"


_TEMPLATE_VI = "Hãy thêm cột, hoặc tải tệp mẫu rồi chép dữ liệu vào. Chưa có gì thay đổi."
_TEMPLATE_EN = "Add them, or copy your rows into the template. Nothing was changed."


class NothingInFile(BadInput):
    """Headings and nothing below."""

    code = "table_empty"
    message_vi = "Dưới dòng tiêu đề chưa có dòng nào. Hãy điền rồi gửi lại. Chưa có gì thay đổi."
    message_en = "Nothing stands below the headings. Fill it in and send it again."


class ListUnknown(BadInput):
    """No kind of list has this name."""

    code = "list_unknown"
    message_vi = (
        "Danh sách là một trong: villages, residents, people, contributors, devices, schedules. "
        "Chưa có gì thay đổi."
    )
    message_en = (
        "A list is one of: villages, residents, people, contributors, devices, schedules. "
        "Nothing was changed."
    )


class OutPresent(BadInput):
    """A file of this name is there; nothing is overwritten."""

    code = "export_present"
    message_vi = "Đã có tệp tên này; đài không ghi đè. Hãy chọn tên khác."
    message_en = "A file of this name is there and is not overwritten. Choose another name."


class RowsUnreadable(BadInput):
    """What the page of the check sent back is not what it was given."""

    code = "table_rows_unreadable"
    message_vi = "Trang kiểm tra đã cũ. Hãy chọn lại tệp và kiểm tra lần nữa. Chưa có gì thay đổi."
    message_en = "The page of the check is old. Choose the file again. Nothing was changed."


class RowsChosenNone(BadInput):
    """Rows with a problem, and nobody said to leave them out."""

    code = "table_rows_with_problems"
    message_vi = (
        "Có dòng sai nên chưa ghi dòng nào. Hãy sửa tệp, hoặc chọn “chỉ ghi các dòng đúng”."
    )
    message_en = (
        "Some rows have a problem, so none was kept. Mend the file, or choose *only the good rows*."
    )


class RowUnusable(BadInput):
    """A row that could not be kept after all; nothing of the file was."""

    code = "table_row_unusable"

    def __init__(self, number: int, refused: BaseException, *, vi: str, en: str) -> None:
        super().__init__(str(refused), field="file")
        self.message_vi = f"Dòng {number}: {vi} Chưa ghi dòng nào của tệp."
        self.message_en = f"Row {number}: {en} Nothing of the file was kept."


class ChangedSinceCheck(Conflict):
    """The station is another one than when the file was checked."""

    code = "table_changed_since_check"
    message_vi = "Dữ liệu của đài đã đổi sau lúc kiểm tra, nên chưa ghi gì. Hãy xem kết quả mới."
    message_en = "The station changed since the check, so nothing was kept. Look at the new check."


class CellUnusable(BadInput):
    """A cell that cannot be read or kept; said of a row, so it says nothing of the file."""

    code = "cell_unusable"
    message_vi = "Ô này chưa đúng."
    message_en = "This cell cannot be used."


class CellMissing(CellUnusable):
    """A cell that must hold something."""

    code = "cell_missing"
    message_vi = "Ô này cần có nội dung."
    message_en = "This cell must hold something."


class CellTooLong(CellUnusable):
    """Longer than what it stands for can be."""

    code = "cell_too_long"
    message_vi = "Nội dung ô quá dài."
    message_en = "The cell holds too much."


class FormulaFailed(CellUnusable):
    """A formula of the sheet that ended in an error."""

    code = "cell_formula_failed"
    message_vi = "Công thức trong ô báo lỗi. Hãy sửa công thức hoặc ghi thẳng giá trị."
    message_en = "The formula in this cell failed. Mend it or write the value itself."


class NumberUnusable(CellUnusable):
    """Not a whole number of people or households."""

    code = "cell_number_unusable"
    message_vi = "Cần một số nguyên từ 0 đến 1.000.000, ví dụ 1.234."
    message_en = "This must be a whole number from 0 to 1,000,000, such as 1.234 or 1234."


class DayUnusable(CellUnusable):
    """No day."""

    code = "cell_day_unusable"
    message_vi = "Cần một ngày như 22/12/2024 (ngày, tháng, năm đủ bốn số)."
    message_en = "This must be a day such as 22/12/2024 (day, month, year of four digits)."


class TimeUnusable(CellUnusable):
    """No time of the day."""

    code = "cell_time_unusable"
    message_vi = "Cần một giờ trong ngày như 17:00 hoặc 5h30."
    message_en = "This must be a time of the day such as 17:00 or 5h30."


class WeekdaysUnusable(CellUnusable):
    """No days of the week."""

    code = "cell_weekdays_unusable"
    message_vi = "Cần các thứ trong tuần như “hằng ngày”, “T2-T6” hoặc “thứ 2, thứ 4, CN”."
    message_en = "These must be days of the week such as “hằng ngày”, “T2-T6” or “T2, T4, CN”."


class PlaceUnreadable(CellUnusable):
    """No point on the earth."""

    code = "cell_place_unusable"
    message_vi = "Cần vĩ độ rồi kinh độ như 10.3759, 105.4185 (bằng độ, hệ WGS 84)."
    message_en = "This must be a latitude and then a longitude such as 10.3759, 105.4185 (WGS 84)."


class SharesUnreadable(CellUnusable):
    """Not villages with their shares."""

    code = "cell_shares_unusable"
    message_vi = (
        "Cần tên thôn và phần trăm, giữa hai thôn là chấm phẩy: Thôn Đông: 60; Thôn Tây: 40."
    )
    message_en = "This must be villages with shares in %: Thôn Đông: 60; Thôn Tây: 40."


class VillageUnknown(CellUnusable):
    """A village that this station does not have."""

    code = "cell_village_unknown"
    message_vi = "Đài không có thôn này. Hãy ghi đúng tên hoặc mã thôn, hoặc đưa thôn vào trước."
    message_en = "The station has no such village. Write its name or id, or bring it in first."


class VillageUnclear(CellUnusable):
    """A name that several villages have."""

    code = "cell_village_unclear"
    message_vi = "Có nhiều thôn cùng tên. Hãy ghi thêm cụm, hoặc mã thôn."
    message_en = "Several villages have this name. Write the cluster as well, or the village's id."


class VillageNameFixed(CellUnusable):
    """A village's name is no row's to change."""

    code = "cell_village_name_fixed"
    message_vi = "Mã này là của thôn tên khác. Hãy sửa tên hoặc mã trong tệp."
    message_en = "This id is a village of another name. Correct the name or the id in the file."


class VillageClusterFixed(CellUnusable):
    """A village's cluster is no row's to change."""

    code = "cell_village_cluster_fixed"
    message_vi = "Thôn này đang thuộc cụm khác, nghe lịch khác. Hãy sửa cụm trong tệp."
    message_en = "This village belongs to another cluster. Correct the cluster in the file."


class ClusterNotThere(CellUnusable):
    """A cluster that this station does not have."""

    code = "cell_cluster_unknown"
    message_vi = "Đài không có cụm này. Hãy ghi đúng tên cụm, hoặc đưa thôn và cụm vào trước."
    message_en = "The station has no such cluster. Correct it, or bring its villages in first."


class PeopleIncomplete(CellUnusable):
    """Households without residents, or the other way round."""

    code = "cell_people_incomplete"
    message_vi = "Cần cả số hộ và số dân, hoặc để trống cả hai."
    message_en = "Write both households and residents, or neither."


class DayGone(CellUnusable):
    """A day that has passed, with other figures than were recorded."""

    code = "cell_day_gone"
    message_vi = "Ngày này đã qua: số liệu đã ghi giữ nguyên. Hãy ghi hôm nay hoặc ngày sau."
    message_en = "This day has passed: what was recorded stays. Write today or a later day."


class RowTwice(CellUnusable):
    """What this row is about stands in another row already."""

    code = "row_twice"

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.message_vi = f"Trùng với dòng {number}. Hãy giữ lại một dòng."
        self.message_en = f"Row {number} is about the same. Keep one of them."


class PersonUnclear(CellUnusable):
    """Somebody of this name is known already, and nothing says that it is they."""

    code = "cell_person_unclear"
    message_vi = (
        "Đài đã có người cùng tên. Hãy ghi tên đăng nhập của người này; nếu là người khác thì ghi "
        "một tên đăng nhập mới."
    )
    message_en = (
        "The station knows somebody of this name. Write their user name; for another person write "
        "a new one."
    )


class PersonNameFixed(CellUnusable):
    """A user name that belongs to somebody of another name."""

    code = "cell_person_name_fixed"
    message_vi = "Tên đăng nhập này là của người khác. Hãy sửa họ tên hoặc tên đăng nhập."
    message_en = "This user name is another person's. Correct the name or the user name."


class UsernameUnfit(CellUnusable):
    """No user name."""

    code = "cell_username_unusable"
    message_vi = "Tên đăng nhập chỉ gồm chữ thường không dấu, số, chấm, gạch nối; 2 đến 40 ký tự."
    message_en = "A user name has lower-case letters, digits, dots, hyphens: 2 to 40 of them."


class HeadIsAnother(CellUnusable):
    """The village has a head of another name."""

    code = "cell_head_is_another"
    message_vi = "Thôn đang có trưởng thôn khác. Hãy đổi ở trang Người dùng trước."
    message_en = "The village has another head. Change that on the page of people first."


class RoleUnknown(CellUnusable):
    """No role of a station."""

    code = "cell_role_unknown"
    message_vi = "Vai trò là: biên tập viên, lãnh đạo, trưởng thôn, quản trị viên, người giám sát."
    message_en = "Roles are: operator, leader, village head, admin, inspector."


class HeadsVillageMissing(CellUnusable):
    """A village head without a village, or a village for somebody who is none."""

    code = "cell_heads_village_missing"
    message_vi = "Trưởng thôn cần có thôn; vai trò khác thì để trống ô thôn."
    message_en = "A village head needs a village; for any other role leave it empty."


class PhoneOfHeadsOnly(CellUnusable):
    """The station keeps telephone numbers of village heads only."""

    code = "cell_phone_of_heads_only"
    message_vi = "Đài chỉ giữ số điện thoại của trưởng thôn. Hãy xóa số này khỏi tệp."
    message_en = "The station keeps telephone numbers of village heads only. Take this one out."


class PhoneUnfit(CellUnusable):
    """No telephone number."""

    code = "cell_phone_unusable"
    message_vi = "Số điện thoại gồm 8 đến 15 chữ số, ví dụ 0912 345 678."
    message_en = "A telephone number has 8 to 15 digits, such as 0912 345 678."


class PhoneByNobody(CellUnusable):
    """A number must be entered by somebody; at a terminal nobody is."""

    code = "cell_phone_by_nobody"
    message_vi = "Số điện thoại cần người nhập chịu trách nhiệm: thêm --as TÊN_ĐĂNG_NHẬP."
    message_en = "Somebody must answer for a telephone number: add --as USERNAME."


class AnswersNobody(CellUnusable):
    """A schedule is somebody's; at a terminal nobody is named."""

    code = "row_answers_nobody"
    message_vi = "Lịch cần người xếp chịu trách nhiệm: thêm --as TÊN_ĐĂNG_NHẬP."
    message_en = "Somebody must answer for a schedule: add --as USERNAME."


class DeviceIdUnusable(CellUnusable):
    """Not an id that a device can have."""

    code = "cell_device_id_unusable"
    message_vi = "Mã thiết bị chỉ gồm chữ thường không dấu, số và gạch nối, tối đa 63 ký tự."
    message_en = "A device id has lower-case letters, digits and hyphens, at most 63 of them."


class DeviceOfAnother(CellUnusable):
    """An id that is taken elsewhere, or by a device that is no more in service."""

    code = "cell_device_of_another"
    message_vi = "Mã này đã dùng cho một thiết bị khác hoặc đã thôi dùng. Hãy chọn mã khác."
    message_en = "This id is or was another device's. Choose another one."


class DeviceNameFixed(CellUnusable):
    """The name of a device in service is changed on its own page."""

    code = "cell_device_name_fixed"
    message_vi = "Loa đang dùng có tên khác. Hãy đổi tên ở trang của loa, hoặc sửa tệp."
    message_en = "The device in service has another name. Change it on its page, or the file."


class DeviceClusterFixed(CellUnusable):
    """The cluster of a device in service is changed on its own page."""

    code = "cell_device_cluster_fixed"
    message_vi = "Loa đang dùng ở cụm khác. Hãy chuyển ở trang của loa, hoặc sửa tệp."
    message_en = "The device in service is in another cluster. Move it on its page, or the file."


class DeviceNoteNotKept(CellUnusable):
    """A note is kept of a device that is to come."""

    code = "cell_device_note_not_kept"
    message_vi = "Ghi chú chỉ giữ cho loa sắp lắp; loa này đã dùng. Hãy để trống ô này."
    message_en = "Notes are kept of devices to come; this one is in service. Leave it empty."


class SharesOverWhole(CellUnusable):
    """With this row more than a whole village would be reached."""

    code = "cell_shares_over_whole"
    message_vi = "Tổng phần dân của các loa trong một thôn sẽ quá 100%."
    message_en = "The shares of a village would exceed 100 %."


class CampaignUnknown(CellUnusable):
    """No campaign that goes on has this title or number."""

    code = "cell_campaign_unknown"
    message_vi = "Không có đợt tuyên truyền nào đang mở với tên hoặc số này. Hãy lập đợt trước."
    message_en = "No campaign that goes on has this title or number. Keep the campaign first."


class MonthlyUnusable(CellUnusable):
    """Not how many bulletins are owed each month."""

    code = "cell_monthly_unusable"
    message_vi = "Số tin mỗi tháng là số nguyên từ 1 đến 100."
    message_en = "Bulletins a month are a whole number from 1 to 100."


class BulletinUnknown(CellUnusable):
    """No bulletin has this title or id."""

    code = "cell_bulletin_unknown"
    message_vi = "Đài chưa có bản tin hoặc chương trình tên này. Hãy viết trước rồi đưa lịch vào."
    message_en = "There is no bulletin or playlist of this title. Write it before its times."


class BulletinUnclear(CellUnusable):
    """A title that several bulletins have."""

    code = "cell_bulletin_unclear"
    message_vi = "Có nhiều bản tin cùng tên. Hãy ghi mã bản tin thay cho tên."
    message_en = "Several bulletins have this title. Write the bulletin's id instead."
