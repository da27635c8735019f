"""Languages beside Vietnamese that people of a village must be able to hear: entered and read.

Source: Decree 49/2024/NĐ-CP, content in the languages of local minorities.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlmodel import Session, col, delete, select

from broadcaster.areas.errors import (
    LANGUAGE_LIMIT_LETTERS,
    LANGUAGES_LIMIT,
    LanguageUnusable,
    NoSuchVillage,
    TooManyLanguages,
    VietnameseAlwaysHeard,
)
from broadcaster.areas.tables import Cluster, Village, VillageLanguage
from broadcaster.audit import Act, record

log = structlog.get_logger(__name__)

# As the people call themselves in the state's list of peoples; the larger ones first.
LARGER_LANGUAGES: Sequence[str] = (
    "Tày", "Thái", "Mường", "Khmer", "Nùng", "H'Mông", "Dao", "Gia Rai", "Ê Đê", "Ba Na",
    "Sán Chay", "Chăm", "Cơ Ho", "Xơ Đăng", "Sán Dìu", "Hrê", "Ra Glai", "Mnông", "S'tiêng",
    "Bru–Vân Kiều", "Thổ", "Cơ Tu", "Giẻ Triêng", "Mạ", "Khơ Mú", "Co", "Tà Ôi", "Chơ Ro",
    "Hoa", "Kháng", "Xinh Mun", "Hà Nhì", "Chu Ru", "Lào", "La Chí", "La Ha", "Phù Lá", "La Hủ",
    "Lự", "Lô Lô", "Chứt", "Mảng", "Pà Thẻn", "Cơ Lao", "Cống", "Bố Y", "Si La", "Pu Péo",
    "Brâu", "Ơ Đu", "Rơ Măm", "Ngái",
)  # fmt: skip

_CALLED_LANGUAGE = re.compile(r"^(tiếng|ngôn ngữ)\s+", re.IGNORECASE)
_USABLE = re.compile(r"[^\W\d_]+(?:[ '–-][^\W\d_]+)*")
_APOSTROPHES = dict.fromkeys(map(ord, "’ʼ`´‘"), "'")
_VIETNAMESE = frozenset({"việt", "việt nam", "kinh", "phổ thông"})


def languages_by_village(session: Session, station_id: str) -> dict[str, list[str]]:
    """The languages of each village of a station that has any, in the order of the alphabet."""
    rows = session.exec(
        select(VillageLanguage.village_id, VillageLanguage.language)
        .join(Village, col(Village.id) == col(VillageLanguage.village_id))
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Cluster.station_id == station_id)
        .order_by(col(VillageLanguage.language))
    ).all()
    spoken: dict[str, list[str]] = {}
    for village_id, language in rows:
        spoken.setdefault(village_id, []).append(language)
    return spoken


def checked_languages(given: Iterable[str]) -> list[str]:
    """What was entered, as it will be kept: each once. Raises a BadInput that names its field."""
    kept: dict[str, str] = {}
    for each in given:
        language = checked_language(each)
        kept.setdefault(language.casefold(), language)
    if len(kept) > LANGUAGES_LIMIT:
        raise TooManyLanguages(field="languages")
    return list(kept.values())


def checked_language(given: str) -> str:
    """One language in one spelling; raise LanguageUnusable or VietnameseAlwaysHeard."""
    one_line = " ".join(unicodedata.normalize("NFC", given).translate(_APOSTROPHES).split())
    name = _CALLED_LANGUAGE.sub("", one_line)
    if len(name) > LANGUAGE_LIMIT_LETTERS or not _USABLE.fullmatch(name):
        raise LanguageUnusable(field="languages")
    if name.casefold() in _VIETNAMESE:
        raise VietnameseAlwaysHeard(field="languages")
    return _KNOWN.get(_folded(name), name[0].upper() + name[1:])


def keep_languages(
    session: Session,
    village_id: str,
    languages: Sequence[str],
    *,
    station_id: str,
    by: str,
    now: datetime,
) -> Village:
    """Let a village have exactly these languages beside Vietnamese (`checked_languages`).

    What is on air already stays as it was approved. Raises NoSuchVillage.
    """
    village = find_village(session, village_id, station_id=station_id)
    before = set(languages_of(session, village_id))
    if before == set(languages):
        return village
    session.exec(delete(VillageLanguage).where(col(VillageLanguage.village_id) == village_id))
    session.add_all(VillageLanguage(village_id=village_id, language=each) for each in languages)
    session.flush()
    record(
        session,
        Act.LANGUAGES_CHANGED,
        by=by,
        about=village_id,
        at=now,
        details={
            "added": ", ".join(sorted(set(languages) - before)),
            "removed": ", ".join(sorted(before - set(languages))),
        },
    )
    log.info(
        "village_languages_entered",
        village_id=village_id,
        added=sorted(set(languages) - before),
        removed=sorted(before - set(languages)),
        by=by,
    )
    return village


def with_language(session: Session, village_id: str, language: str) -> list[str]:
    """The village's languages and one more; raise a BadInput that names its field."""
    return checked_languages([*languages_of(session, village_id), language])


def without_language(session: Session, village_id: str, language: str) -> list[str]:
    """The village's languages but this one."""
    return [each for each in languages_of(session, village_id) if each != language]


def find_village(session: Session, village_id: str, *, station_id: str) -> Village:
    """A village of this station, held until the transaction ends; raise NoSuchVillage."""
    found = session.exec(
        select(Village)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Village.id == village_id.replace("\0", ""), Cluster.station_id == station_id)
        .with_for_update(of=Village)
    ).first()
    if found is None:
        raise NoSuchVillage
    return found


def languages_of(session: Session, village_id: str) -> Sequence[str]:
    """The languages of one village, in the order of the alphabet."""
    return session.exec(
        select(VillageLanguage.language)
        .where(VillageLanguage.village_id == village_id)
        .order_by(col(VillageLanguage.language))
    ).all()


def _folded(name: str) -> str:
    """Without what people write differently: dashes, apostrophes, blanks, case."""
    return "".join(sign for sign in name.casefold() if sign.isalpha())


_KNOWN = {_folded(each): each for each in LARGER_LANGUAGES}
