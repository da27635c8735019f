"""What can stand between the world and what the station broadcast.

LoaError
└── NotFound
    ├── ChannelClosed      no leader has opened the public channels
    └── NoSuchItem         no bulletin of this id went on air, or it is kept back
"""

from broadcaster.errors import NotFound


class ChannelClosed(NotFound):
    """No leader has opened the public channels."""

    code = "channel_closed"
    message_vi = "Đài này chưa mở kênh công khai. Hãy hỏi Ủy ban nhân dân xã."
    message_en = "This station has not opened its public channels. Ask the commune's office."


class NoSuchItem(NotFound):
    """No bulletin of this id went on air, or it is kept back."""

    code = "no_such_item"
    message_vi = "Không có bản tin này trong kênh công khai."
    message_en = "There is no such bulletin in the public channel."
