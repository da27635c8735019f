"""What was asked for and is not there: a bulletin, a draft, a version, a sound."""

from broadcaster.errors import NotFound


class UnknownBulletin(NotFound):
    """There is no such bulletin."""

    code = "unknown_bulletin"
    message_vi = "Không có bản tin này. Hãy mở lại danh sách bản tin."
    message_en = "There is no such bulletin. Open the list of bulletins again."


class UnknownDraft(NotFound):
    """No such draft of this person, or it was saved or thrown away."""

    code = "unknown_draft"
    message_vi = "Không còn bản viết dở này: đã lưu thành bản tin hoặc đã bỏ. Hãy mở lại danh sách."
    message_en = "This draft is gone: it was saved as a bulletin or thrown away. Open the list."


class UnknownTemplate(NotFound):
    """No such template, or it is no longer offered."""

    code = "unknown_template"
    message_vi = "Không còn mẫu này. Hãy chọn mẫu khác trong danh sách mẫu."
    message_en = "This template is gone. Choose another one from the list."


class UnknownVersion(NotFound):
    """A bulletin has no such version."""

    code = "unknown_version"
    message_vi = "Bản tin không có bản này. Hãy mở lại lịch sử của bản tin."
    message_en = "The bulletin has no such version. Open its history again."


class UnknownAudio(NotFound):
    """No audio of this name is kept."""

    code = "unknown_audio"
    message_vi = "Không có âm thanh này trong kho. Hãy mở lại bản tin và tạo lại."
    message_en = "No such audio is kept. Open the bulletin and render it again."


class RecordingMissing(NotFound):
    """There is no such recording, or it is no longer used."""

    code = "recording_missing"
    message_vi = "Bản thu này không còn dùng. Hãy mở lại bản tin."
    message_en = "This recording is no longer used. Open the bulletin again."
