"""Why a document does not become a script; whatever was typed or kept before stays as it is.

PlaylistsError
└── DocumentRefused
    ├── DocumentTooLarge       more bytes than one document may have
    ├── DocumentTooLong        more text than many bulletins together
    ├── DocumentKindUnknown    neither text, Word (.docx) nor PDF
    ├── DocumentDamaged        the file is broken, or does what a document has no reason to do
    ├── DocumentLocked         it opens with a password only
    ├── DocumentScanned        pages are pictures without letters; carries their numbers
    ├── DocumentEmpty          it holds no letter
    ├── DocumentTooSlow        its pages could not be read in time
    └── EncodingUnknown        its letters are in no encoding that we are sure of
"""

from __future__ import annotations

from collections.abc import Sequence

from playlists.errors import PlaylistsError


class DocumentRefused(PlaylistsError):
    """The document cannot be used as a script; nothing was changed."""

    code = "document_refused"
    message_vi = "Không dùng được tệp này. Chưa có gì thay đổi; hãy mở tệp rồi dán chữ vào."
    message_en = "This file cannot be used. Nothing was changed; open it and paste its text."


class DocumentTooLarge(DocumentRefused):
    """More bytes than one document may have."""

    code = "document_too_large"

    def __init__(self, *, size_bytes: int, limit_bytes: int) -> None:
        megabytes = limit_bytes // 1_000_000
        self.message_vi = (
            f"Tệp lớn quá {megabytes} MB. Chưa có gì thay đổi; "
            "hãy bỏ hình ảnh trong tệp, hoặc chỉ dán phần chữ cần đọc."
        )
        self.message_en = (
            f"The file is over {megabytes} MB. Nothing was changed; "
            "take its pictures out, or paste only the words to be read."
        )
        super().__init__(f"{size_bytes} bytes")


class DocumentTooLong(DocumentRefused):
    """More text than many bulletins together."""

    code = "document_too_long"

    def __init__(self, *, limit_characters: int) -> None:
        limit = f"{limit_characters:,}"
        self.message_vi = (
            f"Tệp có hơn {limit.replace(',', '.')} ký tự, dài hơn nhiều bản tin gộp lại. "
            "Chưa có gì thay đổi; hãy tách phần cần đọc ra tệp riêng."
        )
        self.message_en = (
            f"The file has over {limit} characters, more than many bulletins. "
            "Nothing was changed; put the part to be read into a file of its own."
        )
        super().__init__()


class DocumentKindUnknown(DocumentRefused):
    """Neither text, Word (.docx) nor PDF."""

    code = "document_kind_unknown"
    message_vi = (
        "Chưa đọc được loại tệp này. Hãy lưu lại thành .docx, .pdf hoặc .txt rồi gửi lại "
        "(tệp .doc cũ: mở bằng Word, chọn “Lưu thành” .docx)."
    )
    message_en = (
        "This kind of file cannot be read. Save it as .docx, .pdf or .txt and send it again "
        "(an old .doc: open it in Word and save it as .docx)."
    )


class DocumentDamaged(DocumentRefused):
    """The file is broken, or does what a document has no reason to do."""

    code = "document_damaged"
    message_vi = (
        "Tệp bị hỏng hoặc không đúng chuẩn nên không mở. Chưa có gì thay đổi; "
        "hãy lưu lại tệp từ phần mềm soạn thảo, hoặc dán chữ vào."
    )
    message_en = (
        "The file is broken or not well formed, so it was not opened. Nothing was changed; "
        "save it anew from its program, or paste its text."
    )


class DocumentLocked(DocumentRefused):
    """It opens with a password only."""

    code = "document_locked"
    message_vi = (
        "Tệp có mật khẩu nên không mở được. Chưa có gì thay đổi; "
        "hãy bỏ mật khẩu rồi gửi lại, hoặc dán chữ vào."
    )
    message_en = (
        "The file is protected by a password. Nothing was changed; "
        "take the password off and send it again, or paste its text."
    )


class DocumentScanned(DocumentRefused):
    """Pages are pictures without letters."""

    code = "document_scanned"

    def __init__(self, *, pages: Sequence[int], of_pages: int) -> None:
        self.pages = tuple(pages)
        every = len(self.pages) == of_pages
        named = ", ".join(map(str, self.pages[:12])) + ("…" if len(self.pages) > 12 else "")
        where_vi = "Tệp này" if every else f"Trang {named} của tệp"
        where_en = "This file" if every else f"Page {named} of the file"
        self.message_vi = (
            f"{where_vi} là ảnh quét, không có chữ để đọc. Chưa có gì thay đổi; "
            "hãy lấy tệp gốc (.docx), hoặc gõ lại phần cần đọc."
        )
        self.message_en = (
            f"{where_en} is a scanned picture without text. Nothing was changed; "
            "take the original file (.docx), or type the part to be read."
        )
        super().__init__()


class DocumentEmpty(DocumentRefused):
    """It holds no letter."""

    code = "document_empty"
    message_vi = "Tệp không có chữ nào để đọc. Hãy kiểm tra lại xem có đúng tệp cần gửi không."
    message_en = "The file holds no words to read. Check that it is the right file."


class DocumentTooSlow(DocumentRefused):
    """Its pages could not be read in time."""

    code = "document_too_slow"
    message_vi = (
        "Tệp này mất quá nhiều thời gian để mở nên đã dừng. Chưa có gì thay đổi; "
        "hãy dán phần chữ cần đọc."
    )
    message_en = (
        "Opening this file took too long and was stopped. Nothing was changed; "
        "paste the words to be read."
    )


class EncodingUnknown(DocumentRefused):
    """Its letters are in no encoding that we are sure of."""

    code = "encoding_unknown"
    message_vi = (
        "Không nhận ra bảng mã chữ của tệp (không phải UTF-8, UTF-16, Windows-1258, TCVN3, VNI). "
        "Chưa có gì thay đổi; hãy lưu lại tệp theo mã UTF-8."
    )
    message_en = (
        "The encoding of this file is not known (not UTF-8, UTF-16, Windows-1258, TCVN3, VNI). "
        "Nothing was changed; save the file as UTF-8."
    )
