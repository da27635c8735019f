"""What can stand against a demonstration.

LoaError
├── NotTheDemonstration   the state folder holds a real station
├── NotARehearsal         a real station's folder was named for a rehearsal
└── ScriptFileUnreadable  the file given as script cannot be read
"""

from broadcaster.errors import BadInput, LoaError


class NotTheDemonstration(LoaError):
    """The state folder holds a real station."""

    code = "not_the_demonstration"
    message_vi = (
        "Thư mục dữ liệu này thuộc một đài thật nên không chạy trình diễn ở đây. "
        "Hãy dùng “loa serve”, hoặc đặt LOA_STATE_DIR sang thư mục khác."
    )
    message_en = (
        "This state folder belongs to a real station, so no demonstration runs in it. "
        "Use “loa serve”, or set LOA_STATE_DIR to another folder."
    )


class NotARehearsal(BadInput):
    """A real station's folder was named for a rehearsal."""

    code = "not_a_rehearsal"
    message_vi = (
        "Đài trong thư mục này có loa thật nên không diễn tập ở đây. "
        "Hãy bỏ --state để diễn tập với một đài tạm."
    )
    message_en = (
        "The station in this folder has real poles, so nothing is rehearsed there. "
        "Leave out --state to rehearse with a station that is thrown away."
    )


class ScriptFileUnreadable(BadInput):
    """The file given as script cannot be read."""

    code = "script_file_unreadable"
    message_vi = "Không đọc được tệp lời đọc. Hãy kiểm tra đường dẫn và lưu tệp bằng UTF-8."
    message_en = "The script file cannot be read. Check its path, and save it as UTF-8."
