"""What can stand against a rehearsal.

DevicesError
├── FleetRefused       the folder to simulate holds no controllers, or real ones (devices.errors)
├── ProfileInvalid     the profile of faults cannot be used; everything wrong in it is named
├── BrokerRefused      the broker serves real devices, or cannot be asked whether it does
├── CommandRefused     a control port was asked for something that cannot be done
└── RehearsalUnusable  the rehearsal cannot start as asked
"""

from devices.errors import DevicesError


class ProfileInvalid(DevicesError):
    """The profile of faults cannot be used; `detail` names everything that is wrong in it."""

    code = "profile_invalid"
    message_vi = "Tệp kịch bản sự cố không dùng được. Hãy sửa các mục sau rồi chạy lại."
    message_en = "The profile of faults cannot be used. Correct these and start again."


class BrokerRefused(DevicesError):
    """The broker serves real devices, or cannot be asked whether it does."""

    code = "broker_refused"
    message_vi = "Máy chủ MQTT này không phải của buổi diễn tập nên không được dùng."
    message_en = "This MQTT broker is not one of a rehearsal, so it is not used."


class CommandRefused(DevicesError):
    """A control port was asked for something that cannot be done."""

    code = "command_refused"
    message_vi = "Không làm được lệnh này trong buổi diễn tập."
    message_en = "The rehearsal cannot do this."


class RehearsalUnusable(DevicesError):
    """The rehearsal cannot start as asked."""

    code = "rehearsal_unusable"
    message_vi = "Không bắt đầu được buổi diễn tập."
    message_en = "The rehearsal could not start."
