"""What an emergency says, word for word: pure, so that signing can make the same again and compare.

A drill says so before and after its words, and in its alarm; there is no way to leave that out.
"""

from datetime import datetime

from broadcaster.emergency.hazards import DRILL_WARNING, HAZARDS, Hazard

DRILL_OPENS = "Diễn tập! Diễn tập! Đây là buổi diễn tập, không phải tình huống thật."
DRILL_CLOSES = "Nội dung vừa rồi là diễn tập. Không có nguy hiểm, bà con không phải sơ tán."


def commune_in_a_sentence(commune: str) -> str:
    """A commune's name as it stands inside a sentence: *xã Thượng*, not *Xã Thượng*."""
    kind, space, rest = commune.strip().partition(" ")
    return f"{kind.lower()}{space}{rest}" if kind.lower() in {"xã", "phường"} else commune.strip()


def template_message(hazard: Hazard, *, commune: str) -> str:
    """The words to start from; empty where people write their own."""
    return hazard.message.format(commune=commune_in_a_sentence(commune))


def over_words(hazard: Hazard, *, commune: str) -> str:
    """The final notice to start from: the danger is over."""
    return (
        f"Ủy ban nhân dân {commune_in_a_sentence(commune)} thông báo: tình huống khẩn cấp về "
        f"{hazard.called} trên địa bàn đã kết thúc.\n\n"
        "Bà con kiểm tra điện, nước, nhà cửa trước khi sinh hoạt trở lại, và báo trưởng thôn nếu "
        "cần giúp đỡ. Đây là thông báo cuối cùng về việc này. Xin cảm ơn bà con."
    )


def mistake_words(hazard: Hazard, *, commune: str) -> str:
    """The final notice to start from: it was no danger."""
    return (
        f"Ủy ban nhân dân {commune_in_a_sentence(commune)} xin đính chính: thông báo khẩn cấp về "
        f"{hazard.called} vừa phát là nhầm lẫn. Không có nguy hiểm.\n\n"
        "Bà con yên tâm sinh hoạt bình thường. Mong bà con thông cảm."
    )


def alarm_script(hazard_key: str, *, drill: bool) -> str:
    """The product's own alarm: what is said while a message has no sound yet."""
    return DRILL_WARNING if drill else HAZARDS[hazard_key].warning


def message_script(words: str, *, drill: bool) -> str:
    """The words as they are rendered."""
    return f"{DRILL_OPENS}\n\n{words}\n\n{DRILL_CLOSES}" if drill else words


def replay_script(words: str, *, drill: bool, issued: datetime) -> str:
    """The words of a repeat, which first say when they were issued (aware, in the station's zone).

    Whoever hears an old warning must know that it is old.
    """
    said_first = f"Nhắc lại thông báo phát lúc {issued:%H:%M} ngày {issued:%d/%m/%Y}."
    return message_script(f"{said_first}\n\n{words}", drill=drill)
