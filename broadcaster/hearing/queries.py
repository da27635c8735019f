"""What was said of hearing, read in the scope of whoever asks (`villages=None` sees all)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Village
from broadcaster.hearing.grades import Heard, HeardShare, Said, heard_of, newest_of_each
from broadcaster.hearing.tables import HEARINGS, NOTES, PHOTOS, Hearing, HearingPhoto
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.periods import Period
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import PLAYS, VILLAGE_COVERAGE

_VILLAGES = Village.metadata.tables["village"]
_ACCOUNTS = Account.metadata.tables["account"]
_WORDS = (
    select(
        HEARINGS, NOTES.c.note, PHOTOS.c.width_px, _VILLAGES.c.name.label("village"),
        _ACCOUNTS.c.display_name.label("person"),
    )
    .join(_VILLAGES, _VILLAGES.c.id == HEARINGS.c.village_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == HEARINGS.c.account_id)
    .join(NOTES, NOTES.c.hearing_id == HEARINGS.c.id, isouter=True)
    .join(PHOTOS, PHOTOS.c.hearing_id == HEARINGS.c.id, isouter=True)
    .order_by(HEARINGS.c.said_at, HEARINGS.c.id)
)  # fmt: skip
# Every page of a village asks this: it is put together once.
_WORDS_IN_VILLAGE = _WORDS.where(
    HEARINGS.c.broadcast_id.in_(bindparam("broadcasts", expanding=True)),
    HEARINGS.c.village_id == bindparam("village"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One person's word on a broadcast in a village, with what is kept beside it."""

    hearing_id: str
    broadcast_id: str
    village_id: str
    village: str
    account_id: str
    person: str
    clear: bool
    said_at: datetime
    note: str
    has_photo: bool
    title: str = ""
    starts_at: datetime | None = None

    @property
    def photo_address(self) -> str:
        """Where the photo can be seen; empty where there is none."""
        return f"/hearing/{self.hearing_id}/photo.jpg" if self.has_photo else ""


def words_on(session: Session, broadcast_id: str, *, villages: Villages) -> list[Word]:
    """Each person's last word on a broadcast, village by village, the newest first."""
    found = _words(session, HEARINGS.c.broadcast_id == broadcast_id, villages=villages)
    return sorted(_last(found), key=lambda word: word.village_id)


def words_since(
    session: Session,
    since: datetime,
    *,
    villages: Villages,
    limit: int,
    broadcast_id: str | None = None,
    clear: bool | None = None,
) -> list[Word]:
    """Last words since an instant, the newest first, each with what it is about.

    Of one broadcast where it is named, and only those that say that it was heard, or that it was
    not, where `clear` is given.
    """
    wanted: list[ColumnElement[bool]] = [HEARINGS.c.said_at >= since]
    if broadcast_id is not None:
        wanted.append(HEARINGS.c.broadcast_id == broadcast_id)
    last = _last(_words(session, and_(*wanted), villages=villages))
    found = [word for word in last if clear is None or word.clear is clear]
    found = sorted(found, key=lambda word: (word.said_at, word.hearing_id), reverse=True)[:limit]
    titles = _titles(session, {word.broadcast_id for word in found})
    return [
        _about(word, titles[word.broadcast_id]) if word.broadcast_id in titles else word
        for word in found
    ]


def word_named(session: Session, hearing_id: str, *, villages: Villages) -> Word | None:
    """One word in view with what it is about, though its person said another since."""
    found = _words(session, HEARINGS.c.id == hearing_id, villages=villages)
    titles = _titles(session, {word.broadcast_id for word in found})
    for word in found:
        told = titles.get(word.broadcast_id)
        return _about(word, told) if told else word
    return None


def heard_in(
    session: Session, village_id: str, broadcast_ids: Collection[str]
) -> dict[str, tuple[Heard, Sequence[Word]]]:
    """What was said in one village of each of these broadcasts; unsaid ones are left out."""
    if not broadcast_ids:
        return {}
    asked = {"broadcasts": list(set(broadcast_ids)), "village": village_id}
    found: dict[str, list[Word]] = defaultdict(list)
    for word in _last(_read(session, _WORDS_IN_VILLAGE, asked)):
        found[word.broadcast_id].append(word)
    return {key: (heard_of(map(_said, words)), words) for key, words in found.items()}


def earlier_words(
    session: Session, village_id: str, broadcast_id: str, *, account_id: str | None
) -> list[Word]:
    """Words that their person spoke over since, where note or photo still lie beside them.

    Of one person, or of everybody where `account_id` is None; the newest first.
    """
    wanted = HEARINGS.c.broadcast_id == broadcast_id
    if account_id is not None:
        wanted = and_(wanted, HEARINGS.c.account_id == account_id)
    words = _words(session, wanted, villages=frozenset({village_id}))
    last = {word.hearing_id for word in _last(words)}
    return [
        word
        for word in reversed(words)
        if word.hearing_id not in last and (word.note or word.has_photo)
    ]


def heard_by_village(words: Iterable[Word]) -> dict[str, Heard]:
    """What was said in each village, of words on one broadcast."""
    found: dict[str, list[Said]] = defaultdict(list)
    for word in words:
        found[word.village_id].append(_said(word))
    return {village_id: heard_of(said) for village_id, said in found.items()}


_NEVER_ASKED = -1


def heard_over(
    session: Session,
    period: Period,
    *,
    asked: int,
    villages: Villages,
    topics: Collection[str] | None,
) -> HeardShare:
    """A period's figure: of `asked` residents (each as often as asked) those with a word on it."""
    coverage = VILLAGE_COVERAGE.c
    wanted: list[ColumnElement[bool]] = [
        HEARINGS.c.broadcast_id == coverage.broadcast_id,
        HEARINGS.c.village_id == coverage.village_id,
        coverage.day >= period.first,
        coverage.day < period.until,
    ]
    if villages is not None:
        wanted.append(coverage.village_id.in_(villages))
    if topics is not None:
        wanted.append(coverage.topic.in_(topics))
    # From the words to what was asked, and not from all that was asked in a year: so it is joined
    # from outside, and what had no such row is left out here.
    rows = connection_of(session).execute(
        select(
            HEARINGS.c.broadcast_id, HEARINGS.c.village_id, coverage.asked,
            HEARINGS.c.id, HEARINGS.c.account_id, HEARINGS.c.clear, HEARINGS.c.said_at,
        )
        .join(VILLAGE_COVERAGE, and_(*wanted), isouter=True)
        .where(func.coalesce(coverage.asked, _NEVER_ASKED) != _NEVER_ASKED)
    )  # fmt: skip
    words: dict[tuple[str, str, int], list[Said]] = defaultdict(list)
    for broadcast_id, village_id, residents, id_, account_id, clear, said_at in rows:
        said = Said(hearing_id=id_, account_id=account_id, clear=clear, said_at=said_at)
        words[broadcast_id, village_id, residents].append(said)
    sums = dict.fromkeys(Heard, 0)
    for (_, _, residents), said_there in words.items():
        sums[heard_of(said_there)] += residents
    return HeardShare(
        asked=asked,
        clear=sums[Heard.CLEAR],
        not_heard=sums[Heard.NOT_HEARD],
        disputed=sums[Heard.DISPUTED],
    )


def photo_of(session: Session, hearing_id: str, *, villages: Villages) -> bytes | None:
    """The photo beside a word in view; None where there is none."""
    wanted = (
        select_rows(HearingPhoto.jpeg)
        .join(Hearing, col(Hearing.id) == col(HearingPhoto.hearing_id))
        .where(Hearing.id == hearing_id)
    )
    if villages is not None:
        wanted = wanted.where(col(Hearing.village_id).in_(villages))
    return session.exec(wanted).first()


def _words(session: Session, wanted: ColumnElement[bool], *, villages: Villages) -> list[Word]:
    in_view = true() if villages is None else HEARINGS.c.village_id.in_(villages)
    return _read(session, _WORDS.where(and_(wanted, in_view)), {})


def _read(session: Session, statement: Select[Any], asked: Mapping[str, object]) -> list[Word]:
    rows = connection_of(session).execute(statement, asked)
    return [
        Word(
            hearing_id=row.id,
            broadcast_id=row.broadcast_id,
            village_id=row.village_id,
            village=row.village,
            account_id=row.account_id,
            person=row.person,
            clear=row.clear,
            said_at=row.said_at,
            note=row.note or "",
            has_photo=row.width_px is not None,
        )
        for row in rows
    ]


def _last(words: Iterable[Word]) -> list[Word]:
    """Each person's last word on each broadcast in each village."""
    together: dict[tuple[str, str], list[Word]] = defaultdict(list)
    for word in words:
        together[word.broadcast_id, word.village_id].append(word)
    found: list[Word] = []
    for same in together.values():
        by_id = {word.hearing_id: word for word in same}
        found += [by_id[said.hearing_id] for said in newest_of_each(map(_said, same))]
    return found


def _said(word: Word) -> Said:
    return Said(
        hearing_id=word.hearing_id,
        account_id=word.account_id,
        clear=word.clear,
        said_at=word.said_at,
    )


def _titles(session: Session, broadcast_ids: Collection[str]) -> Mapping[str, tuple[str, datetime]]:
    rows = connection_of(session).execute(
        select(PLAYS.c.broadcast_id, PLAYS.c.title, PLAYS.c.starts_at)
        .where(PLAYS.c.broadcast_id.in_(broadcast_ids))
        .distinct()
        .order_by(PLAYS.c.starts_at.desc())
    )
    return {broadcast_id: (title, starts_at) for broadcast_id, title, starts_at in rows}


def _about(word: Word, told: tuple[str, datetime]) -> Word:
    return replace(word, title=told[0], starts_at=told[1])
