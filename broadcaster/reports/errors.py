"""What can be wrong with a wish for a report.

LoaError
├── BadInput
│   ├── PeriodNotBegun       the period lies ahead: there is nothing to report yet
│   ├── ReportTooLong        more days than one report holds
│   ├── ScopeUnreadable      neither the station nor a village, a campaign or a contributor
│   ├── FormatUnknown        no file of that kind is written
│   ├── TemplateBroken       the station's own Word template cannot be filled
│   └── FileExists           a file stands where the report was to be written
├── NotFound
│   ├── NoSuchVillage        no village by that id, or not this person's to see
│   └── NoSuchContributor    nobody by that name has given a bulletin
├── NotAllowed
│   └── ScopeNotYours        a village's head asks for the whole station
└── Unavailable
    └── PdfNotPossible       this machine lacks the libraries that make a PDF
"""

from broadcaster.errors import BadInput, NotAllowed, NotFound, Unavailable


class PeriodNotBegun(BadInput):
    """The period lies ahead: there is nothing to report yet."""

    code = "report_period_not_begun"
    message_vi = (
        "Khoảng thời gian này chưa bắt đầu nên chưa có gì để báo cáo. Hãy chọn thời gian đã qua "
        "hoặc đang diễn ra."
    )
    message_en = (
        "This period has not begun, so there is nothing to report yet. Choose one that has."
    )


class ReportTooLong(BadInput):
    """More days than one report holds."""

    code = "report_too_long"
    message_vi = "Mỗi báo cáo dài tối đa 3 năm. Hãy chia khoảng thời gian ra."
    message_en = "One report holds at most 3 years. Split the period."


class ScopeUnreadable(BadInput):
    """Neither the station nor a village, a campaign or a contributor."""

    code = "report_scope_unreadable"
    message_vi = (
        "Không rõ báo cáo về ai. Hãy chọn cả đài (station), một thôn (village:MÃ), một đợt tuyên "
        "truyền (campaign:MÃ) hoặc một đơn vị gửi tin (contributor:TÊN)."
    )
    message_en = (
        "It is not clear what to report on. Choose station, village:ID, campaign:ID or "
        "contributor:NAME."
    )


class FormatUnknown(BadInput):
    """No file of that kind is written."""

    code = "report_format_unknown"
    message_vi = "Không có định dạng này. Hãy chọn docx, xlsx, pdf, csv hoặc json."
    message_en = "There is no such format. Choose docx, xlsx, pdf, csv or json."


class TemplateBroken(BadInput):
    """The station's own Word template cannot be filled."""

    code = "report_template_broken"
    message_vi = (
        "Mẫu báo cáo của đài (tệp report-template.docx) không điền được. Hãy sửa mẫu trong Word, "
        "hoặc đổi tên tệp đó để dùng lại mẫu có sẵn; lệnh “loa report template” ghi ra mẫu có sẵn."
    )
    message_en = (
        "The station's own report template (report-template.docx) cannot be filled. Correct it in "
        "Word, or rename it to use the one that comes with Loa; “loa report template” writes it."
    )


class FileExists(BadInput):
    """A file stands where the report was to be written."""

    code = "report_file_exists"
    message_vi = "Đã có tệp ở chỗ đó; không ghi đè. Hãy chọn tên khác cho --out."
    message_en = "There is a file already; it is not overwritten. Choose another name for --out."


class NoSuchVillage(NotFound):
    """No village by that id, or not this person's to see."""

    code = "report_no_such_village"
    message_vi = "Không có thôn này trong phạm vi bạn được xem. Hãy chọn lại thôn."
    message_en = "There is no such village in what you may see. Choose a village again."


class NoSuchContributor(NotFound):
    """Nobody by that name has given a bulletin."""

    code = "report_no_such_contributor"
    message_vi = "Chưa có bản tin nào của đơn vị này. Hãy chọn một đơn vị trong danh sách."
    message_en = "There is no bulletin of this contributor. Choose one of the list."


class ScopeNotYours(NotAllowed):
    """A village's head asks for the whole station."""

    code = "report_scope_not_yours"
    message_vi = "Bạn chỉ xem được báo cáo của thôn mình. Hãy chọn thôn của bạn."
    message_en = "You may see the report of your own village only. Choose your village."


class PdfNotPossible(Unavailable):
    """This machine lacks the libraries that make a PDF."""

    code = "report_pdf_not_possible"
    message_vi = (
        "Máy của đài thiếu thư viện Pango nên chưa ghi được PDF; các tệp khác vẫn dùng được. "
        "Trên Debian, người quản trị chạy: apt install libpango-1.0-0 libpangoft2-1.0-0 "
        "libharfbuzz-subset0"
    )
    message_en = (
        "The station's machine lacks the Pango libraries, so no PDF can be written; the other "
        "files work. On Debian its keeper runs: apt install libpango-1.0-0 libpangoft2-1.0-0 "
        "libharfbuzz-subset0"
    )
