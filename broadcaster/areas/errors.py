"""What can be wrong with the name of a place.

LoaError
├── BadInput
│   ├── UnknownCluster     a cluster that this station does not have
│   └── UnknownVillage     a village that this station does not have
└── Unavailable
    └── StationNotFounded  the database holds no station yet
"""

from broadcaster.errors import BadInput, Unavailable


class UnknownCluster(BadInput):
    """A cluster that this station does not have."""

    code = "unknown_cluster"
    message_vi = "Không có cụm này trong đài. Hãy tải lại trang và chọn lại cụm. Chưa gửi lệnh nào."
    message_en = (
        "The station has no such cluster. Reload the page and choose again. Nothing was sent."
    )


class UnknownVillage(BadInput):
    """A village that this station does not have."""

    code = "unknown_village"
    message_vi = "Không có thôn này trong đài. Hãy tải lại trang và chọn lại."
    message_en = "The station has no such village. Reload the page and choose again."


class StationNotFounded(Unavailable):
    """The database holds no station yet."""

    code = "station_not_founded"
    message_vi = "Chưa lập đài trên máy này. Hãy chạy “make run” để lập đài."
    message_en = "No station has been founded on this machine. Run “make run” to found one."
