"""Every error that installing and finding voices raises.

VoiceStoreError (a SpeechError)
├── VoiceUnknown           the catalogue has no such voice
├── VoiceNotInstalled      the voice is not on this machine
├── VoiceSourceMissing     the source has no such file, or is none
├── VoiceSourceBroken      the connection broke again and again; what came is kept
├── VoiceFileWrong         a file is not the published one: size, SHA-256 or content
├── VoiceInstallBusy       another process installs this voice right now
├── VoiceStoreFull         no room on the disk
└── VoiceStoreFailed       the folder cannot be read or written
"""

from playlists.speech.errors import SpeechError


class VoiceStoreError(SpeechError):
    """A voice could not be installed or found."""

    code = "voice_store"
    message_vi = "Chưa cài được giọng đọc. Giọng đang dùng vẫn đọc bình thường; hãy thử lại."
    message_en = "The voice is not installed. The voice in use still speaks; try again."


class VoiceUnknown(VoiceStoreError):
    """The catalogue has no such voice."""

    code = "voice_unknown"
    message_vi = "Không có giọng đọc tên này trong danh mục. Hãy chọn một tên trong danh sách."
    message_en = "The catalogue has no voice of this name. Choose a name from the list."


class VoiceNotInstalled(VoiceStoreError):
    """The voice is not on this machine."""

    code = "voice_not_installed"
    message_vi = "Giọng đọc này chưa có trên máy. Hãy cài giọng rồi thử lại."
    message_en = "This voice is not on this machine. Install it, then try again."


class VoiceSourceMissing(VoiceStoreError):
    """The source has no such file, or is none."""

    code = "voice_source_missing"
    message_vi = "Nơi tải không có giọng đọc này. Chưa có gì thay đổi; hãy kiểm tra địa chỉ."
    message_en = "The source does not have this voice. Nothing changed; check the address."


class VoiceSourceBroken(VoiceStoreError):
    """The connection broke again and again; what came is kept."""

    code = "voice_source_broken"
    message_vi = "Mạng bị đứt khi tải giọng đọc. Phần đã tải còn nguyên; hãy chạy lại để tải tiếp."
    message_en = "The connection broke. What was fetched is kept; run it again to go on."


class VoiceFileWrong(VoiceStoreError):
    """A file is not the published one: size, SHA-256 or content."""

    code = "voice_file_wrong"
    message_vi = "Tệp giọng đọc không đúng bản gốc nên không dùng. Hãy tải lại từ nơi tin cậy."
    message_en = "The voice's file is not the published one, so it is not used. Use another source."


class VoiceInstallBusy(VoiceStoreError):
    """Another process installs this voice right now."""

    code = "voice_install_busy"
    message_vi = "Giọng đọc này đang được cài. Hãy chờ cài xong."
    message_en = "This voice is being installed already. Wait until that is done."


class VoiceStoreFull(VoiceStoreError):
    """No room on the disk."""

    code = "voice_store_full"
    message_vi = (
        "Đĩa không đủ chỗ cho giọng đọc; giọng đang dùng còn nguyên. Hãy dọn đĩa rồi thử lại."
    )
    message_en = (
        "The disk has no room for the voice; the voice in use is safe. Make room and retry."
    )


class VoiceStoreFailed(VoiceStoreError):
    """The folder cannot be read or written."""

    code = "voice_store_failed"
    message_vi = "Không đọc hoặc ghi được thư mục giọng đọc. Hãy kiểm tra quyền của thư mục."
    message_en = "The voices' folder cannot be read or written. Check the folder's permissions."
