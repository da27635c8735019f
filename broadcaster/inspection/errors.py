"""What can stand against inspecting a ledger.

LoaError
├── Conflict
│   ├── ExportPresent     the folder holds something already
│   └── UnfitForParquet   a value that does not suit its column
├── BadInput
│   ├── ExportUnreadable  no export, or one that was changed since
│   ├── FormatUnknown     a format that exports are not written in
│   └── RootKeyMissing    nobody said which root key to believe
└── Unavailable
    └── ParquetNotInstalled  the extra `parquet` is not there
"""

from broadcaster.errors import BadInput, Conflict, Unavailable


class ExportPresent(Conflict):
    """The folder holds something already, and nothing is overwritten."""

    code = "export_present"
    message_vi = (
        "Nơi xuất ra đã có dữ liệu, nên chưa ghi gì. Hãy chọn một thư mục mới hoặc thư mục trống."
    )
    message_en = "There is something already where it was to be written. Choose a new folder."


class UnfitForParquet(Conflict):
    """A row holds what its column cannot: somebody has written past the station."""

    code = "unfit_for_parquet"
    message_vi = (
        "Có dòng trong sổ mang giá trị sai kiểu, Parquet không ghi được. "
        "Hãy xuất vào thư mục mới bằng --format jsonl, rồi chạy “loa ledger verify”."
    )
    message_en = (
        "A row of the ledger holds a value of another type than its column, which Parquet cannot "
        "hold. Export into a new folder with --format jsonl, and run “loa ledger verify”."
    )


class ParquetNotInstalled(Unavailable):
    """Parquet needs a library that does not come with the station."""

    code = "parquet_not_installed"
    message_vi = (
        "Máy này chưa cài phần đọc và ghi Parquet. Hãy cài thêm: pip install 'loa[parquet]', "
        "hoặc dùng --format jsonl."
    )
    message_en = (
        "What reads and writes Parquet is not installed here. Install it with "
        "pip install 'loa[parquet]', or use --format jsonl."
    )


class ExportUnreadable(BadInput):
    """No export of a ledger, or one whose files are not those that were written."""

    code = "export_unreadable"
    message_vi = (
        "Thư mục này không phải bản xuất nguyên vẹn của một sổ. Hãy sao chép lại từ nơi đã xuất."
    )
    message_en = "This folder is no whole export of a ledger. Copy it again from where it was made."


class FormatUnknown(BadInput):
    """A format that exports are not written in."""

    code = "format_unknown"
    message_vi = "Không có định dạng này. Hãy chọn --format jsonl, csv hoặc parquet."
    message_en = "There is no such format. Choose --format jsonl, csv or parquet."


class RootKeyMissing(BadInput):
    """Nobody said which root key to believe, and none lies beside the database."""

    code = "root_key_missing"
    message_vi = (
        "Chưa biết khóa gốc công khai của đài. Hãy thêm --root-key, lấy từ “loa keys show”."
    )
    message_en = (
        "The station's public root key is not known. Give it with --root-key; "
        "“loa keys show” prints it."
    )


class RootKeyUnreadable(BadInput):
    """What was given is no public root key: held against it, nothing of a good ledger holds."""

    code = "root_key_unreadable"
    message_vi = (
        "--root-key không phải một khóa gốc công khai: khóa có 64 chữ số hệ 16 (0-9, a-f). "
        "Hãy chép lại cả dòng từ “loa keys show”."
    )
    message_en = (
        "--root-key is no public root key, which has 64 hexadecimal digits (0-9, a-f). "
        "Copy the whole line again from “loa keys show”."
    )
