"""A day at the station in which each thing that can be done is done once, by somebody who may."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from httpx import Response
from nacl.signing import SigningKey
from sqlalchemy import select

from broadcaster.areas.tables import Village
from broadcaster.audit.acts import Act
from broadcaster.bulletins.tables import Bulletin, BulletinRecording, BulletinTemplate, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.lexicon.tables import LexiconEntry
from broadcaster.schedule.tables import Schedule
from devices.protocol.enrolment import Wish
from devices.protocol.messages import encode
from tests.broadcaster.small_station import form_token
from tests.security.conftest import CSRF, Site


@dataclass
class Day:
    """A day at the station, and what has come of it so far."""

    site: Site
    made: dict[str, str] = field(default_factory=dict)

    def page(self, role: str, path: str, **fields: object) -> Response:
        """A form that is sent."""
        files = fields.pop("files", None)
        headers = {"X-CSRF-Token": CSRF}
        return self.site.browser(role).post(path, data=fields, files=files, headers=headers)  # type: ignore[arg-type]

    def stranger(self, path: str, **fields: str) -> Response:
        """A form that somebody unknown opens and sends."""
        browser = self.site.browser()
        token = form_token(browser.get(path).text)
        return browser.post(path, data={"csrf_token": token, **fields})

    def program(self, role: str, method: str, path: str, **given: object) -> Response:
        """A request of a program."""
        return self.site.program(role).request(method, path, **given)  # type: ignore[arg-type]

    def one(self, statement: object) -> str:
        """One id from the database, the newest."""
        with self.site.station.database.reading() as session:
            return str(session.execute(statement).scalars().all()[-1])  # type: ignore[call-overload]

    def newest(self, kind: str = "item") -> str:
        """The bulletin or playlist that was written last."""
        newest = select(Bulletin.id).where(Bulletin.kind == kind, Bulletin.id.startswith("bul-"))  # type: ignore[arg-type, attr-defined]
        self.site.station.clock.move(timedelta(seconds=1))
        return self.one(newest.order_by(Bulletin.created_at))  # type: ignore[arg-type]

    def schedule(self) -> str:
        """The schedule that was made last."""
        return self.one(
            select(Schedule.id).where(Schedule.id.startswith("sch-")).order_by(Schedule.created_at)  # type: ignore[attr-defined]
        )

    def schedule_at(self, starts_local: str) -> str:
        """The schedule that begins at a wall time, made last."""
        made = select(Schedule.id).where(Schedule.starts_local == starts_local)  # type: ignore[arg-type]
        return self.one(made.order_by(Schedule.created_at))  # type: ignore[arg-type]

    def word(self) -> str:
        """The word in use."""
        return self.one(select(LexiconEntry.id).where(LexiconEntry.retired_at.is_(None)))  # type: ignore[union-attr]

    def village(self, which: int) -> str:
        """One of the villages that were added, in the order of their names."""
        with self.site.station.database.reading() as session:
            wanted = select(Village.id).where(Village.name.in_(("Thôn Bắc", "Thôn Nam")))  # type: ignore[attr-defined]
            return str(session.execute(wanted.order_by(Village.name)).scalars().all()[which])  # type: ignore[arg-type]

    def template(self) -> str:
        """The template of the station's own."""
        return self.one(select(BulletinTemplate.id))  # type: ignore[call-overload]

    def recording(self) -> str:
        """The recording in use."""
        return self.one(select(BulletinRecording.id).where(BulletinRecording.retired_at.is_(None)))  # type: ignore[union-attr]

    def shown(self, bulletin_id: str) -> dict[str, str]:
        """What an approver is shown of a bulletin."""
        with self.site.station.database.reading() as session:
            row = session.get_one(Bulletin, bulletin_id)
            rendition = session.get_one(Rendition, row.rendition_id)
        return {
            "rendition_id": rendition.id,
            "spoken_sha256": sha256_of(rendition.spoken),
            "audio_sha256": rendition.audio_sha256,
        }

    def asked_with(self, device: str) -> tuple[str, str]:
        """A code with which a device asked; its id, and the fingerprint of the key."""
        key = bytes([len(device)] * 32).hex()
        wish = Wish(
            device_key=_public(key),
            nonce="ab" * 16,
            broker_salt="cd" * 12,
            broker_verifier="ef" * 64,
            software="test",
        )
        with self.site.station.database.writing() as session:
            row = session.execute(
                select(EnrolmentCode).where(EnrolmentCode.device_id == device)  # type: ignore[arg-type]
            ).scalar_one()
            row.request, row.fingerprint = encode(wish).decode(), "12" * 16
            row.asked_at = self.site.station.clock()
            return row.code_id, row.fingerprint


def _public(seed: str) -> str:
    return bytes(SigningKey(bytes.fromhex(seed)).verify_key).hex()


Step = tuple[str, Callable[[Day], Response], tuple[Act, ...], str]
"""A route, how it is called, the acts that it leaves, and the role of whoever did it."""
