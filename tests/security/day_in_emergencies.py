"""The day's emergencies, by page and by program, with the entries that each act leaves."""

from httpx import Response
from sqlalchemy import select

from broadcaster.audit.acts import Act
from broadcaster.emergency.sounds import make
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyAuthorisation,
    EmergencySound,
    StoredWarning,
)
from tests.security.day_at_the_station import Day, Step

WORDS = "Hồ Suối Đá xả lũ lúc 15 giờ. Bà con hai bên bờ suối lên nơi cao ngay."
ORDER = {"clusters": ["dong"], "hazard": "flood", "mode": "real", "words": WORDS}
CONFIRMED = ORDER | {"typed": "khan cap"}


def emergencies() -> list[Step]:
    """Authorised, ordered, prolonged, ended, reviewed, revoked: on pages, then by programs."""
    return [*_on_pages(), *_by_programs()]


def _on_pages() -> list[Step]:
    return [
        ("POST /emergency/authorisations",
         lambda day: day.page("leader", "/emergency/authorisations", account_id="acc-operator"),
         (Act.EMERGENCY_AUTHORISED,), "leader"),
        ("POST /emergency",
         lambda day: day.page("operator", "/emergency", request_key="key-of-a-page", **CONFIRMED),
         (Act.EMERGENCY_ORDERED,), "operator"),
        ("POST /emergency/{emergency_id}/prolongation",
         lambda day: day.page("operator", f"/emergency/{_running(day)}/prolongation"),
         (Act.EMERGENCY_PROLONGED,), "operator"),
        ("POST /emergency/{emergency_id}/end",
         lambda day: day.page("operator", f"/emergency/{_running(day)}/end",
                              ending="mistake", words="Đây là báo nhầm."),
         (Act.EMERGENCY_ENDED,), "operator"),
        ("POST /emergency/{emergency_id}/review",
         lambda day: day.page("leader", f"/emergency/{_unreviewed(day)}/review",
                              verdict="wrong", note="Chưa hỏi Ban chỉ huy."),
         (Act.EMERGENCY_REVIEWED,), "leader"),
        ("POST /emergency/warnings",
         lambda day: day.page("operator", "/emergency/warnings", hazard="flood", words=WORDS),
         (Act.WARNING_WRITTEN,), "operator"),
        ("POST /emergency/warnings/{warning_id}/approval",
         lambda day: day.page("leader", f"/emergency/warnings/{_proposed(day)}/approval",
                              audio_sha256=_heard(day)),
         (Act.WARNING_APPROVED,), "leader"),
        ("POST /emergency/authorisations/{authorisation_id}/revocation",
         lambda day: day.page("leader", f"/emergency/authorisations/{_held(day)}/revocation"),
         (Act.EMERGENCY_AUTHORISATION_REVOKED,), "leader"),
    ]  # fmt: skip


def _by_programs() -> list[Step]:
    return [
        ("POST /api/emergency-authorisations",
         lambda day: day.program("leader", "POST", "/api/emergency-authorisations",
                                 json={"account_id": "acc-operator"}),
         (Act.EMERGENCY_AUTHORISED,), "leader"),
        ("POST /api/emergencies",
         lambda day: day.program("operator", "POST", "/api/emergencies",
                                 json=CONFIRMED | {"request_key": "key-of-a-program"}),
         (Act.EMERGENCY_ORDERED,), "operator"),
        ("POST /api/emergencies/{emergency_id}/prolongation",
         lambda day: _about(day, "operator", f"{_running(day)}/prolongation"),
         (Act.EMERGENCY_PROLONGED,), "operator"),
        ("POST /api/emergencies/{emergency_id}/end",
         lambda day: _about(day, "operator", f"{_running(day)}/end", ending="silence"),
         (Act.EMERGENCY_SILENCED,), "operator"),
        ("POST /api/emergencies/{emergency_id}/review",
         lambda day: _about(day, "leader", f"{_unreviewed(day)}/review", verdict="right"),
         (Act.EMERGENCY_REVIEWED,), "leader"),
        ("POST /api/stored-warnings",
         lambda day: day.program("operator", "POST", "/api/stored-warnings",
                                 json={"hazard": "flood", "words": WORDS + " Xin nhắc lại."}),
         (Act.WARNING_WRITTEN,), "operator"),
        ("POST /api/stored-warnings/{warning_id}/approval",
         lambda day: day.program("leader", "POST",
                                 f"/api/stored-warnings/{_proposed(day)}/approval",
                                 json={"audio_sha256": _heard(day)}),
         (Act.WARNING_RETIRED, Act.WARNING_APPROVED), "leader"),
        ("DELETE /api/emergency-authorisations/{authorisation_id}",
         lambda day: day.program(
             "leader", "DELETE", f"/api/emergency-authorisations/{_held(day)}"),
         (Act.EMERGENCY_AUTHORISATION_REVOKED,), "leader"),
    ]  # fmt: skip


def _about(day: Day, role: str, path: str, **given: str) -> Response:
    return day.program(role, "POST", f"/api/emergencies/{path}", json=given)


def _running(day: Day) -> str:
    return day.one(select(Emergency.id).where(Emergency.ended_at.is_(None)))  # type: ignore[union-attr]


def _unreviewed(day: Day) -> str:
    return day.one(select(Emergency.id).where(Emergency.reviewed_at.is_(None)))  # type: ignore[union-attr]


def _held(day: Day) -> str:
    rows = select(EmergencyAuthorisation.id)
    return day.one(rows.where(EmergencyAuthorisation.revoked_at.is_(None)))  # type: ignore[union-attr]


def _proposed(day: Day) -> str:
    return day.one(select(StoredWarning.id).where(StoredWarning.approved_at.is_(None)))  # type: ignore[union-attr]


def _heard(day: Day) -> str:
    """The sound of the warning that waits for its approval, made where it was not."""
    station = day.site.station
    with station.database.reading() as session:
        digest = session.get_one(StoredWarning, _proposed(day)).script_sha256
        wanted = session.get_one(EmergencySound, digest)
    make(station.database, day.site.app.state.studio, wanted, now=station.clock())
    with station.database.reading() as session:
        return session.get_one(EmergencySound, digest).audio_sha256
