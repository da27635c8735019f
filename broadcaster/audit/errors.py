"""What can stand against the trail.

LoaError
└── Unavailable
    └── TrailUnsigned    there is nothing to sign with: the act is not done
"""

from broadcaster.errors import Unavailable


class TrailUnsigned(Unavailable):
    """There is nothing to sign the trail with, so the act is not done."""

    code = "trail_unsigned"
    message_vi = (
        "Chưa ghi được nhật ký có chữ ký nên thao tác không được thực hiện. "
        "Hãy kiểm tra thư mục khóa của đài."
    )
    message_en = (
        "The signed audit trail could not be written, so nothing was done. "
        "Check the station's keys folder."
    )
