"""What can keep the station's processes from running.

LoaError
├── ProcessFailed    a process ended, or did not say that it is ready
├── PortInUse        another program listens where the site or the broker should
├── DiskFull         there is no room left for what must be kept
└── NotFounded       there is no station in the state folder yet
"""

from broadcaster.errors import LoaError


class ProcessFailed(LoaError):
    """A process ended, or did not say that it is ready."""

    code = "process_failed"
    status = 503

    def __init__(self, name: str, last_words: str) -> None:
        super().__init__(last_words)
        self.message_vi = f"Bộ phận “{name}” không khởi động được: {last_words}"
        self.message_en = f"The process “{name}” did not start: {last_words}"


class PortInUse(LoaError):
    """Another program listens where the site or the broker should."""

    code = "port_in_use"

    def __init__(self, port: int, *, setting: str) -> None:
        super().__init__(str(port))
        self.message_vi = (
            f"Cổng {port} đang có chương trình khác dùng. "
            f"Hãy tắt chương trình đó, hoặc đặt {setting} sang cổng khác."
        )
        self.message_en = (
            f"Port {port} is in use by another program. Stop it, or set {setting} to another port."
        )


class DiskFull(LoaError):
    """There is no room left for what must be kept."""

    code = "disk_full"
    message_vi = "Ổ đĩa đã đầy. Dữ liệu đã lưu vẫn an toàn; hãy giải phóng dung lượng rồi chạy lại."
    message_en = "The disk is full. What was saved is safe; make room, then start again."


class NotFounded(LoaError):
    """There is no station in the state folder yet."""

    code = "not_founded"
    message_vi = "Chưa có đài nào trong thư mục dữ liệu. Hãy chạy “loa run” để lập xã trình diễn."
    message_en = "There is no station in the state folder yet. “loa run” founds a demonstration."
