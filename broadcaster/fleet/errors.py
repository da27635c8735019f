"""What can stand against a device in the registry.

LoaError
├── BadInput
│   ├── DeviceNameUnusable   a name that cannot stand in a topic, or that the station needs itself
│   ├── DeviceKeyUnreadable  not an Ed25519 public key
│   ├── SharesExceedVillage  the shares of a village would sum to more than all of it
│   ├── ShareUnusable        not between 0 and 100 %
│   ├── VolumeBandUnusable   not two different times of the day and a share of 100
│   ├── VolumeBandsOverlap   at some minute two volumes would hold
│   ├── TooManyVolumeBands   a day has at most 24
│   ├── StaggerUnusable      not between 0 and 10 seconds
│   ├── DeviceNameMissing    people must be able to tell it from others
│   ├── VillageElsewhere     the village hears another cluster's schedule
│   ├── SameDevice           no device takes its own place
│   ├── PlaceUnusable        no point on the earth
│   ├── RelayHostUnusable    not the name of a host
│   ├── RelayHostForbidden   an address at which no broadcaster can be
│   └── TooManyRelayHosts    a station has at most 100
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


class ShareUnusable(BadInput):
    """Not between 0 and 100 %."""

    code = "share_unusable"
    message_vi = "Phần dân của mỗi loa là số từ 0 đến 100, ví dụ: 33,3. Chưa có gì thay đổi."
    message_en = "A loudspeaker's share is a number from 0 to 100, such as 33.3. Nothing changed."


class VolumeBandUnusable(BadInput):
    """Not two different times of the day and a share of 100."""

    code = "volume_band_unusable"
    message_vi = (
        "Mỗi khung giờ cần giờ đầu, giờ cuối khác nhau và âm lượng từ 0 đến 100, "
        "ví dụ: 20:00–22:00 40. Chưa có gì thay đổi."
    )
    message_en = (
        "Each band needs two different times and a volume from 0 to 100, such as "
        "20:00–22:00 40. Nothing was changed."
    )


class VolumeBandsOverlap(BadInput):
    """At some minute two volumes would hold."""

    code = "volume_bands_overlap"
    message_vi = "Các khung giờ âm lượng không được chồng lên nhau. Chưa có gì thay đổi."
    message_en = "The bands of a day must not overlap. Nothing was changed."


class TooManyVolumeBands(BadInput):
    """A day has at most 24."""

    code = "too_many_volume_bands"
    message_vi = "Mỗi loa có tối đa 24 khung giờ âm lượng. Chưa có gì thay đổi; hãy bỏ bớt."
    message_en = "A device has at most 24 volume bands. Nothing was changed; remove some."


class StaggerUnusable(BadInput):
    """Not between 0 and 10 seconds."""

    code = "stagger_unusable"
    message_vi = "Độ trễ cố ý là số mili giây từ 0 đến 10.000. Chưa có gì thay đổi."
    message_en = "The delay on purpose is 0 to 10,000 milliseconds. Nothing was changed."


class PlaceUnusable(BadInput):
    """No point on the earth."""

    code = "place_unusable"
    message_vi = (
        "Vị trí gồm vĩ độ rồi kinh độ, ví dụ: 10.3759, 105.4185. Chưa có gì thay đổi; "
        "hãy chép lại từ bản đồ."
    )
    message_en = (
        "A place is a latitude and then a longitude, such as 10.3759, 105.4185. Nothing was "
        "changed; copy it from a map again."
    )


class RelayHostUnusable(BadInput):
    """Not the name of a host."""

    code = "relay_host_unusable"
    message_vi = (
        "Mỗi dòng chỉ ghi tên máy chủ, ví dụ: stream.vovmedia.vn, không có https:// và "
        "đường dẫn. Chưa có gì thay đổi."
    )
    message_en = (
        "Each line is the name of a host, such as stream.vovmedia.vn, without https:// and "
        "without a path. Nothing was changed."
    )


class RelayHostForbidden(BadInput):
    """An address at which no broadcaster can be: link-local, multicast, or none."""

    code = "relay_host_forbidden"
    message_vi = (
        "Địa chỉ 169.254.…, 224.… hoặc 0.0.0.0 không phải của một đài phát thanh nào, nên loa "
        "không bao giờ mở. Hãy bỏ dòng đó. Chưa có gì thay đổi."
    )
    message_en = (
        "No broadcaster is at 169.254.…, 224.… or 0.0.0.0, so no device ever opens that. "
        "Remove that line. Nothing was changed."
    )


class TooManyRelayHosts(BadInput):
    """A station has at most 100."""

    code = "too_many_relay_hosts"
    message_vi = "Đài cho phép tiếp âm từ tối đa 100 máy chủ. Chưa có gì thay đổi; hãy bỏ bớt."
    message_en = "A station relays from at most 100 hosts. Nothing was changed; remove some."


class DeviceNameMissing(BadInput):
    """People must be able to tell a device from others."""

    code = "device_name_missing"
    message_vi = "Loa cần có tên. Chưa có gì thay đổi; hãy ghi tên rồi lưu lại."
    message_en = "A loudspeaker needs a name. Nothing was changed; name it and save again."


class VillageElsewhere(BadInput):
    """A device says what its cluster hears; villages of another cluster hear another schedule."""

    code = "village_elsewhere"
    message_vi = "Thôn này thuộc cụm khác, nghe lịch khác. Hãy chọn thôn trong cụm của loa."
    message_en = "This village belongs to another cluster. Choose villages of the device's own."


class SameDevice(BadInput):
    """No device takes its own place."""

    code = "same_device"
    message_vi = "Hãy chọn một loa khác để thay loa này. Chưa có gì thay đổi."
    message_en = "Choose another loudspeaker to take its place. Nothing was changed."


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
