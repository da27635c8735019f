"""What can keep the station's processes from running.

LoaError
├── ProcessFailed    a process ended, or did not say that it is ready
├── PortInUse        another program listens where the site or the broker should
├── DiskFull         there is no room left for what must be kept
├── BrokerDrops      the broker's limits would lose confirmations
├── BrokerUntried    the broker does not let the station's probe do its work
├── NotFounded       there is no station in the state folder yet
├── Conflict
│   └── AlreadyFounded     there is one, and none is founded over it
└── BadInput
    ├── FoundingUntold     something that a founding needs was neither given nor typed
    ├── VillagesUnreadable not a cluster with its villages
    ├── PersonUnreadable   not a login, a name and roles that there are
    ├── AddressUnusable    neither a host name nor an IP address
    └── CertificateUnfit   not for this address, or not for today
"""

from broadcaster.errors import BadInput, Conflict, LoaError


class AlreadyFounded(Conflict):
    """The database holds a station already, and no founding takes its place."""

    code = "already_founded"
    message_vi = (
        "Ở đây đã có một đài rồi nên không lập đài mới. Chưa có gì thay đổi. Chạy đài đó bằng "
        "“loa serve”, hoặc đặt LOA_STATE_DIR sang thư mục khác để lập đài khác."
    )
    message_en = (
        "There is a station here already, so none was founded. Nothing was changed. Run that one "
        "with “loa serve”, or set LOA_STATE_DIR to another folder to found another."
    )


class FoundingUntold(BadInput):
    """Something that a founding needs was neither given as an option nor typed."""

    code = "founding_untold"
    message_vi = (
        "Thiếu thông tin để lập đài; chưa có gì thay đổi. Hãy chạy “loa found” ở cửa sổ dòng lệnh "
        "để được hỏi từng mục, hoặc thêm tùy chọn này."
    )
    message_en = (
        "Something is missing to found a station; nothing was changed. Run “loa found” at a "
        "terminal to be asked for each, or add this option."
    )


class VillagesUnreadable(BadInput):
    """Not a cluster with its villages."""

    code = "villages_unreadable"
    message_vi = (
        "Chưa đọc được cụm và thôn. Hãy viết: Cụm Đông: Thôn Một 312/1184, Thôn Hai. Sau tên thôn "
        "là số hộ/số dân, nếu biết."
    )
    message_en = (
        "This is no cluster with its villages. Write: Cụm Đông: Thôn Một 312/1184, Thôn Hai. "
        "Behind a village stand its households/residents, if known."
    )


class PersonUnreadable(BadInput):
    """Not a login, a name and roles that there are, in villages that there are."""

    code = "person_unreadable"
    message_vi = (
        "Chưa đọc được người này. Hãy viết: hanh: Trần Thị Hạnh: operator. Vai trò: operator, "
        "leader, village_head, admin, inspector. Trưởng thôn thêm tên thôn: tu: Lê Văn Tư: "
        "village_head: Thôn Một."
    )
    message_en = (
        "This is nobody who can be let in. Write: hanh: Trần Thị Hạnh: operator. Roles: operator, "
        "leader, village_head, admin, inspector. A village head's villages follow: tu: Lê Văn Tư: "
        "village_head: Thôn Một."
    )


class AddressUnusable(BadInput):
    """An address is a host name or an IP address."""

    code = "address_unusable"
    message_vi = "Địa chỉ phải là tên máy hoặc địa chỉ IP, ví dụ: dai.xathuong.vn, 192.168.1.10."
    message_en = "An address is a host name or an IP address, such as dai.example.vn, 192.168.1.10."


class CertificateUnfit(BadInput):
    """A certificate that visitors would refuse."""

    code = "certificate_unfit"
    message_vi = (
        "Chứng chỉ không dùng được: không đúng địa chỉ của đài, hoặc chưa hay đã hết hiệu lực."
    )
    message_en = "The certificate is not for the station's address, or not valid today."


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
    message_vi = "Chưa có đài nào trong thư mục dữ liệu. Hãy chạy “loa found” để lập đài."
    message_en = "There is no station in the state folder yet. “loa found” founds one."
