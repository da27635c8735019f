"""What can stand between a person and a live microphone.

NotFound
├── UnknownTalk            404
└── UnknownPermit          404
BadInput
├── TalkTitleUnusable      422
├── NoClusterChosen        422
├── TalkLengthUnusable     422
├── QuietReasonMissing     422  it would sound in quiet hours, and nobody says why it may
├── PermitForOneself       422
├── PermitForNobody        422  whoever is named could not speak live anyway
└── PermitDaysUnusable     422
Conflict
├── NoPermit               409  no leader has allowed this person to speak live
├── TalkRunning            409  somebody speaks already; there is one microphone
├── TalkOver               409
└── MicrophoneGone         409  whoever was to speak left before the poles were opened
Unavailable
├── TalkNotOpened          503  the order did not reach the broker in time
└── SourceUnreadable       503  what was given is no sound
"""

from broadcaster.errors import BadInput, Conflict, NotFound, Unavailable

TITLE_LIMIT_CHARACTERS = 200
LONGEST_PERMIT_DAYS = 366
LENGTHS_MIN = (1, 2, 5, 10, 15, 30, 45)


class UnknownTalk(NotFound):
    """There is no such talk in this station."""

    code = "unknown_talk"
    message_vi = "Không tìm thấy buổi nói trực tiếp này."
    message_en = "There is no such live talk."


class UnknownPermit(NotFound):
    """There is no such permit, or it was taken back already."""

    code = "unknown_permit"
    message_vi = "Không tìm thấy giấy phép nói trực tiếp này, hoặc đã thu lại rồi."
    message_en = "There is no such permit to speak live, or it was taken back already."


class NoPermit(Conflict):
    """No leader has allowed this person to speak live: the right is there, the word is not."""

    code = "no_live_permit"
    message_vi = (
        "Bạn chưa được lãnh đạo cho phép nói trực tiếp. Chưa có gì được phát. "
        "Hãy xin lãnh đạo cho phép ở trang này, hoặc viết bản tin và gửi duyệt."
    )
    message_en = (
        "No leader has allowed you to speak live. Nothing was played. "
        "Ask a leader to allow it on this page, or write a bulletin and submit it."
    )


class TalkTitleUnusable(BadInput):
    """A talk has a title of one line."""

    code = "talk_title_unusable"
    message_vi = f"Hãy ghi nội dung nói bằng một dòng, tối đa {TITLE_LIMIT_CHARACTERS} ký tự."
    message_en = f"Say in one line what it is about, at most {TITLE_LIMIT_CHARACTERS} characters."


class NoClusterChosen(BadInput):
    """Nobody would hear it."""

    code = "no_cluster_chosen"
    message_vi = "Hãy chọn ít nhất một cụm loa có trong danh sách."
    message_en = "Choose at least one cluster of the list."


class TalkLengthUnusable(BadInput):
    """Not one of the lengths, or longer than a session may be."""

    code = "talk_length_unusable"
    message_vi = "Hãy chọn thời lượng tối đa trong danh sách, không quá giới hạn một buổi phát."
    message_en = "Choose a maximum of the list that is within the longest session."


class QuietReasonMissing(BadInput):
    """It would sound in quiet hours, and nobody says why it may."""

    code = "live_in_quiet_hours"
    message_vi = (
        "Buổi nói có thể kéo dài vào giờ yên lặng. Chưa có gì được phát. "
        "Hãy chọn thời lượng ngắn hơn, hoặc nhờ lãnh đạo cho phép bạn nói trong giờ yên lặng "
        "ở trang Nói trực tiếp. Nếu bạn là lãnh đạo, hãy ghi lý do ở đây."
    )
    message_en = (
        "The talk could last into quiet hours. Nothing was played. "
        "Choose a shorter maximum, or ask a leader to allow you quiet hours on the page "
        "“Speak live”. If you are a leader, give the reason here."
    )


class PermitForOneself(BadInput):
    """Nobody allows himself to speak without a second person."""

    code = "permit_for_oneself"
    message_vi = "Không ai tự cho phép mình. Hãy nhờ một lãnh đạo khác, hoặc chọn người khác."
    message_en = "Nobody allows himself. Ask another leader, or choose somebody else."


class PermitForNobody(BadInput):
    """Whoever is named could not speak live anyway."""

    code = "permit_for_nobody"
    message_vi = "Người này không có tài khoản biên tập hay lãnh đạo. Hãy chọn người khác."
    message_en = "This person has no operator's or leader's account in use. Choose another."


class PermitDaysUnusable(BadInput):
    """From one day to a year."""

    code = "permit_days_unusable"
    message_vi = f"Hãy cho phép từ 1 đến {LONGEST_PERMIT_DAYS} ngày."
    message_en = f"Allow it for 1 to {LONGEST_PERMIT_DAYS} days."


class TalkRunning(Conflict):
    """Somebody speaks already; there is one microphone."""

    code = "talk_running"
    message_vi = "Đang có người nói trực tiếp. Hãy chờ xong, hoặc dừng buổi đó rồi làm lại."
    message_en = "Somebody is speaking live. Wait until it is over, or stop it and try again."


class TalkOver(Conflict):
    """It has ended, or was begun before; each is spoken once."""

    code = "talk_over"
    message_vi = "Buổi nói này đã xong hoặc đã mở rồi. Hãy mở một buổi mới."
    message_en = "This talk is over, or was opened already. Open another one."


class MicrophoneGone(Conflict):
    """Whoever was to speak left before the poles were opened, so none was."""

    code = "microphone_gone"
    message_vi = "Micro đã tắt trước khi mở loa nên chưa phát gì. Hãy mở một buổi nói mới."
    message_en = (
        "The microphone was closed before the poles were opened, so nothing was played. "
        "Open another talk."
    )


class TalkNotOpened(Unavailable):
    """The order did not reach the broker in time."""

    code = "talk_not_opened"
    message_vi = (
        "Lệnh mở loa chưa đến được máy chủ MQTT nên chưa phát gì. "
        "Hãy kiểm tra đài rồi mở buổi nói mới."
    )
    message_en = (
        "The order did not reach the MQTT broker, so nothing was played. "
        "Check the station and open another talk."
    )


class SourceUnreadable(Unavailable):
    """What was given is no sound."""

    code = "live_source_unreadable"
    message_vi = "Không đọc được âm thanh đưa vào nên đã dừng. Hãy kiểm tra micro hoặc tệp."
    message_en = "The sound that was given cannot be read, so it ended. Check microphone or file."
