"""What can stand against a device in the registry.

LoaError
├── BadInput
│   ├── DeviceNameUnusable   a name that cannot stand in a topic, or that the station needs itself
│   ├── DeviceKeyUnreadable  not an Ed25519 public key
│   └── SharesExceedVillage  the shares of a village would sum to more than all of it
├── NotFound
│   └── UnknownDevice        the registry has no such device
└── Conflict
    ├── DeviceEnrolled       the name or the key is already enrolled
    └── SimulatedInService   simulated devices belong to a rehearsal station only
"""

from broadcaster.errors import BadInput, Conflict, NotFound


class DeviceNameUnusable(BadInput):
    """A name that cannot stand in a topic, or that the station needs itself."""

    code = "device_name_unusable"
    message_vi = "Mã thiết bị chỉ gồm chữ thường không dấu, số và gạch nối, dài tối đa 63 ký tự."
    message_en = "A device id has lower-case letters, digits and hyphens, at most 63 of them."


class DeviceKeyUnreadable(BadInput):
    """Not an Ed25519 public key."""

    code = "device_key_unreadable"
    message_vi = "Khóa của thiết bị không đọc được. Hãy lấy lại khóa từ thiết bị."
    message_en = "The device's key cannot be read. Take it from the device again."


class SharesExceedVillage(BadInput):
    """The shares of a village would sum to more than all of it."""

    code = "shares_exceed_village"
    message_vi = "Tổng phần dân của các loa trong một thôn không được quá 100%. Chưa lưu thay đổi."
    message_en = "The shares of one village cannot exceed 100%. Nothing was changed."


class UnknownDevice(NotFound):
    """The registry has no such device."""

    code = "unknown_device"
    message_vi = "Không có thiết bị này trong sổ đăng ký của đài."
    message_en = "The station's registry has no such device."


class DeviceEnrolled(Conflict):
    """The name or the key is already enrolled."""

    code = "device_enrolled"
    message_vi = "Thiết bị hoặc khóa này đã được đăng ký. Mỗi thiết bị cần mã và khóa riêng."
    message_en = "This device or key is already enrolled. Each needs a name and key of its own."


class SimulatedInService(Conflict):
    """Simulated devices belong to a rehearsal station only."""

    code = "simulated_in_service"
    message_vi = "Thiết bị mô phỏng chỉ dùng được ở đài diễn tập, không dùng ở đài thật."
    message_en = "Simulated devices belong to a rehearsal station, never to one in service."
