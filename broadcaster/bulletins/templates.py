"""Templates to begin from: those of every station, and the station's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.audit import Act, record
from broadcaster.bulletins.blanks import blanks_of, filled
from broadcaster.bulletins.errors import (
    SCRIPT_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS,
    TOPIC_LIMIT_CHARACTERS,
    ScriptMissing,
    ScriptOverLimit,
    TitleUnusable,
    TopicTooLong,
    UnknownTemplate,
)
from broadcaster.bulletins.forms import BulletinForm
from broadcaster.bulletins.national_templates import NATIONAL_TEMPLATES
from broadcaster.bulletins.standing import is_id
from broadcaster.bulletins.tables import BulletinTemplate
from broadcaster.bulletins.texts import as_kept, one_line, sha256_of
from broadcaster.database import new_id

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A pattern of a bulletin; `name` is a msgid where `is_national`."""

    id: str
    name: str
    title: str
    script: str
    topic: str
    priority: int
    contributor: str
    is_national: bool

    @property
    def blanks(self) -> tuple[str, ...]:
        """What is to be filled in."""
        return blanks_of(f"{self.title}\n{self.script}")

    def filled_form(self, values: Sequence[str]) -> BulletinForm:
        """The form of a new bulletin, with a value for each blank in its order."""
        by_blank = dict(zip(self.blanks, values, strict=False))
        return BulletinForm(
            title=filled(self.title, by_blank),
            script=filled(self.script, by_blank),
            topic=self.topic,
            priority=str(self.priority),
            contributor=self.contributor,
        )


def templates_of(session: Session, *, station_id: str) -> Sequence[Template]:
    """The station's own, newest first, then those of every station."""
    own = session.exec(
        select(BulletinTemplate)
        .where(
            BulletinTemplate.station_id == station_id, col(BulletinTemplate.retired_at).is_(None)
        )
        .order_by(col(BulletinTemplate.kept_at).desc(), col(BulletinTemplate.id))
    ).all()
    return [*map(_own, own), *_NATIONAL]


def find_template(session: Session, template_id: str, *, station_id: str) -> Template:
    """One that is offered; raise UnknownTemplate."""
    for national in _NATIONAL:
        if national.id == template_id:
            return national
    return _own(_kept(session, template_id, station_id=station_id))


def keep_template(
    session: Session,
    *,
    station_id: str,
    title: str,
    script: str,
    topic: str,
    priority: int,
    by: str,
    now: datetime,
    contributor: str = "",
) -> BulletinTemplate:
    """Keep a template of the station's own.

    Raises TitleUnusable, TopicTooLong, ScriptMissing, ScriptOverLimit, TextUnusable.
    """
    title, topic = one_line(title, field="title"), one_line(topic, field="topic")
    script = as_kept(script, field="script")
    if not 1 <= len(title) <= TITLE_LIMIT_CHARACTERS:
        raise TitleUnusable(field="title")
    if len(topic) > TOPIC_LIMIT_CHARACTERS:
        raise TopicTooLong(field="topic")
    if not script.strip():
        raise ScriptMissing(field="script")
    if len(script) > SCRIPT_LIMIT_CHARACTERS:
        raise ScriptOverLimit(length_characters=len(script))
    template = BulletinTemplate(
        id=new_id("tpl"),
        station_id=station_id,
        title=title,
        script=script,
        topic=topic,
        priority=priority,
        contributor=contributor,
        kept_by=by,
        kept_at=now,
    )
    session.add(template)
    session.flush()
    record(
        session,
        Act.TEMPLATE_KEPT,
        by=by,
        about=template.id,
        at=now,
        details={"script_sha256": sha256_of(script)},
        private={"title": title},
    )
    log.info("template_kept", template_id=template.id, by=by)
    return template


def retire_template(
    session: Session, template_id: str, *, station_id: str, by: str, now: datetime
) -> None:
    """Offer one of the station's own no longer; raise UnknownTemplate."""
    template = _kept(session, template_id, station_id=station_id)
    template.retired_at = now
    session.flush()
    record(session, Act.TEMPLATE_RETIRED, by=by, about=template_id, at=now)
    log.info("template_retired", template_id=template_id, by=by)


def _kept(session: Session, template_id: str, *, station_id: str) -> BulletinTemplate:
    found = session.get(BulletinTemplate, template_id) if is_id(template_id) else None
    if found is None or found.station_id != station_id or found.retired_at is not None:
        raise UnknownTemplate
    return found


def _own(row: BulletinTemplate) -> Template:
    return Template(
        id=row.id,
        name=row.title,
        title=row.title,
        script=row.script,
        topic=row.topic,
        priority=row.priority,
        contributor=row.contributor,
        is_national=False,
    )


_NATIONAL = tuple(
    Template(
        id=each.id,
        name=each.name,
        title=each.title,
        script=each.script,
        topic=each.topic,
        priority=each.priority,
        contributor=each.contributor,
        is_national=True,
    )
    for each in NATIONAL_TEMPLATES
)
