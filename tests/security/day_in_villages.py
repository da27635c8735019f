"""What villages say and what the desk does about it, each once: part of the day at the station."""

from sqlalchemy import select

from broadcaster.audit.acts import Act
from broadcaster.feedback.tables import Feedback, Poster
from broadcaster.hearing.tables import Hearing
from tests.security.conftest import OWN_VILLAGE
from tests.security.day_at_the_station import Day, Step

NOON = f"/thon/{OWN_VILLAGE}/phat/bc-noon/nghe"


def villages() -> list[Step]:
    """Each of their routes once."""
    return [
        ("POST /heads/{account_id}/phone",
         lambda day: day.page("admin", "/heads/acc-village_head/phone", phone="0912 345 678"),
         (Act.HEAD_PHONE_CHANGED,), "admin"),
        ("POST /thon/{village_id}/phat/{broadcast_id}/nghe",
         lambda day: day.page("village_head", NOON, heard="not", note="im lặng"),
         (Act.HEARING_SAID,), "village_head"),
        ("POST /hearing/{hearing_id}/erasure",
         lambda day: day.page("village_head", f"/hearing/{day.one(select(Hearing.id))}/erasure"),
         (Act.HEARING_WORDS_ERASED,), "village_head"),
        ("POST /thon/{village_id}/y-kien",
         lambda day: day.page("village_head", f"/thon/{OWN_VILLAGE}/y-kien", words="Loa rè."),
         (Act.FEEDBACK_GIVEN,), "village_head"),
        ("POST /feedback/posters",
         lambda day: day.page("operator", "/feedback/posters", village_id=OWN_VILLAGE),
         (Act.POSTER_MADE,), "operator"),
        ("POST /y-kien/{code}",
         lambda day: day.stranger(f"/y-kien/{day.one(select(Poster.code))}", words="Loa im."),
         (Act.FEEDBACK_GIVEN,), ""),
        ("POST /feedback/posters/{code}/retirement",
         lambda day: day.page(
             "admin", f"/feedback/posters/{day.one(select(Poster.code))}/retirement"),
         (Act.POSTER_RETIRED,), "admin"),
        ("POST /feedback/{feedback_id}/answer",
         lambda day: day.page("leader", f"{_said(day)}/answer", answer="Mai đài sửa."),
         (Act.FEEDBACK_ANSWERED,), "leader"),
        ("POST /feedback/{feedback_id}/bulletin",
         lambda day: day.page("operator", f"{_said(day)}/bulletin"),
         (Act.BULLETIN_WRITTEN, Act.FEEDBACK_DRAFTED), "operator"),
        ("POST /api/feedback/{feedback_id}/answers",
         lambda day: day.program("leader", "POST", f"/api{_other(day)}/answers",
                                 json={"words": "Mai đài sửa."}),
         (Act.FEEDBACK_ANSWERED,), "leader"),
        ("POST /api/feedback/{feedback_id}/bulletin",
         lambda day: day.program("operator", "POST", f"/api{_other(day)}/bulletin"),
         (Act.BULLETIN_WRITTEN, Act.FEEDBACK_DRAFTED), "operator"),
        ("DELETE /api/feedback/{feedback_id}",
         lambda day: day.program("leader", "DELETE", f"/api{_other(day)}"),
         (Act.FEEDBACK_ERASED,), "leader"),
        ("POST /feedback/{feedback_id}/erasure",
         lambda day: day.page("operator", f"{_said(day)}/erasure"),
         (Act.FEEDBACK_ERASED,), "operator"),
    ]  # fmt: skip


def _said(day: Day) -> str:
    """Where what the village head wrote down is answered."""
    written_down = select(Feedback.id).where(Feedback.entered_by.is_not(None))  # type: ignore[union-attr]
    return f"/feedback/{day.one(written_down)}"


def _other(day: Day) -> str:
    """Where what somebody wrote at the poster is answered."""
    unnamed = select(Feedback.id).where(Feedback.entered_by.is_(None))  # type: ignore[union-attr]
    return f"/feedback/{day.one(unnamed)}"
