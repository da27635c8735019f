"""What can stand between the station and where its sound is kept.

LoaError
├── Unavailable
│   └── SoundsAway       the store's own words, under its own code
├── Conflict
│   └── NoBucketSet      sound is kept in a folder; there is no S3 store to move it to or from
└── BadInput
    ├── SecretMissing    the key's secret was not entered yet
    └── SecretUnusable   nothing was typed, or more than a line
"""

from broadcaster.errors import BadInput, Conflict, Unavailable
from playlists.audio.audio_errors import AudioStoreError


class SoundsAway(Unavailable):
    """What the store could not do, in its own words."""

    code = "audio_store"

    def __init__(self, error: AudioStoreError) -> None:
        self.code, self.message_vi, self.message_en = error.code, error.message_vi, error.message_en
        super().__init__(error.detail)


class NoBucketSet(Conflict):
    """Sound is kept in a folder; there is no S3 store to move it to or from."""

    code = "no_bucket_set"
    message_vi = (
        "Đài đang lưu âm thanh trong thư mục, chưa đặt kho S3. Đặt LOA_S3_ENDPOINT, LOA_S3_BUCKET, "
        "LOA_S3_KEY_ID và “loa audio secret”, rồi chạy lại."
    )
    message_en = (
        "Audio is kept in a folder, and no S3 store is set. Set LOA_S3_ENDPOINT, LOA_S3_BUCKET and "
        "LOA_S3_KEY_ID, run “loa audio secret”, then this again."
    )


class SecretMissing(BadInput):
    """The key's secret was not entered yet."""

    code = "s3_secret_missing"
    message_vi = (
        "Chưa có khóa bí mật của kho S3. Chạy “loa audio secret”, hoặc đặt LOA_S3_SECRET_FILE là "
        "tệp chứa nó."
    )
    message_en = (
        "The S3 key's secret is missing. Run “loa audio secret”, or set LOA_S3_SECRET_FILE to a "
        "file that holds it."
    )


class SecretUnusable(BadInput):
    """Nothing was typed, or more than a line."""

    code = "s3_secret_unusable"
    message_vi = "Khóa bí mật trống hoặc có dấu xuống dòng. Hãy nhập lại."
    message_en = "The secret is empty or holds a line's end. Type it again."
