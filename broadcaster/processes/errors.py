"""What can keep the station's processes from running.

LoaError
├── ProcessFailed    a process ended, or did not say that it is ready
├── PortInUse        another program listens where the site or the broker should
├── DiskFull         there is no room left for what must be kept
├── BrokerDrops      the broker's limits would lose confirmations
├── BrokerUntried    the broker does not let the station's probe do its work
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


class BrokerDrops(LoaError):
    """The broker acknowledges more than it keeps, so confirmations would be lost."""

    code = "broker_drops"
    status = 503

    def __init__(self, *, sent: int, kept: int) -> None:
        super().__init__()
        remedy = "    max_inflight_messages 0\n    max_queued_messages 0\n    max_queued_bytes 0\n"
        self.message_vi = (
            f"Máy chủ MQTT nhận {sent} tin nhưng chỉ giữ {kept}: xác nhận của loa sẽ bị mất, nên "
            "đài không chạy với nó. Hãy thêm vào mosquitto.conf rồi khởi động lại Mosquitto:\n"
            f"{remedy}"
            "  hoặc ghi cả cấu hình bằng “loa broker mosquitto”. "
            "Với EMQX: mqtt.max_mqueue_len = infinity."
        )
        self.message_en = (
            f"The MQTT broker took {sent} messages and kept {kept}: confirmations would be lost, "
            "so the station does not run with it. Add to mosquitto.conf and restart Mosquitto:\n"
            f"{remedy}"
            "  or have all of it written by “loa broker mosquitto”. "
            "For EMQX: mqtt.max_mqueue_len = infinity."
        )


class BrokerUntried(LoaError):
    """The broker does not let the station's probe do its work."""

    code = "broker_untried"
    status = 503
    message_vi = (
        "Chưa kiểm tra được máy chủ MQTT: nó chưa biết tài khoản của đài. Hãy ghi lại tệp tài "
        "khoản bằng “loa broker mosquitto” rồi gửi SIGHUP cho Mosquitto."
    )
    message_en = (
        "The MQTT broker could not be tried out: it does not know the station's logins. Write its "
        "files again with “loa broker mosquitto”, then send Mosquitto a SIGHUP."
    )


class NotFounded(LoaError):
    """There is no station in the state folder yet."""

    code = "not_founded"
    message_vi = "Chưa có đài nào trong thư mục dữ liệu. Hãy chạy “loa run” để lập xã trình diễn."
    message_en = "There is no station in the state folder yet. “loa run” founds a demonstration."
